//! `kiulu-endpoint` as a process that can be killed and comes back at the same port, and the database that outlives it.

use crate::postgres_server::Server;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where an endpoint keeps what it has.
pub(crate) struct Database {
    directory: TempDir,
    server: Option<Server>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            server: None,
        }
    }

    pub(crate) fn postgres() -> Self {
        Self {
            server: Some(Server::start()),
            ..Self::sqlite()
        }
    }

    fn setting(&self) -> String {
        match &self.server {
            None => self.path("logs.sqlite3").display().to_string(),
            Some(server) => server.address(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Everything that is kept lies below this folder.
    pub(crate) fn place(&self) -> &Path {
        self.server
            .as_ref()
            .map_or(self.directory.path(), Server::directory)
    }

    /// What the endpoint has said, whichever of its processes.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("endpoint.log")).unwrap_or_default()
    }
}

/// An endpoint that runs until it is killed.
pub(crate) struct Endpoint<'a> {
    database: &'a Database,
    arguments: Vec<String>,
    /// Name and port.
    address: String,
    child: Child,
}

impl<'a> Endpoint<'a> {
    pub(crate) fn start(database: &'a Database) -> Self {
        Self::start_with(database, &[])
    }

    pub(crate) fn start_with(database: &'a Database, arguments: &[&str]) -> Self {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let (child, address) = serve(database, &arguments, "127.0.0.1:0");
        Self {
            database,
            arguments,
            address,
            child,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Serves again after it was killed: the same database, at the same port.
    pub(crate) fn come_back(&mut self) {
        (self.child, _) = serve(self.database, &self.arguments, &self.address);
    }
}

impl Drop for Endpoint<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program lies beside the command line's, when the workspace was built.
fn program() -> PathBuf {
    let name = format!("kiulu-endpoint{}", std::env::consts::EXE_SUFFIX);
    let place = Path::new(env!("CARGO_BIN_EXE_kiulu-cli")).with_file_name(name);
    assert!(
        place.is_file(),
        "kiulu-endpoint is missing: `cargo build -p kiulu-endpoint` makes it"
    );
    place
}

fn serve(database: &Database, arguments: &[String], listen: &str) -> (Child, String) {
    let log = database.path("endpoint.log");
    let said = database.log().len();
    let mut child = Command::new(program())
        .args(["serve", "--log-json", "--log", "trace", "--listen", listen])
        .args(arguments)
        .env("KIULU_ENDPOINT_DATABASE", database.setting())
        .stdin(Stdio::null())
        .stderr(File::options().create(true).append(true).open(&log).unwrap())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    loop {
        let text = database.log();
        let ready = text[said..].lines().find_map(|line| {
            let event: serde_json::Value = serde_json::from_str(line).ok()?;
            event["fields"]["listen"].as_str().map(ToOwned::to_owned)
        });
        if let Some(address) = ready {
            return (child, address);
        }
        let ended = child.try_wait().unwrap();
        let late = begun.elapsed() > Duration::from_secs(30);
        assert!(ended.is_none() && !late, "{ended:?} {text}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
