//! How fast the main jobs are. Every figure is a ratio to a bare peer measured in the same run, with the absolute beside it, so
//! that it holds on another machine. `--rows N` measures a smaller register; `--json` prints for a machine.

mod bare;
mod bookings;
mod endpoint;
mod figure;
mod laptop;
mod load;
mod memory;
// The one that the endpoint's tests start; what it cannot do it says by panicking.
#[allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[path = "../../endpoint/tests/endpoint/postgres_server.rs"]
mod postgres_server;
mod sharing;

use anyhow::{Context, Result, ensure};
use figure::{Figure, Only, Options};
use kiulu_app::{
    App, Cancel, Job, MemoryKeychain, NewOrganisation, NewUser, OsKeychain, UndoChoice, UnlockWay,
};
use kiulu_domain::contact_list::{ContactListSpec, ContactSort};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::import::options::{Corrections, ImportOptions};
use kiulu_domain::import::preview::Outcome;
use kiulu_domain::organisation::{Language, OrganisationKind, PostalAddress};
use memory::Memory;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn main() -> Result<()> {
    let options = Options::parse()?;
    if let Some(path) = &options.generate {
        kiulu_spreadsheet::generate::contacts_xlsx(std::fs::File::create(path)?, options.rows, 1)?;
        return Ok(());
    }
    match options.only {
        Some(Only::Bookings) => return options.report(&bookings::figures()?),
        Some(Only::Sharing) => return options.report(&sharing::figures()?),
        Some(Only::Load) => return options.report(&load::figures()?),
        None => {}
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("jasenet.xlsx");
    // By another process: the memory that writing the list takes is none of the import's.
    let rows = options.rows.to_string();
    let written = Command::new(std::env::current_exe()?)
        .args(["--rows", &rows, "--generate"])
        .arg(&file)
        .status()?;
    ensure!(written.success(), "the list was not written");

    // With a data directory of its own the register outlives this program and is opened by a window afterwards.
    let app = match &options.data_dir {
        Some(directory) => App::new(directory.clone(), Box::new(OsKeychain))?,
        None => App::new(folder.path().join("data"), Box::new(MemoryKeychain::working()))?,
    };
    let organisation = association(&app)?;

    // The import comes before its peers, so that its peak of memory is its own.
    let memory = Memory::watch();
    let (preview, run, change) = import(&app, organisation, &file)?;
    let peak = memory.peak_mib();
    let (search, worst) = searches(&app, organisation)?;
    let page = pages(&app, organisation)?;
    let (undo, undone) = timed(|| app.undo(organisation, change, UndoChoice::Stop))?;
    ensure!(
        app.describe(organisation)?.contacts == 0,
        "undo left contacts behind"
    );
    let undone = undone.change.context("the undo recorded nothing")?;
    let (redo, _) = timed(|| app.undo(organisation, undone, UndoChoice::Stop))?;

    let calamine = median(3, || bare::read_with_calamine(&file))?;
    let insert = median(3, || bare::insert_into_sqlcipher(&file))?;
    let import = preview + run;
    let bare = calamine + insert;

    let figures = vec![
        Figure {
            what: "import ÷ (calamine's read + the bare rows inserted into the same encrypted SQLite)",
            value: ratio(import, bare),
            unit: "×",
            limit: 3.0,
            detail: format!(
                "{} ÷ {}: preview {} + run {} ÷ read {} + insert {}",
                ms(import),
                ms(bare),
                ms(preview),
                ms(run),
                ms(calamine),
                ms(insert)
            ),
        },
        Figure {
            what: "preview's first page ÷ calamine's read",
            value: ratio(preview, calamine),
            unit: "×",
            limit: 1.5,
            detail: format!("{} ÷ {}", ms(preview), ms(calamine)),
        },
        Figure {
            what: "peak memory of that import",
            value: peak,
            unit: "MiB",
            limit: 400.0,
            detail: "the program and its reader together".into(),
        },
        Figure {
            what: "search as you type at the app layer, p95",
            value: millis(search),
            unit: "ms",
            limit: 30.0,
            detail: format!("from query to the first page of 60 rows; worst {}", ms(worst)),
        },
        Figure {
            what: "list page, p95",
            value: millis(page),
            unit: "ms",
            limit: 15.0,
            detail: "60 rows anywhere in the list by name".into(),
        },
        Figure {
            what: "undo of that import ÷ the import",
            value: ratio(undo, import),
            unit: "×",
            limit: 1.0,
            detail: format!("{} ÷ {}", ms(undo), ms(import)),
        },
        Figure {
            what: "taking the undo back ÷ the import",
            value: ratio(redo, import),
            unit: "×",
            limit: 1.0,
            detail: format!("{} ÷ {}", ms(redo), ms(import)),
        },
    ];
    options.report(&figures)
}

fn timed<T>(work: impl FnOnce() -> kiulu_app::Result<T>) -> Result<(Duration, T)> {
    let start = Instant::now();
    let value = work()?;
    Ok((start.elapsed(), value))
}

fn time<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let start = Instant::now();
    std::hint::black_box(work()?);
    Ok(start.elapsed())
}

