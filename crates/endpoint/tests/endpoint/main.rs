//! A real endpoint on a loopback port, over real HTTP, on both databases.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// Each function once on SQLite and once on PostgreSQL.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&crate::world::World::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&crate::world::World::postgres()).await;
            })+
        }
    };
}

mod contents;
mod guards;
mod joining;
mod limits;
mod log;
mod postgres_server;
mod program;
mod tables;
mod world;
