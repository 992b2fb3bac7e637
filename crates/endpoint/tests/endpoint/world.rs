//! Devices that speak to an endpoint as a client does.

use crate::postgres_server::Server;
use ed25519_dalek::SigningKey;
use kiulu_endpoint::options::{Database, Limits, Serve};
use kiulu_endpoint::serve::Endpoint;
use kiulu_wire::invitation::Secret;
use kiulu_wire::request::{Asked, Credentials, Signer};
use kiulu_wire::*;
use reqwest::{Method, Response, StatusCode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A client. Its library comes without cryptography of its own, which another package of the workspace may have it want.
pub(crate) fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// A database, and a directory for files.
pub(crate) struct World {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) postgres: Option<Server>,
}

impl World {
    pub(crate) fn sqlite() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            postgres: None,
        }
    }

    pub(crate) fn postgres() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            postgres: Some(Server::start()),
        }
    }

    pub(crate) fn database(&self) -> Database {
        match &self.postgres {
            None => Database::Sqlite(self.directory.path().join("logs.sqlite3")),
            Some(server) => Database::Postgres(server.address()),
        }
    }

    pub(crate) fn options(&self) -> Serve {
        Serve {
            listen: ([127, 0, 0, 1], 0).into(),
            database: Some(self.database()),
            database_connections: 8,
            tls_cert: None,
            tls_key: None,
            admin_token: None,
            trust_proxy: None,
            log_json: false,
            log: tracing::Level::INFO,
            // The tests are faster than people.
            limits: Limits {
                device_rate: 0,
                address_rate: 0,
                foundings: 0,
                stop_seconds: 5,
                ..Limits::default()
            },
        }
    }

    pub(crate) async fn start(&self) -> Running {
        Running::start(&self.options()).await
    }
}

/// An endpoint that serves.
pub(crate) struct Running {
    pub(crate) base: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(options: &Serve) -> Self {
        let endpoint = Endpoint::open(options).await.unwrap();
        let base = format!("http://{}", endpoint.address().unwrap());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(endpoint.serve(async {
            let _ = stopped.await;
        }));
        Self { base, stop, task }
    }

    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap();
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Different for every request of a test.
fn nonce() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A device with its own roster.
#[derive(Clone)]
pub(crate) struct Laptop {
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    pub(crate) id: DeviceId,
    pub(crate) key: SigningKey,
    pub(crate) roster: Roster,
}

pub(crate) fn card(key: &SigningKey) -> NewDevice {
    NewDevice {
        key: PublicKey::of(key),
        recipient: b"age1recipient".to_vec(),
        name: b"sealed name".to_vec(),
    }
}

pub(crate) fn founding(number: u8) -> (DeviceId, SigningKey, Entry) {
    let (id, key) = device(number);
    let header = Header {
        seq: 1,
        previous: EntryHash::NONE,
        device: id,
        epoch: 1,
        schema: 1,
    };
    let record = Record::Founded(Founding {
        nonce: [number; 16],
        device: card(&key),
    });
    let entry = Entry::signed(header, Body::Record(record), &key);
    (id, key, entry)
}

fn device(number: u8) -> (DeviceId, SigningKey) {
    let id = DeviceId(uuid::Uuid::from_bytes([number; 16]));
    (id, SigningKey::from_bytes(&[number; 32]))
}

/// What an answer said.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        let body = String::from_utf8_lossy(&self.body);
        assert!(self.status.is_success(), "{} {body}", self.status);
        self
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap()
    }

    #[track_caller]
    pub(crate) fn cause(&self) -> problem::Cause {
        let body = String::from_utf8_lossy(&self.body);
        assert!(self.status.as_u16() >= 400, "{} {body}", self.status);
        let problem: problem::Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        assert_eq!(self.headers["content-type"], problem::MEDIA_TYPE);
        problem.cause
    }

    pub(crate) fn code(&self) -> &'static str {
        self.cause().code()
    }

    #[track_caller]
    pub(crate) fn refused(&self) -> Refused {
        match self.cause() {
            problem::Cause::EntryRefused { refused, .. } => refused,
            other => panic!("{other:?}"),
        }
    }
}

