//! `kiulu-endpoint`: see `docs/endpoint.md`.

use anyhow::{Context, Result, bail};
use clap::Parser;
use kiulu_endpoint::options::{Command, Database, Options, Serve};
use kiulu_endpoint::serve::Endpoint;
use kiulu_endpoint::storage::Sqlite;
use kiulu_endpoint::{description, logs};
use std::io::Write;

fn main() -> Result<()> {
    match Options::parse().command {
        Command::Serve(serve) => {
            logs::start(serve.log, serve.log_json);
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(run(&serve))
        }
        Command::Backup { database, to } => match database.unwrap_or_else(Database::by_default) {
            Database::Sqlite(_) if to.exists() => bail!("{} exists", to.display()),
            Database::Sqlite(from) if !from.exists() => bail!("{} does not exist", from.display()),
            Database::Sqlite(from) => Sqlite::back_up(&from, &to).context("copying"),
            Database::Postgres(_) => bail!("PostgreSQL is backed up with pg_dump"),
        },
        Command::Openapi => Ok(std::io::stdout().write_all(description().as_bytes())?),
    }
}

async fn run(serve: &Serve) -> Result<()> {
    let stop = stop()?;
    let endpoint = Endpoint::open(serve).await?;
    endpoint.serve(stop).await;
    Ok(())
}

/// Done when the process is asked to stop.
#[cfg(unix)]
fn stop() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Done when the process is asked to stop.
#[cfg(not(unix))]
fn stop() -> Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
