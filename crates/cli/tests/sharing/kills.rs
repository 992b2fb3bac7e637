//! SIGKILL at any moment, to which no program can say anything: what was confirmed stays, and nothing comes apart.
//!
//! `KIULU_KILL_ROUNDS` says how many rounds (`cargo xtask processes` asks for 100); otherwise as many as fit. `KIULU_KILL_SEED` repeats
//! what was done, though not the very moments.

use crate::common::{Cli, failed, parsed};
use crate::computer::*;
use crate::endpoint::{Database, Endpoint};
use crate::rows::Seeded;
use kiulu_domain::id::ChangeId;
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

on_both_databases!(
    whatever_is_killed_nothing_confirmed_is_lost,
    a_join_that_was_killed_goes_on_with_the_same_code,
);

/// So long the rounds last where their number is not given.
const AS_LONG: Duration = Duration::from_secs(25);

/// What a confirmed edit must have left.
#[derive(Debug, Clone)]
enum Left {
    Contact(String),
    Phone(String),
    Booking(String),
    /// The change alone.
    Change,
}

/// An edit on its way.
struct Edit {
    process: Child,
    left: Left,
}

struct Side {
    cli: Cli,
    number: u32,
    edits: u32,
    confirmed: Vec<(String, Left)>,
    /// Changes that somebody has begun to take back.
    undone: BTreeSet<String>,
    /// Bookings that somebody has begun to cancel.
    cancelled: BTreeSet<String>,
}

impl Side {
    fn new(cli: Cli, number: u32) -> Self {
        Self {
            cli,
            number,
            edits: 0,
            confirmed: Vec::new(),
            undone: BTreeSet::new(),
            cancelled: BTreeSet::new(),
        }
    }

    fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = self.cli.command(arguments);
        command.arg("--json").stdout(Stdio::piped()).spawn().unwrap()
    }

    /// Something that nobody else writes: a new name, a phone that no other edit gives, a turn that others want too; or takes an own
    /// earlier one back.
    fn edit(&mut self, turns: &[String], random: &mut Seeded) -> Edit {
        self.edits += 1;
        let (side, edit) = (self.number, self.edits);
        let import = |rows: String, left: Left| {
            let list = self.cli.file(&format!("{edit}.csv"), format!("{HEADINGS}{rows}"));
            (vec!["import".to_owned(), list.display().to_string()], left)
        };
        let earlier = random.below(self.confirmed.len().max(1) as u64) as usize;
        let (arguments, left) = match (random.below(8), self.confirmed.get(earlier)) {
            (0 | 1, _) => {
                let name = format!("Uusi{side}x{edit}");
                import(format!("{name};Tulokas;A 3;Asukas;;\n"), Left::Contact(name))
            }
            (2 | 3, _) => {
                let people = [
                    ("Anna;Mäki;A 1", "anna"),
                    ("Eero;Laine;A 2", "eero"),
                    ("Liisa;Salo;A 3", "liisa"),
                    ("Ville;Niemi;A 4", "ville"),
                ];
                let (person, email) = people[random.below(4) as usize];
                let number = side * 1_000_000 + edit;
                let left = Left::Phone(format!("+35840{number}"));
                import(
                    format!("{person};Asukas;040{number};{email}@kielo.example\n"),
                    left,
                )
            }
            (4, Some((change, _))) => {
                self.undone.insert(change.clone());
                (vec!["undo".into(), change.clone()], Left::Change)
            }
            (5, Some((_, Left::Booking(booking)))) => {
                self.cancelled.insert(booking.clone());
                (vec!["cancel".into(), booking.clone()], Left::Change)
            }
            _ => {
                let turn = &turns[random.below(turns.len() as u64) as usize];
                let flat = FLATS[random.below(4) as usize];
                let book = ["book", "Löylyhuone", flat, turn, "--override", "Juhlat"];
                let book = book.into_iter().map(ToOwned::to_owned).collect();
                (book, Left::Booking(String::new()))
            }
        };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let process = self.begin(&arguments);
        Edit { process, left }
    }

    fn edited(&mut self, output: &Output, left: Left) {
        if output.status.signal().is_some() {
            return;
        }
        if !output.status.success() {
            // What the rules, or what came in meanwhile, stand against.
            let usual = [
                "booking_refused",
                "edited_since",
                "file_busy",
                "import_outdated",
                "not_undoable",
                "record_missing",
            ];
            let code = failed(output)["code"].clone();
            assert!(usual.contains(&code.as_str().unwrap()), "an edit: {code}");
            return;
        }
        let answer = parsed(output);
        // An undo answers without a change where nothing was left to do.
        if let Some(change) = answer["change"].as_str() {
            let left = match left {
                Left::Booking(_) => Left::Booking(answer["booking"].as_str().unwrap().to_owned()),
                left => left,
            };
            self.confirmed.push((change.to_owned(), left));
        }
    }

    /// Every confirmed edit is in the register as it now is everywhere, or on its needs-attention list.
    fn assert_kept(&self, register: &Register) {
        let has = |sql: &str, value: &str| {
            let found = register.conn.query_row(sql, [value], |row| row.get::<_, bool>(0));
            found.unwrap()
        };
        let noted = |value: &str| {
            has(
                "SELECT EXISTS (SELECT 1 FROM attention WHERE instr(params, ?1))",
                value,
            )
        };
        for (change, left) in &self.confirmed {
            let id: ChangeId = change.parse().unwrap();
            let rows = register.store.change_rows(id, None, 100);
            let rows = rows.unwrap_or_else(|error| panic!("{change} {left:?}: {error}"));
            let kept = match left {
                _ if self.undone.contains(change) || noted(change) => true,
                Left::Change => true,
                Left::Contact(name) => has(
                    "SELECT EXISTS (SELECT 1 FROM contact WHERE first_name = ?1)",
                    name,
                ),
                Left::Phone(phone) => {
                    let mut fields = rows.iter().flat_map(|row| &row.fields);
                    fields.any(|field| field.new.as_ref().is_some_and(|new| new == phone))
                }
                Left::Booking(booking) => {
                    let states = "'booked', 'displaced'";
                    let sql = format!(
                        "SELECT EXISTS (SELECT 1 FROM booking WHERE lower(hex(id)) = replace(?1, '-', '') AND status IN ({states}))"
                    );
                    self.cancelled.contains(booking) || has(&sql, booking)
                }
            };
            assert!(kept, "{change} {left:?} is lost");
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
    )
}

fn synced(output: &Output) {
    if output.status.signal().is_none() && !output.status.success() {
        let usual = ["endpoint_unreachable", "endpoint_busy", "sync_busy", "file_busy"];
        let code = failed(output)["code"].clone();
        assert!(
            usual.contains(&code.as_str().unwrap()),
            "a sync: {}",
            parsed(output)
        );
    }
}