impl Laptop {
    /// Founds an organisation.
    pub(crate) async fn found(base: &str, number: u8) -> Self {
        let (id, key, entry) = founding(number);
        let http = crate::world::http();
        let request = http.post(format!("{base}/v1/organisations")).body(entry.encode());
        let answer = Answer::of(request.send().await.unwrap()).await.ok();
        let founded: api::Founded = answer.json();
        let roster = Roster::found(&entry).unwrap();
        assert_eq!(
            (founded.organisation, founded.head),
            (roster.organisation(), roster.head())
        );
        Self {
            base: base.to_owned(),
            http,
            id,
            key,
            roster,
        }
    }

    pub(crate) fn organisation(&self) -> OrganisationId {
        self.roster.organisation()
    }

    /// A path below the organisation's.
    pub(crate) fn target(&self, path: &str) -> String {
        format!("/v1/organisations/{}{path}", self.organisation())
    }

    pub(crate) fn signer(&self) -> Signer {
        Signer::Device(self.id)
    }

    pub(crate) fn credentials(&self, method: &Method, target: &str, body: &[u8], time: u64) -> Credentials {
        let asked = Asked {
            method: method.as_str(),
            target,
            organisation: self.organisation(),
            body: ContentHash::of(body),
        };
        Credentials::sign(self.signer(), time, nonce(), &asked, &self.key)
    }

