//! The program as the operator runs it: signals, certificates, logs, numbers, backups.

use crate::world::{Answer, Laptop, Running, World, now};
use kiulu_endpoint::options::Database;
use kiulu_wire::invitation::Secret;
use kiulu_wire::*;
use reqwest::{Method, StatusCode};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// `kiulu-endpoint serve` as a process.
struct Program {
    base: String,
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Program {
    fn start(world: &World, arguments: &[&str]) -> Self {
        let database = match world.database() {
            Database::Sqlite(path) => path.display().to_string(),
            Database::Postgres(address) => address,
        };
        let mut child = Command::new(env!("CARGO_BIN_EXE_kiulu-endpoint"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log-json", "--log", "trace"])
            .args(arguments)
            .env("KIULU_ENDPOINT_DATABASE", database)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let said = Arc::new(Mutex::new(String::new()));
        let mut address = None;
        while address.is_none() {
            let mut line = String::new();
            assert!(
                lines.read_line(&mut line).unwrap() > 0,
                "it ended: {}",
                said.lock().unwrap()
            );
            let event: serde_json::Value = serde_json::from_str(&line).unwrap();
            address = event["fields"]["listen"].as_str().map(ToOwned::to_owned);
            said.lock().unwrap().push_str(&line);
        }
        let kept = said.clone();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self {
            base: format!("http://{}", address.unwrap()),
            child,
            said,
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end; whether it ended well.
    async fn ended(&mut self) -> bool {
        for _ in 0..200 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("still running: {}", self.said.lock().unwrap());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

on_both_databases!(
    whoever_got_an_answer_keeps_it_through_sigterm_and_sigkill,
    no_secret_stands_in_the_log_or_where_it_does_not_belong,
);

/// A writer appends without a pause while the program is stopped. Each number that was confirmed is there afterwards, and an
/// append without an answer is there whole or not at all.
async fn whoever_got_an_answer_keeps_it_through_sigterm_and_sigkill(world: &World) {
    let mut program = Program::start(world, &["--device-rate", "0", "--address-rate", "0"]);
    let mut owner = Laptop::found(&program.base, 1).await;
    for signal in ["-TERM", "-KILL", "-TERM"] {
        let mut writer = owner.clone();
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let writing = tokio::spawn(async move {
            loop {
                let entry = writer.sealed(vec![7; 2000]);
                let batch = batch::encode([&entry.encode()[..]]);
                let target = writer.target("/entries");
                let credentials = writer.credentials(&Method::POST, &target, &batch, now());
                let request = writer.http.post(format!("{}{target}", writer.base)).body(batch);
                let request = request.header("authorization", credentials.to_string());
                match request.send().await {
                    Ok(response) if response.status() == StatusCode::OK => {
                        writer.roster.admit(&entry).unwrap();
                        tell.send(()).unwrap();
                    }
                    _ => return (writer, entry),
                }
            }
        });
        // In the middle of it.
        for _ in 0..20 {
            told.recv().await.unwrap();
        }
        program.signal(signal);
        let (writer, unanswered) = writing.await.unwrap();
        assert_eq!(program.ended().await, signal == "-TERM", "{signal}");

        program = Program::start(world, &["--device-rate", "0", "--address-rate", "0"]);
        owner.base = program.base.clone();
        owner.pull().await;
        let (confirmed, there) = (writer.roster.head(), owner.roster.head());
        assert!(
            there == confirmed || there == unanswered.head(),
            "{signal}: {confirmed:?} {there:?}"
        );
        // Sent again it is recognised, or appended.
        owner.send_entries(std::slice::from_ref(&unanswered)).await.ok();
        owner.pull().await;
        assert_eq!(owner.roster.head(), unanswered.head());
    }
    // A live stream does not hold the program back.
    let target = owner.target("/live");
    let credentials = owner.credentials(&Method::GET, &target, b"", now());
    let live = owner
        .http
        .get(format!("{}{target}", owner.base))
        .header("authorization", credentials.to_string());
    let live = live.send().await.unwrap();
    program.signal("-TERM");
    assert!(program.ended().await);
    live.bytes().await.unwrap();
}

/// Everything that a file tree holds.
fn all_bytes(place: &Path, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all_bytes(&path, into);
        } else if path.is_file() {
            into.extend(std::fs::read(path).unwrap_or_default());
        }
    }
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

async fn no_secret_stands_in_the_log_or_where_it_does_not_belong(world: &World) {
    const TOKEN: &str = "the-operators-very-own-token";
    let mut program = Program::start(world, &["--admin-token", TOKEN]);
    let (.., entry) = crate::world::founding(1);
    let http = crate::world::http();
    let found = |token: &str| {
        let request = http
            .post(format!("{}/v1/organisations", program.base))
            .body(entry.encode());
        request.header("authorization", format!("Bearer {token}"))
    };
    found("a-guessed-token").send().await.unwrap();
    assert_eq!(found(TOKEN).send().await.unwrap().status(), StatusCode::CREATED);
    // The founder's laptop, founded above.
    let mut owner = {
        let (id, key, entry) = crate::world::founding(1);
        let roster = Roster::found(&entry).unwrap();
        let base = program.base.clone();
        Laptop {
            base,
            http: http.clone(),
            id,
            key,
            roster,
        }
    };
    let secret = Secret::new([0x77; 16]);
    owner.invite(&secret, Role::Editor, now() + 60).await;
    let key = KeyHash::of(&secret.public_key());
    owner
        .ask(
            Method::PUT,
            &format!("/parcels/{key}"),
            b"parcel-of-sealed-keys".to_vec(),
        )
        .await
        .ok();
    owner
        .append(Body::Sealed(b"ciphertext-of-a-change".to_vec()))
        .await;
    let content = b"ciphertext-of-a-file".to_vec();
    owner.put("attachments", &content, 0, &content).await.ok();
    owner
        .send(
            Method::GET,
            &owner.target(""),
            vec![],
            "Kiulu nonsense-credentials",
        )
        .await;
    let new = owner.other(5);
    new.ask_invited(&secret, Method::GET, "/entries", vec![])
        .await
        .ok();
    let metrics = http
        .get(format!("{}/metrics", program.base))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    program.signal("-TERM");
    program.ended().await;

    let said = program.said.lock().unwrap().clone();
    assert!(
        said.contains("/v1/organisations/{organisation}/entries"),
        "{said}"
    );
    let organisation = owner.organisation();
    let raw: Vec<Vec<u8>> = vec![
        b"ciphertext-of".to_vec(),
        b"parcel-of".to_vec(),
        b"nonsense-credentials".to_vec(),
        b"a-guessed-token".to_vec(),
        TOKEN.into(),
        organisation.to_string().into(),
        key.to_string().into(),
        owner.id.to_string().into(),
        b"signature=".to_vec(),
        secret.public_key().to_string().into(),
        b"sealed name".to_vec(),
        b"postgres://".to_vec(),
    ];
    for wanted in &raw {
        let text = String::from_utf8_lossy(wanted).into_owned();
        assert!(!holds(said.as_bytes(), wanted), "the log holds {text}: {said}");
        assert!(!holds(metrics.as_bytes(), wanted), "the metrics hold {text}");
    }
    // The database holds what it was given, but neither the token nor anything that opens an invitation.
    let mut kept = Vec::new();
    let place = world
        .postgres
        .as_ref()
        .map_or(world.directory.path(), |server| server.directory());
    all_bytes(place, &mut kept);
    assert!(holds(&kept, b"ciphertext-of-a-change") && holds(&kept, &key.0));
    for wanted in [
        TOKEN.as_bytes(),
        &secret.as_bytes()[..],
        &secret.public_key().0[..],
        &secret.parcel_seed()[..],
    ] {
        assert!(!holds(&kept, wanted), "the database holds a secret");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_and_numbers_are_for_the_operator() {
    let world = World::sqlite();
    let mut options = world.options();
    options.admin_token = Some("0123456789abcdef".parse().unwrap());
    options.trust_proxy = Some("x-real-ip".parse().unwrap());
    let running = Running::start(&options).await;
    let http = crate::world::http();
    let ask = async |path: &str, from: &str, token: &str| {
        let request = http
            .get(format!("{}{path}", running.base))
            .header("x-real-ip", from);
        let request = request.header("authorization", format!("Bearer {token}"));
        Answer::of(request.send().await.unwrap()).await
    };
    assert_eq!(ask("/health", "192.0.2.1", "").await.ok().body, b"ok\n");
    assert_eq!(ask("/metrics", "192.0.2.1", "").await.code(), "not_found");
    let metrics = ask("/metrics", "192.0.2.1", "0123456789abcdef").await.ok();
    let metrics = String::from_utf8(metrics.body).unwrap();
    assert!(metrics.contains("kiulu_requests_total{"), "{metrics}");
    assert!(metrics.contains("kiulu_request_seconds_bucket{"), "{metrics}");
    ask("/metrics", "127.0.0.1", "").await.ok();
    assert_eq!(ask("/nothing", "192.0.2.1", "").await.code(), "not_found");
    let about: api::About = ask("/v1", "192.0.2.1", "").await.ok().json();
    assert!(about.token_needed && about.now.abs_diff(now()) < 5 && about.part_bytes == 4 << 20);
    let description = ask("/v1/openapi.json", "192.0.2.1", "").await.ok();
    assert_eq!(description.body, kiulu_endpoint::description().as_bytes());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_endpoint_is_a_whole_database() {
    let world = World::sqlite();
    let running = world.start().await;
    let mut owner = Laptop::found(&running.base, 1).await;
    owner.append(Body::Sealed(vec![1; 100])).await;
    let copy = World::sqlite();
    let (Database::Sqlite(from), Database::Sqlite(to)) = (world.database(), copy.database()) else {
        unreachable!()
    };
    let back_up = |to: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kiulu-endpoint"));
        command
            .arg("backup")
            .arg("--database")
            .arg(&from)
            .arg(to)
            .output()
            .unwrap()
    };
    let output = back_up(&to);
    assert!(output.status.success(), "{output:?}");
    assert!(!back_up(&to).status.success(), "a backup was overwritten");
    owner.append(Body::Sealed(vec![2; 100])).await;
    running.stop().await;

    // The endpoint comes back as it was then, and the device furthest ahead fills the log up with what it has kept.
    let restored = Running::start(&copy.options()).await;
    let ahead = owner.clone();
    owner.base = restored.base.clone();
    let state: api::LogState = owner.get("").await.ok().json();
    assert_eq!(state.head.seq, 2);
    let kept = ahead.roster.head();
    let entry = owner.entry_after(state.head, Body::Sealed(vec![2; 100]));
    assert_eq!(entry.head(), kept);
    owner.send_entries(&[entry]).await.ok();
    restored.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_another_program_or_a_newer_endpoint_is_left_alone() {
    for (make, expected) in [
        ("CREATE TABLE notes (text)", "another program"),
        (
            "PRAGMA application_id = 1265190256; PRAGMA user_version = 99",
            "schema 99",
        ),
    ] {
        let world = World::sqlite();
        let Database::Sqlite(path) = world.database() else {
            unreachable!()
        };
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute_batch(make)
            .unwrap();
        let error = kiulu_endpoint::serve::Endpoint::open(&world.options())
            .await
            .unwrap_err();
        assert!(format!("{error:#}").contains(expected), "{error:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_spoken_with_certificate_files() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
    let world = World::sqlite();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let place = |name: &str| world.directory.path().join(name);
    std::fs::write(place("chain.pem"), made.cert.pem()).unwrap();
    std::fs::write(place("key.pem"), made.signing_key.serialize_pem()).unwrap();
    let mut options = world.options();
    options.tls_cert = Some(place("chain.pem"));
    options.tls_key = Some(place("key.pem"));
    let running = Running::start(&options).await;

    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = running.base.trim_start_matches("http://").to_owned();
    let line = tokio::net::TcpStream::connect(&address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut line = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, line)
        .await
        .unwrap();
    line.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"),
        "{answer}"
    );
    // Without TLS there is no answer.
    let without = crate::world::http().get(format!("{}/health", running.base));
    assert!(without.send().await.is_err());
    running.stop().await;

    options.tls_key = Some(place("chain.pem"));
    assert!(kiulu_endpoint::serve::Endpoint::open(&options).await.is_err());
}

#[test]
fn the_written_description_of_the_interface_is_current() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/endpoint-openapi.json");
    let current = kiulu_endpoint::description();
    if std::env::var_os("KIULU_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&place, &current).unwrap();
    }
    let written = std::fs::read_to_string(&place).unwrap_or_default();
    let hint = "docs/endpoint-openapi.json is stale: run this test with KIULU_UPDATE_SNAPSHOTS=1";
    assert!(written == current, "{hint}");
}
