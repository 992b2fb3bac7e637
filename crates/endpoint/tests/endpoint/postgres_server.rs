//! A PostgreSQL server of the test's own: in a temporary directory, reached by a socket in it, gone with the test.

use std::fs::File;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where Debian and others put the server's programs.
const PLACES: &[&str] = &["/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/usr/bin"];

/// A running server.
pub(crate) struct Server {
    directory: tempfile::TempDir,
    child: Child,
}

impl Server {
    /// Starts one that forgets when the machine stops: nothing here waits for a disk.
    pub(crate) fn start() -> Self {
        Self::with(&[
            "fsync=off",
            "shared_buffers=16MB",
            "max_wal_size=64MB",
            "autovacuum=off",
        ])
    }

    /// Starts one with these settings, on a copy of a directory that is prepared once for all tests.
    pub(crate) fn with(settings: &[&str]) -> Self {
        let bin = programs();
        let directory = tempfile::Builder::new()
            .prefix("kiulu-postgres-")
            .tempdir()
            .unwrap();
        let template = template(&bin);
        let data = directory.path().join("data");
        run(Command::new("cp").arg("-a").arg(&template).arg(&data));
        let user = nobody();
        if let Some((uid, gid)) = user {
            chown(directory.path(), Some(uid), Some(gid)).unwrap();
        }
        let mut command = as_user(user, &bin.join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(directory.path());
        for setting in ["listen_addresses=", "max_connections=40"].iter().chain(settings) {
            command.arg("-c").arg(setting);
        }
        let log = File::create(directory.path().join("log")).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { directory, child };
        server.wait_until_ready();
        server
    }

    fn wait_until_ready(&mut self) {
        let begun = Instant::now();
        // The socket is there before connections are taken, so the last line of the pid file is what counts.
        let pid_file = self.directory.path().join("data/postmaster.pid");
        while !std::fs::read_to_string(&pid_file).is_ok_and(|text| text.contains("ready")) {
            let ended = self.child.try_wait().unwrap();
            if ended.is_some() || begun.elapsed() > Duration::from_secs(60) {
                let log = std::fs::read_to_string(self.directory.path().join("log"));
                panic!("PostgreSQL did not start: {log:?}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its address as the endpoint takes it.
    pub(crate) fn address(&self) -> String {
        let socket = self.directory.path().display().to_string().replace('/', "%2F");
        format!("postgres://kiulu@{socket}/postgres")
    }

    /// Everything that lies in its directory.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fast shutdown: connections are closed, processes end.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &pid]).status();
        let _ = self.child.wait();
    }
}

/// The directory with the server's programs.
fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = PLACES
        .iter()
        .flat_map(|place| match place.split_once('*') {
            None => vec![PathBuf::from(place)],
            Some((before, after)) => std::fs::read_dir(before)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path().join(after.trim_start_matches('/')))
                .collect(),
        })
        .filter(|place| place.join("initdb").is_file() && place.join("postgres").is_file())
        .collect();
    found.sort();
    found
        .pop()
        .expect("PostgreSQL's programs initdb and postgres are not here: `cargo xtask setup` installs them")
}

/// PostgreSQL does not run as root: then it runs as the user who owns nothing.
fn nobody() -> Option<(u32, u32)> {
    let root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    root.then_some((65534, 65534))
}

fn as_user(user: Option<(u32, u32)>, program: &Path) -> Command {
    let Some((uid, gid)) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command
        .args([format!("--reuid={uid}"), format!("--regid={gid}")])
        .args(["--clear-groups", "--pdeathsig=KILL", "--"])
        .arg(program)
        .current_dir("/");
    command
}

/// Prepares the directory where no test has yet; several test processes may come at the same time.
fn template(bin: &Path) -> PathBuf {
    let user = nobody();
    let own = || tempfile::tempdir().unwrap().path().metadata().unwrap().uid();
    let owner = user.map_or_else(own, |(uid, _)| uid);
    let version = bin
        .parent()
        .and_then(Path::file_name)
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let place = std::env::temp_dir().join(format!("kiulu-postgres-template-{version}-{owner}"));
    let lock = File::create(place.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if place.join("ready").exists() {
        return place.join("data");
    }
    let _ = std::fs::remove_dir_all(&place);
    std::fs::create_dir_all(&place).unwrap();
    if let Some((uid, gid)) = user {
        chown(&place, Some(uid), Some(gid)).unwrap();
    }
    run(as_user(user, &bin.join("initdb"))
        .arg("-D")
        .arg(place.join("data"))
        .args([
            "--username=kiulu",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ])
        .args(["--no-sync", "--wal-segsize=1"]));
    File::create(place.join("ready")).unwrap();
    place.join("data")
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
