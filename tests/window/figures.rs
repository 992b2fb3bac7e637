//! How fast the window is, measured inside it: `cargo xtask bench` runs this on the release build, with a register in place,
//! and names by environment variables where things are. Figures go to the file that `KIULU_FIGURES` names, a line of JSON each.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::harness::{Driver, PATIENCE, Session};

/// How often each start is measured; the median counts.
const STARTS: usize = 5;

/// What is typed into the register's search, letter by letter.
const TYPED: &[&str] = &["meikäläinen", "matti", "040 1", "öhman", "anna k", "posti.fi"];

/// When the first page had been painted with its lists, in milliseconds since 1970; nothing before that.
const PAGE_PAINTED: &str = "const mark = performance.getEntriesByName('kiulu-home')[0];
    return mark ? performance.timeOrigin + mark.startTime : null;";

/// Goes to the contacts and answers how long it took until their list had been painted, in milliseconds.
const OPEN_CONTACTS: &str = r#"
const done = arguments[arguments.length - 1];
const start = performance.now();
location.hash = '#/contacts';
const look = () => {
  const mark = performance.getEntriesByName("kiulu-list")[0];
  if (mark) done(mark.startTime - start);
  else setTimeout(look, 5);
};
look();
"#;

/// The way there, in milliseconds since 1970: the page is asked for, its code runs, something is painted.
const MILESTONES: &str = "const { domInteractive } = performance.getEntriesByType('navigation')[0];
    const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN;
    return [0, domInteractive, first].map(at => performance.timeOrigin + at);";

/// When the empty page had been painted, likewise.
const EMPTY_PAINTED: &str = "const mark = performance.getEntriesByName('empty-painted')[0];
    return mark ? performance.timeOrigin + mark.startTime : null;";

/// Types each word letter by letter, each letter as soon as the rows of the one before are there, and answers with what the
/// page measured from each keystroke to its rows, in milliseconds.
const TYPE: &str = r#"
const [words, done] = arguments;
const field = document.querySelector("main input[type=search]");
const measured = () => performance.getEntriesByName("kiulu-search");
const type = text => new Promise(resolve => {
  const before = measured().length;
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  const look = () => measured().length > before ? resolve() : setTimeout(look, 5);
  look();
});
(async () => {
  for (const word of words) for (let length = 1; length <= word.length; length++) await type(word.slice(0, length));
  done(measured().map(entry => entry.duration));
})();
"#;

