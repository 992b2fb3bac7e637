//! What is left when the program or the disk gives out in the middle of an import.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Counting, Fixture, count, key};
use kiulu_domain::action::Action;
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::StakeholderKindId;
use kiulu_store::{Error, Store};
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROLE: &str = "KIULU_TEST_CHILD";

/// What a child says once it has opened the file and goes on to import.
const OPENED: &str = "opened";

/// This same test again in a process of its own, with work to do.
fn child(test: &str, work: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(ROLE, work)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Opens `path` as another process would and imports once.
fn import_into(path: &Path, contacts: u32) -> kiulu_store::Result<()> {
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let start = seconds.as_micros() as u64 % (1 << 46);
    let store = Store::open(path, &key(7), Arc::new(Counting::from(start)))?;
    println!("\n{OPENED}");
    let kind: uuid::Uuid = common::raw(path)
        .query_row("SELECT id FROM stakeholder_kind", [], |row| row.get(0))
        .unwrap();
    common::import(&store, StakeholderKindId(kind), contacts, |_| {}).map(drop)
}

/// Kills an import at 200 random moments. After each the whole import is there with its change, or nothing of it.
#[test]
fn an_import_that_is_killed_is_there_as_a_whole_or_not_at_all() {
    const NAME: &str = "an_import_that_is_killed_is_there_as_a_whole_or_not_at_all";
    const CONTACTS: u32 = 100;
    if let Some(path) = std::env::var_os(ROLE) {
        import_into(Path::new(&path), CONTACTS).unwrap();
        return;
    }
    let f = Fixture::new();
    let path = f.file();
    let (mut process, started) = importing(NAME, &path);
    assert!(process.wait().unwrap().success());
    let whole = started.elapsed();
    let mut moments = random(17);
    let mut imports = 1;
    let mut killed = 0;
    while killed < 200 {
        let (mut process, started) = importing(NAME, &path);
        std::thread::sleep(whole.mul_f64(moments()).saturating_sub(started.elapsed()));
        let _ = process.kill();
        let status = process.wait().unwrap();
        if status.signal().is_some() {
            killed += 1;
        }
        let state = |sql: &str| f.count(sql);
        let now = state("SELECT count(*) FROM import");
        assert!(now == imports || now == imports + 1);
        imports = now;
        assert_eq!(
            state("SELECT count(*) FROM change WHERE action LIKE '%jäsenet%'"),
            imports
        );
        for table in ["contact", "stakeholder_role", "import_row", "local_contact_index"] {
            assert_eq!(
                state(&format!("SELECT count(*) FROM {table}")),
                imports * i64::from(CONTACTS),
                "{table}"
            );
        }
    }
    f.check().unwrap();
    f.check_derived().unwrap();
    let listed = f.contact_count(
        &ContactListSpec {
            query: "meik".into(),
            ..ContactListSpec::default()
        },
        common::day("2026-10-01"),
    );
    assert_eq!(i64::from(listed.unwrap()), imports * i64::from(CONTACTS));
}

/// A child whose import begins just now.
fn importing(test: &str, path: &Path) -> (Child, Instant) {
    let mut process = child(test, path.to_str().unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.as_mut().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == OPENED));
    (process, Instant::now())
}

/// Numbers from 0 to a little above 1, the same in every run.
fn random(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % 1000) as f64 / 950.0
    }
}