fn association(app: &App) -> Result<OrganisationId> {
    let created = app.create_organisation(&NewOrganisation {
        name: "Mitattava ry".into(),
        kind: OrganisationKind::Association,
        business_id: String::new(),
        language: Language::Fi,
        address: PostalAddress::default(),
        user: NewUser {
            name: "Mittaaja".into(),
            email: "mittaaja@kiulu.example".into(),
        },
        unlock: UnlockWay::Keychain,
        passphrase: None,
    })?;
    Ok(created.open.organisation.id)
}

/// The wizard from opening the file to the first page of new rows, and the run.
fn import(
    app: &App,
    organisation: OrganisationId,
    file: &Path,
) -> Result<(Duration, Duration, kiulu_domain::id::ChangeId)> {
    let start = Instant::now();
    let open = app.open_import(organisation, file)?;
    let sheet = app.import_sheet(open.id, open.suggested_sheet, None)?;
    let targets: Vec<_> = sheet.columns.iter().map(|column| column.target).collect();
    let members = app.vocabulary(organisation)?.first().map(|(kind, _)| kind.id);
    let options = ImportOptions {
        roles: members.into_iter().collect(),
        ..ImportOptions::default()
    };
    let corrections = Corrections {
        drop_bad_values: true,
        ..Corrections::default()
    };
    let mut job = Job::new(Cancel::default(), |_| {});
    app.preview_import(
        open.id,
        open.suggested_sheet,
        &sheet.header,
        &targets,
        &options,
        &corrections,
        &mut job,
    )?;
    ensure!(
        app.import_rows(open.id, Outcome::New, 0, 60)?.rows.len() == 60,
        "no page of new rows"
    );
    let preview = start.elapsed();
    let start = Instant::now();
    let result = app.run_import(open.id, None, &mut job)?;
    let run = start.elapsed();
    app.close_import(open.id);
    Ok((preview, run, result.change.context("nothing was imported")?))
}

/// What people type, letter by letter.
const TYPED: &[&str] = &[
    "meikäläinen",
    "matti",
    "virta",
    "040 1",
    "0405",
    "kork",
    "öhman",
    "anna k",
    "posti.fi",
    "liisa",
    "10",
];

fn searches(app: &App, organisation: OrganisationId) -> Result<(Duration, Duration)> {
    let mut times = Vec::new();
    for typed in TYPED {
        let letters: Vec<char> = typed.chars().collect();
        for length in 1..=letters.len() {
            let query = letters[..length].iter().collect();
            let spec = ContactListSpec {
                query,
                ..ContactListSpec::default()
            };
            let start = Instant::now();
            app.contact_page(organisation, &spec, 0, 60)?;
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    Ok((times[times.len() * 95 / 100], times[times.len() - 1]))
}

fn pages(app: &App, organisation: OrganisationId) -> Result<Duration> {
    let spec = ContactListSpec {
        sort: ContactSort::Name,
        ..ContactListSpec::default()
    };
    let total = app.contact_page(organisation, &spec, 0, 1)?.total;
    let mut times: Vec<Duration> = (0..200)
        .map(|step| {
            let start = Instant::now();
            app.contact_page(organisation, &spec, total / 200 * step, 60)
                .map(|_| start.elapsed())
        })
        .collect::<kiulu_app::Result<_>>()?;
    times.sort_unstable();
    Ok(times[times.len() * 95 / 100])
}

fn median(times: usize, mut work: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut measured = Vec::new();
    for _ in 0..times {
        let start = Instant::now();
        work()?;
        measured.push(start.elapsed());
    }
    measured.sort_unstable();
    Ok(measured[times / 2])
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn ms(time: Duration) -> String {
    format!("{:.0} ms", millis(time))
}
