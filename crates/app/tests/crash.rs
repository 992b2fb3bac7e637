//! The program is killed in the middle of an import, as the window runs it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Laptop, PASSPHRASE, secret};
use kiulu_app::{App, Job, MemoryKeychain, UndoChoice, UnlockWay};
use kiulu_domain::action::Action;
use kiulu_domain::id::OrganisationId;
use kiulu_domain::import::options::{Corrections, ImportOptions};
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

const ROLE: &str = "KIULU_TEST_IMPORTS_INTO";
const PREVIEWED: &str = "previewed";
const CONTACTS: u32 = 600;
const KILLS: u32 = 6;

/// The child: opens the data directory, works the preview out, says so, and imports.
fn import(data_dir: &Path) {
    let app = App::new(data_dir.to_owned(), Box::new(MemoryKeychain::missing())).unwrap();
    let id = app.organisations()[0].id;
    app.open_organisation(id, &secret(PASSPHRASE)).unwrap();
    let file = app.open_import(id, &data_dir.join("members.csv")).unwrap();
    let sheet = app.import_sheet(file.id, file.suggested_sheet, None).unwrap();
    let targets: Vec<_> = sheet.columns.iter().map(|column| column.target).collect();
    app.preview_import(
        file.id,
        file.suggested_sheet,
        &sheet.header,
        &targets,
        &ImportOptions::default(),
        &Corrections::default(),
        &mut Job::silent(),
    )
    .unwrap();
    println!("\n{PREVIEWED}");
    app.run_import(file.id, None, &mut Job::silent()).unwrap();
}

/// A child whose import begins just now.
fn importing(test: &str, laptop: &Laptop) -> (Child, Instant) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(ROLE, laptop.folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == PREVIEWED));
    (child, Instant::now())
}

/// The import that stands, after checking that it is there whole or not at all.
fn standing(laptop: &Laptop, id: OrganisationId) -> Option<kiulu_domain::id::ChangeId> {
    let page = laptop.contact_page(id, &Default::default(), 0, 1).unwrap();
    let newest = laptop
        .history(id, None, false, None, 1)
        .unwrap()
        .changes
        .remove(0);
    let import = matches!(newest.action, Action::Import { .. }).then_some(newest.id);
    assert_eq!(page.total, if import.is_some() { CONTACTS } else { 0 });
    import
}

#[test]
fn an_import_that_is_killed_is_there_whole_or_not_at_all() {
    const NAME: &str = "an_import_that_is_killed_is_there_whole_or_not_at_all";
    if let Some(data_dir) = std::env::var_os(ROLE) {
        return import(Path::new(&data_dir));
    }
    let laptop = Laptop::with(Arc::new(MemoryKeychain::missing()));
    let (id, _) = laptop.found(UnlockWay::Passphrase);
    let rows = (0..CONTACTS).map(|n| format!("Matti;Testinen {n};matti{n}@example.fi;{}\n", 10_000 + n));
    let text: String = std::iter::once("Etunimi;Sukunimi;Sähköposti;Jäsennumero\n".to_owned())
        .chain(rows)
        .collect();
    std::fs::write(laptop.folder.path().join("members.csv"), text).unwrap();

    let (mut child, started) = importing(NAME, &laptop);
    assert!(child.wait().unwrap().success());
    let whole = started.elapsed();
    laptop
        .undo(id, standing(&laptop, id).unwrap(), UndoChoice::Stop)
        .unwrap();

    let mut killed = 0;
    for n in 0..3 * KILLS {
        let (mut child, started) = importing(NAME, &laptop);
        // Spread over the import, and a little past its end.
        let moment = whole.mul_f64(f64::from(n % KILLS + 1) / f64::from(KILLS));
        std::thread::sleep(moment.saturating_sub(started.elapsed()));
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().signal().is_some());
        if let Some(change) = standing(&laptop, id) {
            laptop.undo(id, change, UndoChoice::Stop).unwrap();
        }
        if killed == KILLS {
            break;
        }
    }
    assert!(
        killed > 2,
        "{killed} of the children were killed in time ({whole:?})"
    );
    laptop.check_organisation(id).unwrap();
}