/// Imports into a file that may not grow past a limit, as a full disk would have it.
#[test]
fn a_file_that_cannot_grow_keeps_what_it_had() {
    const NAME: &str = "a_file_that_cannot_grow_keeps_what_it_had";
    if let Some(path) = std::env::var_os(ROLE) {
        let result = import_into(Path::new(&path), 3000);
        std::process::exit(match result {
            Err(Error::DiskFull) => 40,
            Ok(()) => 41,
            Err(_) => 42,
        });
    }
    let f = Fixture::new();
    f.import(50);
    let before = f.dump();
    f.raw.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    // A disk of its own, small enough to fill, in a namespace that needs no rights where the system allows it.
    let disk = f.folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let script = format!(
        "mount -t tmpfs -o size=2m none '{disk}' && cp '{file}' '{disk}/a.kiulu' && \
         {{ {ROLE}='{disk}/a.kiulu' '{exe}' {NAME} --exact --nocapture; echo $? > '{out}/code'; cp '{disk}/a.kiulu'* '{out}/'; }}",
        disk = disk.display(),
        file = f.file().display(),
        exe = std::env::current_exe().unwrap().display(),
        out = f.folder.path().display(),
    );
    let made = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script])
        .stdout(Stdio::null())
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("no small disk can be mounted here; the unit tests of `change` limit the pages instead");
        return;
    }
    let code = std::fs::read_to_string(f.folder.path().join("code")).unwrap();
    assert_eq!(code.trim(), "40");
    // What was on the full disk opens elsewhere, whole, and takes the import once there is room.
    let after = f.folder.path().join("a.kiulu");
    assert_eq!(common::dump(&after), before);
    import_into(&after, 3000).unwrap();
    assert_eq!(count(&after, "SELECT count(*) FROM contact"), 3050);
    let store = Store::open(&after, &key(7), Arc::new(Counting::from(1 << 40))).unwrap();
    store.check().unwrap();
    store.check_derived().unwrap();
}

/// Several processes write at once: each waits for its turn, none is lost.
#[test]
fn processes_that_write_at_once_wait_for_each_other() {
    const NAME: &str = "processes_that_write_at_once_wait_for_each_other";
    if let Some(path) = std::env::var_os(ROLE) {
        for _ in 0..5 {
            import_into(Path::new(&path), 20).unwrap();
        }
        return;
    }
    let f = Fixture::new();
    let seq = f.last_seq().unwrap();
    assert!(!f.changed_elsewhere().unwrap());
    let mut processes: Vec<_> = (0..3)
        .map(|_| child(NAME, f.file().to_str().unwrap()).spawn().unwrap())
        .collect();
    for process in &mut processes {
        assert!(process.wait().unwrap().success());
    }
    assert!(f.changed_elsewhere().unwrap());
    assert!(!f.changed_elsewhere().unwrap());
    assert_eq!(f.last_seq().unwrap(), seq + 15);
    assert_eq!(
        f.count("SELECT count(DISTINCT seq) FROM change"),
        f.count("SELECT count(*) FROM change")
    );
    assert_eq!(
        f.contact_count(&ContactListSpec::default(), common::day("2026-10-01"))
            .unwrap(),
        300
    );
    f.check_derived().unwrap();
}

#[test]
fn readers_see_the_register_as_it_was_while_a_write_goes_on() {
    let f = Fixture::new();
    let (_, ids) = f.import(100);
    let spec = ContactListSpec::default();
    let day = common::day("2026-10-01");
    let (inside, written) = (std::sync::Barrier::new(2), std::sync::Barrier::new(2));
    let store = &f.store;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let deleted = store.write(
                &Action::ContactsDelete {
                    count: 100,
                    name: None,
                },
                |tx| {
                    for id in &ids {
                        tx.delete_contact(*id)?;
                    }
                    inside.wait();
                    written.wait();
                    Ok::<_, Error>(())
                },
            );
            deleted.unwrap();
        });
        inside.wait();
        let start = Instant::now();
        assert_eq!(f.contact_page(&spec, day, 0, 200).unwrap().rows.len(), 100);
        assert!(!f.changed_elsewhere().unwrap());
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "a reader waited for the writer"
        );
        written.wait();
    });
    assert_eq!(f.contact_page(&spec, day, 0, 200).unwrap().total, 0);
    // A view that was opened before a write stays as it was.
    f.read(|reader| {
        let count = || -> kiulu_store::Result<usize> {
            let mut n = 0;
            reader.each_contact(|_, _| {
                n += 1;
                Ok(())
            })?;
            Ok(n)
        };
        let before = count()?;
        f.import(10);
        assert_eq!(count()?, before);
        Ok::<_, Error>(())
    })
    .unwrap();
    assert_eq!(f.contact_count(&spec, day).unwrap(), 10);
}
