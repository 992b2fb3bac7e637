//! `kiulu-endpoint` as it is served, on a database that waits for the disk.

use crate::memory;
use crate::postgres_server::Server;
use anyhow::{Context, Result, ensure};
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// As a server of the size of this machine would be set.
const POSTGRES: &[&str] = &["shared_buffers=128MB", "max_wal_size=1GB"];

/// Which database an endpoint has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A database of an endpoint.
pub(crate) struct Database {
    pub(crate) server: Option<Server>,
    folder: TempDir,
}

impl Database {
    pub(crate) fn new(kind: Kind) -> Result<Self> {
        Ok(Self {
            server: (kind == Kind::Postgres).then(|| Server::with(POSTGRES)),
            folder: tempfile::tempdir()?,
        })
    }

    fn setting(&self) -> String {
        match &self.server {
            Some(server) => server.address(),
            None => self.folder.path().join("logs.sqlite3").display().to_string(),
        }
    }
}

/// An endpoint that serves until it is dropped, without limits on how often one address asks.
pub(crate) struct Endpoint {
    child: Child,
    /// Where it listens, as a URL.
    pub(crate) url: String,
}

impl Endpoint {
    pub(crate) fn start(database: &Database) -> Result<Self> {
        let program = std::env::current_exe()?
            .with_file_name(format!("kiulu-endpoint{}", std::env::consts::EXE_SUFFIX));
        ensure!(program.is_file(), "{} is not built", program.display());
        let log = database.folder.path().join("endpoint.log");
        let mut child = Command::new(program)
            .args(["serve", "--log-json", "--listen", "127.0.0.1:0"])
            .args(["--device-rate", "0", "--address-rate", "0", "--foundings", "0"])
            .env("KIULU_ENDPOINT_DATABASE", database.setting())
            .stdin(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let begun = Instant::now();
        loop {
            let said = std::fs::read_to_string(&log)?;
            let address = said.lines().find_map(|line| {
                let event: serde_json::Value = serde_json::from_str(line).ok()?;
                event["fields"]["listen"].as_str().map(ToOwned::to_owned)
            });
            if let Some(address) = address {
                let url = format!("http://{address}");
                return Ok(Self { child, url });
            }
            let goes = child.try_wait()?.is_none() && begun.elapsed() < Duration::from_secs(30);
            ensure!(goes, "the endpoint did not start: {said}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The most memory that it has held, in MiB.
    pub(crate) fn peak_mib(&self) -> Result<f64> {
        memory::peak_mib_of(self.child.id()).context("the system does not say")
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // It has gone already, or goes now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