    pub(crate) async fn send(&self, method: Method, target: &str, body: Vec<u8>, header: &str) -> Answer {
        let url = format!("{}{target}", self.base);
        let request = self.http.request(method, url).header("authorization", header);
        Answer::of(request.body(body).send().await.unwrap()).await
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> Answer {
        let target = self.target(path);
        let credentials = self.credentials(&method, &target, &body, now());
        self.send(method, &target, body, &credentials.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, Vec::new()).await
    }

    /// As whoever holds an invitation asks.
    pub(crate) async fn ask_invited(
        &self,
        secret: &Secret,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Answer {
        let target = self.target(path);
        let asked = Asked {
            method: method.as_str(),
            target: &target,
            organisation: self.organisation(),
            body: ContentHash::of(&body),
        };
        let signer = Signer::Invitation(secret.public_key());
        let credentials = Credentials::sign(signer, now(), nonce(), &asked, &secret.signing_key());
        self.send(method, &target, body, &credentials.to_string()).await
    }

    /// The next entry by this device.
    pub(crate) fn entry(&self, body: Body) -> Entry {
        self.entry_after(self.roster.head(), body)
    }

    pub(crate) fn entry_after(&self, head: Head, body: Body) -> Entry {
        let header = Header {
            seq: head.seq + 1,
            previous: head.hash,
            device: self.id,
            epoch: self.roster.members().epoch,
            schema: self.roster.members().schema,
        };
        Entry::signed(header, body, &self.key)
    }

    pub(crate) fn sealed(&self, bytes: impl Into<Vec<u8>>) -> Entry {
        self.entry(Body::Sealed(bytes.into()))
    }

    pub(crate) async fn send_entries(&self, entries: &[Entry]) -> Answer {
        let encoded: Vec<Vec<u8>> = entries.iter().map(Entry::encode).collect();
        let batch = batch::encode(encoded.iter().map(Vec::as_slice));
        self.ask(Method::POST, "/entries", batch).await
    }

    /// Appends and takes in.
    pub(crate) async fn append(&mut self, body: Body) -> Head {
        let entry = self.entry(body);
        let is: api::HeadIs = self.send_entries(std::slice::from_ref(&entry)).await.ok().json();
        self.roster.admit(&entry).unwrap();
        assert_eq!(is.head, self.roster.head());
        is.head
    }

    pub(crate) async fn record(&mut self, record: Record) -> Head {
        self.append(Body::Record(record)).await
    }

    pub(crate) async fn entries(&self, after: u64) -> Vec<Entry> {
        let answer = self.get(&format!("/entries?after={after}")).await.ok();
        let entries = batch::decode(&answer.body).unwrap();
        entries
            .iter()
            .map(|bytes| Entry::decode(bytes).unwrap())
            .collect()
    }

    /// Reads what is new and checks it.
    pub(crate) async fn pull(&mut self) {
        for entry in self.entries(self.roster.head().seq).await {
            self.roster.admit(&entry).unwrap();
        }
    }

    pub(crate) async fn invite(&mut self, secret: &Secret, role: Role, expires: u64) {
        let key = KeyHash::of(&secret.public_key());
        let inviting = Inviting { key, role, expires };
        self.record(Record::Invited(inviting)).await;
    }

    /// Another device of the same organisation, which has not joined.
    pub(crate) fn other(&self, number: u8) -> Self {
        let (id, key) = device(number);
        Self {
            id,
            key,
            ..self.clone()
        }
    }

    pub(crate) fn joining(&self, secret: &Secret, role: Role) -> Entry {
        let device = card(&self.key);
        let message = joining_authorisation(self.organisation(), self.id, role, &device);
        self.entry(Body::Record(Record::Joined(Joining {
            invitation: secret.public_key(),
            authorisation: Signature::by(&secret.signing_key(), &message),
            role,
            device,
        })))
    }

    pub(crate) async fn send_joining(&self, secret: &Secret, entry: &Entry) -> Answer {
        let batch = batch::encode([&entry.encode()[..]]);
        self.ask_invited(secret, Method::POST, "/entries", batch).await
    }

    /// Invites a device and lets it join.
    pub(crate) async fn join(&mut self, number: u8, role: Role) -> Self {
        let secret = Secret::new([number; 16]);
        self.invite(&secret, role, now() + 3600).await;
        let mut other = self.other(number);
        let entry = other.joining(&secret, role);
        other.send_joining(&secret, &entry).await.ok();
        other.roster.admit(&entry).unwrap();
        self.pull().await;
        other
    }

    /// Revokes a device and begins an epoch, in one batch.
    pub(crate) async fn revoke(&mut self, device: DeviceId) {
        let revoked = self.entry(Body::Record(Record::Revoked(device)));
        let mut after = self.clone();
        after.roster.admit(&revoked).unwrap();
        let begun = after.entry(Body::Record(Record::EpochBegun(after.epoch_keys())));
        self.send_entries(&[revoked, begun.clone()]).await.ok();
        after.roster.admit(&begun).unwrap();
        self.roster = after.roster;
    }

    pub(crate) fn epoch_keys(&self) -> EpochKeys {
        let members = self.roster.members();
        let in_force = members
            .devices
            .iter()
            .filter(|(_, device)| device.revoked.is_none());
        EpochKeys {
            epoch: members.epoch + 1,
            devices: in_force.map(|(id, _)| (*id, b"sealed key".to_vec())).collect(),
            sheets: members
                .sheets
                .keys()
                .map(|key| (*key, b"sealed key".to_vec()))
                .collect(),
        }
    }

    /// A record of a snapshot of the state as it is now.
    pub(crate) fn snapshot(&self, content: &[u8]) -> SnapshotTaken {
        SnapshotTaken {
            seq: self.roster.head().seq,
            hash: self.roster.head().hash,
            state: [7; 32],
            content: ContentHash::of(content),
            size: content.len() as u64,
            chunks: 1,
            members: self.roster.members().clone(),
        }
    }

    pub(crate) async fn put(&self, kind: &str, content: &[u8], offset: usize, part: &[u8]) -> Answer {
        let (hash, size) = (ContentHash::of(content), content.len());
        let path = format!("/{kind}/{hash}?size={size}&offset={offset}");
        self.ask(Method::PUT, &path, part.to_vec()).await
    }
}