fn whatever_is_killed_nothing_confirmed_is_lost(database: &Database) {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = number("KIULU_KILL_SEED").unwrap_or(u64::from(clock.subsec_nanos()));
    println!("KIULU_KILL_SEED={seed}");
    let random = &mut Seeded(seed);
    let rounds = number("KIULU_KILL_ROUNDS");
    let mut endpoint = Endpoint::start(database);
    let aino = founded(&endpoint.url());
    let pekka = joined(&aino, "editor", "Pekka Koivu");
    let turns = free_turns(&aino)[..12].to_vec();
    let mut sides = [Side::new(aino, 1), Side::new(pekka, 2)];

    let (begun, mut round, mut killed) = (Instant::now(), 0, [0; 3]);
    let mut lasts = Duration::from_secs(1);
    while rounds.map_or(begun.elapsed() < AS_LONG, |rounds| round < rounds) {
        round += 1;
        let this = Instant::now();
        let mut edits = sides.each_mut().map(|side| side.edit(&turns, random));
        let mut syncs = sides.each_ref().map(|side| side.begin(&["sync"]));
        std::thread::sleep(lasts.mul_f64(random.below(1000) as f64 / 1000.0));
        let victim = random.below(6) as usize;
        let was_running = match victim {
            0 | 1 => strike(&mut edits[victim].process),
            2 | 3 => strike(&mut syncs[victim - 2]),
            _ => {
                endpoint.kill();
                endpoint.come_back();
                true
            }
        };
        killed[victim / 2] += u32::from(was_running);
        for (side, edit) in sides.iter_mut().zip(edits) {
            side.edited(&edit.process.wait_with_output().unwrap(), edit.left);
        }
        for sync in syncs {
            synced(&sync.wait_with_output().unwrap());
        }
        lasts = (lasts + this.elapsed()) / 2;
    }
    println!(
        "{round} rounds in {:?}: {} edits, {} syncs and the endpoint {} times killed; {} edits confirmed",
        begun.elapsed(),
        killed[0],
        killed[1],
        killed[2],
        sides.iter().map(|side| side.confirmed.len()).sum::<usize>()
    );
    let computers = sides.each_ref().map(|side| &side.cli);
    in_step(&computers);
    assert_agree(&computers);
    let register = Register::of(computers[0]);
    for side in &sides {
        side.assert_kept(&register);
    }
    assert_eq!(
        computers[0].json(&["devices"])["devices"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

/// Kills a process; whether it was still running.
fn strike(process: &mut Child) -> bool {
    let running = process.try_wait().unwrap().is_none();
    process.kill().unwrap();
    running
}

fn a_join_that_was_killed_goes_on_with_the_same_code(database: &Database) {
    const PEOPLE: usize = 2000;
    let mut endpoint = Endpoint::start(database);
    let aino = founded(&endpoint.url());
    // Several entries, so that a beginning of the log is there to go on from.
    for part in 0..4 {
        let rows = (0..PEOPLE / 4).map(|row| format!("Nimi{part}x{row};Tulokas;B {row};Asukas;;\n"));
        import(&aino, &rows.collect::<String>());
        aino.json(&["sync"]);
    }
    let (code, new) = (invited(&aino, "editor"), Cli::new());
    let user = [
        "--user-name",
        "Pekka Koivu",
        "--user-email",
        "pekka@kielo.example",
    ];
    let (mut kills, mut wait) = (0, Duration::from_millis(50));
    let joined = loop {
        let join = new
            .command(&["join", &code])
            .args(user)
            .arg("--json")
            .stdout(Stdio::piped())
            .spawn();
        let mut join = join.unwrap();
        // Later and later, until it has come to its end.
        std::thread::sleep(wait);
        wait += wait / 3;
        let strikes_endpoint = kills % 3 == 2;
        if strikes_endpoint {
            endpoint.kill();
        } else {
            strike(&mut join);
        }
        let output = join.wait_with_output().unwrap();
        if strikes_endpoint {
            endpoint.come_back();
        }
        if output.status.success() {
            break parsed(&output);
        }
        kills += 1;
        if output.status.signal().is_none() {
            let said = failed(&output)["code"].clone();
            assert!(
                said == "endpoint_unreachable" || said == "endpoint_busy",
                "after {kills}: {said}"
            );
        }
        // Killed after its last step, before it said so.
        if let Some(here) = new.json(&["org", "list"])["organisations"].get(0) {
            break here.clone();
        }
    };
    println!("joined after it was killed {kills} times");
    assert!(kills >= 3 && joined["name"] == "As Oy Kielo", "{kills} {joined}");
    in_step(&[&aino, &new]);
    assert_agree(&[&aino, &new]);
    assert_eq!(
        new.json(&["contacts", "list", "--limit", "1"])["total"],
        PEOPLE + 4
    );
    assert_eq!(aino.json(&["devices"])["devices"].as_array().unwrap().len(), 2);
    assert_eq!(new.path("data/joining").read_dir().unwrap().count(), 0);
}
