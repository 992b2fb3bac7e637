//! A desktop session of the tests' own: a virtual display, a session bus and an unlocked keychain.
//!
//! Nothing of the user's session is touched: the bus is new, the keychain lies in a temporary directory, and so
//! do the directories in which the window's libraries keep their caches and settings.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::places::Places;

/// The hidden task that runs inside the new session bus: unlocks the keychain, then runs the given program.
pub(crate) const INSIDE: &str = "in-session";

/// How long the display and the keychain may take to come up. They take well under a second; a loaded machine
/// may need more.
const PATIENCE: Duration = Duration::from_secs(30);

/// The virtual display, wide enough for the largest window that the tests open.
const SCREEN: &str = "1920x1200x24";

/// A running virtual display with room for a session; both end when this is dropped.
#[derive(Debug)]
pub(crate) struct Session {
    display: String,
    server: Child,
    home: tempfile::TempDir,
}

impl Session {
    /// Starts a virtual display on a free number.
    pub(crate) fn start() -> Result<Self> {
        let home = tempfile::Builder::new().prefix("kiulu-session-").tempdir()?;
        // GTK and the keychain refuse a runtime directory that others may read; so does the D-Bus specification.
        for name in ["run", "data", "config", "cache"] {
            let directory = home.path().join(name);
            std::fs::create_dir(&directory)?;
            only_for_the_owner(&directory)?;
        }
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                SCREEN,
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb")?;
        let number = server.stdout.take().and_then(|out| {
            let mut line = String::new();
            BufReader::new(out).read_line(&mut line).ok()?;
            line.trim().parse::<u32>().ok()
        });
        let Some(number) = number else {
            server.kill().ok();
            server.wait().ok();
            bail!("Xvfb ended without naming its display");
        };
        Ok(Self {
            display: format!(":{number}"),
            server,
            home,
        })
    }

    /// The given command, to be run inside this session.
    pub(crate) fn command(&self, inner: &Command) -> Result<Command> {
        let own = own_path()?;
        let mut command = Command::new("dbus-run-session");
        command
            .arg("--")
            .arg(own)
            .arg(INSIDE)
            .arg(inner.get_program())
            .args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(directory) = inner.get_current_dir() {
            command.current_dir(directory);
        }
        for name in [
            "WAYLAND_DISPLAY",
            "DBUS_SESSION_BUS_ADDRESS",
            "XDG_CURRENT_DESKTOP",
            "SESSION_MANAGER",
        ] {
            command.env_remove(name);
        }
        // With WebKit's DMA-BUF renderer switched off, which many hints for virtual displays advise, taking a
        // screenshot never ends (WebKitGTK 2.50).
        command.env_remove("WEBKIT_DISABLE_DMABUF_RENDERER");
        command
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env("XDG_RUNTIME_DIR", self.home.path().join("run"))
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .env("XDG_CACHE_HOME", self.home.path().join("cache"))
            // No screen reader listens on a virtual display; without this every start waits for its bus.
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_A11Y", "none")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "Europe/Helsinki");
        Ok(command)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The display may have ended by itself.
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// Runs any program in a session of its own.
pub(crate) fn run(places: &Places, arguments: &[String]) -> Result<()> {
    let [program, rest @ ..] = arguments else {
        bail!("which program? cargo xtask session PROGRAM ARGS…");
    };
    let session = Session::start()?;
    let mut inner = Command::new(program);
    inner.args(rest).env("PATH", places.path());
    crate::process::run(program, &mut session.command(&inner)?)
}

/// Runs inside the session bus: unlocks the keychain, runs the program, hands its exit code on.
pub(crate) fn inside(arguments: &[String]) -> Result<ExitCode> {
    let [program, rest @ ..] = arguments else {
        bail!("{INSIDE} needs a program to run");
    };
    let mut keychain = Keychain::unlock()?;
    let status = Command::new(program)
        .args(rest)
        .status()
        .with_context(|| format!("cannot start {program}"));
    keychain.close();
    let code = status?
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(ExitCode::from(code))
}

struct Keychain(Child);

impl Keychain {
    /// Starts gnome-keyring with a new keychain and waits until it answers on the bus.
    fn unlock() -> Result<Self> {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start gnome-keyring-daemon")?;
        // It takes the password for the new keychain from its standard input, up to the end of input.
        if let Some(mut input) = daemon.stdin.take() {
            input.write_all(b"only for tests")?;
        }
        let mut keychain = Self(daemon);
        let started = Instant::now();
        // Asking the service itself before it has its name would make the bus start a second, locked one.
        while !keychain_is_on_the_bus() || !default_keychain_exists() {
            if started.elapsed() > PATIENCE {
                keychain.close();
                bail!("the keychain (gnome-keyring-daemon) did not come up on the session bus");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(keychain)
    }

    fn close(&mut self) {
        // It may have ended with its bus.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Whether somebody has taken the secret service's name on the bus.
fn keychain_is_on_the_bus() -> bool {
    let answer = Command::new("dbus-send")
        .args([
            "--session",
            "--print-reply=literal",
            "--dest=org.freedesktop.DBus",
            "/org/freedesktop/DBus",
        ])
        .args([
            "org.freedesktop.DBus.NameHasOwner",
            "string:org.freedesktop.secrets",
        ])
        .stderr(Stdio::null())
        .output();
    answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("true"))
}

/// Whether the bus's secret service has a default collection that new secrets go into.
fn default_keychain_exists() -> bool {
    let answer = Command::new("dbus-send")
        .args([
            "--session",
            "--print-reply=literal",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
        ])
        .args(["org.freedesktop.Secret.Service.ReadAlias", "string:default"])
        .stderr(Stdio::null())
        .output();
    answer.is_ok_and(|answer| {
        answer.status.success()
            && String::from_utf8_lossy(&answer.stdout).contains("/org/freedesktop/secrets/")
    })
}

#[cfg(unix)]
fn only_for_the_owner(directory: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700))
        .with_context(|| directory.display().to_string())
}

#[cfg(not(unix))]
fn only_for_the_owner(_: &Path) -> Result<()> {
    Ok(())
}

/// Where this program lies. Linux marks the path of a program whose file was replaced while it runs, as cargo does when a
/// build brings the same file again: the new one serves as well.
fn own_path() -> Result<std::path::PathBuf> {
    let path = std::env::current_exe().context("where is xtask itself?")?;
    Ok(path
        .to_str()
        .and_then(|text| text.strip_suffix(" (deleted)"))
        .map(Into::into)
        .unwrap_or(path))
}
