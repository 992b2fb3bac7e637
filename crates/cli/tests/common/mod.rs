//! The real program, in a data directory of its own.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub struct Cli {
    folder: tempfile::TempDir,
    pub passphrase: &'static str,
}

impl Cli {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            passphrase: "kolme pientä sanaa",
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The program with these arguments, in this data directory.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(arguments);
        command
            .env("KIULU_DATA_DIR", self.path("data"))
            .env("KIULU_PASSPHRASE", self.passphrase);
        command
    }

    /// The JSON answer of what must succeed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        parsed(&output)
    }

    /// The error of what must fail.
    pub fn error(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        failed(&output)
    }
}

/// The program without anything of the environment but its search path.
pub fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiulu-cli"));
    command
        .args(arguments)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .stdin(Stdio::null());
    command
}

pub fn parsed(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

pub fn failed(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    parsed(output)["error"].clone()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