#[tokio::test]
#[ignore = "measures a release build: cargo xtask bench"]
async fn figures() {
    let data = place("KIULU_DATA_DIR");
    let (kiulu, empty) = (place("KIULU_APP"), place("KIULU_EMPTY_WINDOW"));
    let driver = Driver::start(&[("KIULU_DATA_DIR", data.as_os_str())]).await;

    // The first start of each warms the system's caches and is not counted.
    let (mut bare, mut full, mut list) = (Vec::new(), Vec::new(), Vec::new());
    let mut milestones = Vec::new();
    for round in 0..=STARTS {
        let (session, empty_time) = started(&driver, &empty, EMPTY_PAINTED).await;
        drop(session);
        let (session, full_time) = started(&driver, &kiulu, PAGE_PAINTED).await;
        let opened = session
            .execute_async(OPEN_CONTACTS, vec![])
            .await
            .expect("the contacts open");
        let opened: f64 = opened.convert().expect("the page answers with a time");
        let on_the_way = session.execute(MILESTONES, vec![]).await;
        let on_the_way: [f64; 3] = on_the_way
            .and_then(|answer| answer.convert())
            .expect("the page knows its own times");
        let start = process_start(&kiulu).expect("the program is running");
        drop(session);
        if round > 0 {
            bare.push(empty_time);
            full.push(full_time);
            list.push(full_time + opened);
            milestones.push(on_the_way.map(|at| at - start));
        }
    }
    let bare = percentile(&mut bare, 50);
    let [asked, runs, painted] = [0, 1, 2].map(|place| {
        percentile(
            &mut milestones.iter().map(|times| times[place]).collect::<Vec<_>>(),
            50,
        )
    });
    let way =
        format!("page asked for at {asked:.0}, its code read by {runs:.0}, first paint at {painted:.0} ms");
    for (what, times) in [
        (
            "window usable, first page with its lists painted ÷ an empty Tauri window",
            &mut full,
        ),
        (
            "the same, and then the list of all contacts opened and painted",
            &mut list,
        ),
    ] {
        let time = percentile(times, 50);
        report(
            what,
            (time / bare, "×", 1.5),
            &format!("{time:.0} ms ÷ {bare:.0} ms from the program's start, median of {STARTS}; {way}"),
        );
    }

    let (session, _) = started(&driver, &kiulu, PAGE_PAINTED).await;
    session
        .execute_async(OPEN_CONTACTS, vec![])
        .await
        .expect("the contacts open");
    let answer = session
        .execute_async(TYPE, vec![json!(TYPED)])
        .await
        .expect("the search field takes letters");
    let mut times: Vec<f64> = answer.convert().expect("the page answers with times");
    assert!(
        times.len() >= TYPED.iter().map(|word| word.chars().count()).sum(),
        "the page measured only {times:?}"
    );
    let (median, p95) = (percentile(&mut times, 50), percentile(&mut times, 95));
    report(
        "search from keystroke to rows in the page's model, p95",
        (p95, "ms", 30.0),
        &format!("{} keystrokes, median {median:.1} ms", times.len()),
    );
}

fn place(variable: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(
        || panic!("{variable} is not set: cargo xtask bench sets it"),
        PathBuf::from,
    )
}

/// Opens a window and answers how long after the program's start the script's instant came, in milliseconds.
async fn started(driver: &Driver, program: &Path, instant: &str) -> (Session, f64) {
    let session = driver.session(program).await;
    let since = std::time::Instant::now();
    loop {
        let answer = session.execute(instant, vec![]).await;
        if let Some(instant) = answer
            .ok()
            .and_then(|answer| answer.convert::<Option<f64>>().ok())
            .flatten()
        {
            let start = process_start(program).expect("the program is running");
            return (session, instant - start);
        }
        assert!(since.elapsed() < PATIENCE, "{} shows nothing", program.display());
        tokio::time::sleep(crate::harness::GLANCE).await;
    }
}

/// When the running program was started, in milliseconds since 1970, as the kernel counts: in hundredths of a second.
fn process_start(program: &Path) -> Option<f64> {
    let program = fs::canonicalize(program).ok()?;
    let process = fs::read_dir("/proc")
        .ok()?
        .flatten()
        .find(|process| fs::read_link(process.path().join("exe")).is_ok_and(|running| running == program))?;
    let stat = fs::read_to_string(process.path().join("stat")).ok()?;
    // The name in parentheses may hold spaces; field 22 of proc(5) is the 20th after it.
    let ticks: f64 = stat
        .rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(19)?
        .parse()
        .ok()?;
    let uptime = fs::read_to_string("/proc/uptime").ok()?;
    let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()?;
    Some(now.as_secs_f64() * 1000.0 - (uptime * 1000.0 - ticks * 10.0))
}

fn percentile(times: &mut [f64], percent: usize) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn report(what: &str, (value, unit, limit): (f64, &str, f64), detail: &str) {
    println!("{what}: {value:.2} {unit} (at most {limit} {unit}); {detail}");
    let path = std::env::var_os("KIULU_FIGURES").expect("cargo xtask bench says where figures go");
    let line = json!({ "what": what, "value": value, "unit": unit, "limit": limit, "detail": detail });
    let mut file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(Path::new::<OsStr>(&path))
        .expect("the file of figures can be written");
    writeln!(file, "{line}").expect("the figure is written");
}
