//! Sharing as it happens: `kiulu-cli` in data directories of their own and `kiulu-endpoint`, each a process of the system, on both of
//! the endpoint's databases.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// Each function once on SQLite and once on PostgreSQL.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                super::$name(&crate::endpoint::Database::sqlite());
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                super::$name(&crate::endpoint::Database::postgres());
            })+
        }
    };
}

mod between;
mod board;
mod brought_back;
#[path = "../common/mod.rs"]
mod common;
mod computer;
mod endpoint;
mod flipped;
mod kills;
mod live;
#[path = "../../../endpoint/tests/endpoint/postgres_server.rs"]
mod postgres_server;
mod refusals;
#[path = "../../../store/tests/common/mod.rs"]
mod rows;
mod unreadable;
