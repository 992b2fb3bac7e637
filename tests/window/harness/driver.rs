//! tauri-driver and, below it, WebKitWebDriver: one pair of processes per window.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::json;
use thirtyfour::prelude::*;

use super::{GLANCE, PATIENCE};

/// A running tauri-driver. The window is a child of the WebDriver below it and inherits its environment.
pub(crate) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts the driver on free ports and waits until it and WebKitWebDriver accept connections.
    pub(crate) async fn start(environment: &[(&str, &OsStr)]) -> Self {
        let (port, native) = (free_port(), free_port());
        let process = Command::new("tauri-driver")
            .args(["--port", &port.to_string(), "--native-port", &native.to_string()])
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("tauri-driver is on PATH: cargo xtask test installs it");
        let driver = Self { process, port };
        let started = Instant::now();
        for listening in [native, port] {
            while TcpStream::connect(("127.0.0.1", listening)).is_err() {
                assert!(
                    started.elapsed() < PATIENCE,
                    "the WebDriver does not listen on port {listening}"
                );
                tokio::time::sleep(GLANCE).await;
            }
        }
        driver
    }

    /// Opens the program's window.
    pub(crate) async fn session(&self, application: &Path) -> Session {
        assert!(
            application.is_file(),
            "there is no program {}",
            application.display()
        );
        let mut wanted = Capabilities::new();
        wanted
            .set("browserName", "wry")
            .expect("a string is a capability");
        wanted
            .set("tauri:options", json!({ "application": application }))
            .expect("the program's path is UTF-8");
        // The client's HTTP library comes without cryptography of its own, which the driver on loopback does not ask for either.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let webdriver = WebDriver::new(format!("http://127.0.0.1:{}", self.port), wanted)
            .await
            .expect("the window opens");
        Session {
            webdriver,
            port: self.port,
            application: application.to_owned(),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // tauri-driver ends WebKitWebDriver with itself on this signal, and leaves it running on SIGKILL.
        Command::new("kill")
            .arg(self.process.id().to_string())
            .status()
            .ok();
        self.process.wait().ok();
    }
}

/// An open window; dropping it closes the window, also after a test has failed.
pub(crate) struct Session {
    webdriver: WebDriver,
    port: u16,
    application: PathBuf,
}

impl Deref for Session {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.webdriver
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // By hand and not by the client: its own way out waits for an answer on the thread that has to fetch it.
        self.delete().ok();
        self.webdriver.clone().leak().ok();
        // WebKit takes its page away without asking the program, which then waits for it. One that still ran would answer for the
        // next window: there is one per computer.
        let started = Instant::now();
        while let Some(process) = running(&self.application)
            && started.elapsed() < PATIENCE
        {
            Command::new("kill").arg(process).status().ok();
            std::thread::sleep(GLANCE);
        }
    }
}

impl Session {
    fn delete(&self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        // Without `Connection: close`, on which WebKitWebDriver behind tauri-driver breaks off.
        let session = self.webdriver.session_id();
        write!(
            connection,
            "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\n\r\n",
            self.port
        )?;
        connection.read(&mut [0; 512]).map(|_| ())
    }
}

/// The number of a process that runs this program on the bus of this test: another test's windows are not ours to end.
fn running(program: &Path) -> Option<OsString> {
    let program = fs::canonicalize(program).ok()?;
    let bus = format!(
        "DBUS_SESSION_BUS_ADDRESS={}",
        std::env::var("DBUS_SESSION_BUS_ADDRESS").ok()?
    );
    let on_our_bus = |process: &Path| {
        fs::read(process.join("environ")).is_ok_and(|variables| {
            variables
                .split(|byte| *byte == 0)
                .any(|one| one == bus.as_bytes())
        })
    };
    fs::read_dir("/proc")
        .ok()?
        .flatten()
        .find(|process| {
            let process = process.path();
            fs::read_link(process.join("exe")).is_ok_and(|found| found == program) && on_our_bus(&process)
        })
        .map(|process| process.file_name())
}

/// A port that nobody listens on at this moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback interface has a free port");
    listener
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}
