//! Two computers that stay in step by themselves.

use crate::common::Cli;
use crate::computer::*;
use crate::endpoint::{Database, Endpoint};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

on_both_databases!(what_one_writes_is_at_the_other_within_moments);

/// Design: within a second. The machine that tests may have other work.
const WITHIN: Duration = Duration::from_secs(20);

/// `kiulu-cli sync --watch`, and the moments at which it told of others' changes.
struct Watch {
    child: Child,
    data: Receiver<Instant>,
    idle: Receiver<()>,
}

impl Watch {
    fn on(cli: &Cli) -> Self {
        let mut command = cli.command(&["sync", "--watch", "--json"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ((tell, data), (tell_idle, idle)) = (channel(), channel());
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let news: Value = serde_json::from_str(&line).unwrap();
                if news["data"] == true {
                    let _ = tell.send(Instant::now());
                } else if news["status"]["phase"]["code"] == "idle" {
                    let _ = tell_idle.send(());
                }
            }
        });
        Self { child, data, idle }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn what_one_writes_is_at_the_other_within_moments(database: &Database) {
    let mut endpoint = Endpoint::start(database);
    let aino = founded(&endpoint.url());
    let pekka = joined(&aino, "editor", "Pekka Koivu");
    let watches = [Watch::on(&aino), Watch::on(&pekka)];
    for watch in &watches {
        watch.idle.recv_timeout(WITHIN).unwrap();
    }
    for (writer, reader, watch, name) in [
        (&aino, &pekka, &watches[1], "Oiva"),
        (&pekka, &aino, &watches[0], "Helmi"),
    ] {
        // Aino's also hears that Pekka's has joined.
        watch.data.try_iter().for_each(drop);
        import(writer, &format!("{name};Virta;A 4;Asukas;;\n"));
        let written = Instant::now();
        loop {
            let heard = watch.data.recv_timeout(WITHIN).expect("the other's change comes");
            if reader.json(&["contacts", "list", "--query", name])["total"] == 1 {
                println!(
                    "{name} was there after {:?}",
                    heard.saturating_duration_since(written)
                );
                break;
            }
        }
    }
    // The endpoint dies and comes back: both find it again by themselves.
    endpoint.kill();
    import(&aino, "Toivo;Virta;A 4;Asukas;;\n");
    endpoint.come_back();
    let begun = Instant::now();
    while pekka.json(&["contacts", "list", "--query", "Toivo"])["total"] == 0 {
        assert!(begun.elapsed() < 2 * WITHIN, "still apart");
        std::thread::sleep(Duration::from_millis(100));
    }
    println!("together again after {:?}", begun.elapsed());
    drop(watches);
    in_step(&[&aino, &pekka]);
    assert_agree(&[&aino, &pekka]);
}
