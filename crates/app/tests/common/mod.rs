//! A laptop with a data directory, a keychain and a clock of its own.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

pub mod clock;

use clock::Clock;
use kiulu_app::{App, ContactEdit, Keychain, MemoryKeychain, NewOrganisation, NewUser, Unlock, UnlockWay};
use kiulu_domain::contact::ContactDetails;
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::{Language, OrganisationKind, PostalAddress};
use kiulu_store::Source;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub struct Laptop {
    pub folder: tempfile::TempDir,
    pub keychain: Arc<dyn Keychain>,
    pub clock: Arc<Clock>,
    pub app: App,
}

impl std::ops::Deref for Laptop {
    type Target = App;
    fn deref(&self) -> &App {
        &self.app
    }
}

pub const PASSPHRASE: &str = "kolme löylyä ja kiulu";

impl Laptop {
    pub fn new() -> Self {
        Self::with(Arc::new(MemoryKeychain::working()))
    }

    pub fn with(keychain: Arc<dyn Keychain>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::at("2026-11-22T10:00:00Z");
        let app = start(folder.path(), &keychain, &clock);
        Self {
            folder,
            keychain,
            clock,
            app,
        }
    }

    /// Ends the program and starts it again.
    pub fn restart(&mut self) {
        self.app = start(self.folder.path(), &self.keychain, &self.clock);
    }

    /// Another process on the same laptop.
    pub fn second(&self) -> App {
        start(self.folder.path(), &self.keychain, &self.clock)
    }

    /// Makes an organisation; gives its id and recovery code.
    pub fn found(&self, unlock: UnlockWay) -> (OrganisationId, String) {
        let created = self.create_organisation(&new_organisation(unlock)).unwrap();
        (created.open.organisation.id, created.recovery_code)
    }

    pub fn add(&self, organisation: OrganisationId, last_name: &str) {
        add(&self.app, organisation, last_name);
    }

    /// The last names in the register, sorted.
    pub fn names(&self, organisation: OrganisationId) -> Vec<String> {
        names(&self.app, organisation)
    }

    pub fn database(&self, organisation: OrganisationId) -> PathBuf {
        self.beside(organisation, "kiulu.db")
    }

    pub fn beside(&self, organisation: OrganisationId, name: &str) -> PathBuf {
        let folder = self.folder.path().join("organisations");
        folder.join(organisation.to_string()).join(name)
    }

    /// Names of the backup files on this computer.
    pub fn backup_files(&self, organisation: OrganisationId) -> Vec<String> {
        files(&self.folder.path().join("backups").join(organisation.to_string()))
    }
}

fn start(folder: &Path, keychain: &Arc<dyn Keychain>, clock: &Arc<Clock>) -> App {
    let source: Arc<dyn Source> = Arc::clone(clock) as _;
    App::new(folder.to_owned(), Box::new(Arc::clone(keychain)))
        .unwrap()
        .with_source(source)
}

pub fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub fn new_organisation(unlock: UnlockWay) -> NewOrganisation {
    NewOrganisation {
        name: "As Oy Testikiulu".into(),
        kind: OrganisationKind::Association,
        business_id: String::new(),
        language: Language::Fi,
        address: PostalAddress::default(),
        user: user("aino@example.fi"),
        unlock,
        passphrase: (unlock == UnlockWay::Passphrase).then(|| PASSPHRASE.to_owned()),
    }
}

pub fn user(email: &str) -> NewUser {
    NewUser {
        name: "Aino Sihteeri".into(),
        email: email.into(),
    }
}

pub fn secret(text: &str) -> Unlock {
    Unlock::Secret(text.to_owned())
}

pub fn add(app: &App, organisation: OrganisationId, last_name: &str) {
    let edit = ContactEdit {
        details: ContactDetails {
            last_name: last_name.into(),
            ..ContactDetails::default()
        },
        points: Vec::new(),
        roles: Vec::new(),
        custom: Vec::new(),
    };
    app.create_contact(organisation, &edit).unwrap();
}

pub fn names(app: &App, organisation: OrganisationId) -> Vec<String> {
    let page = app
        .contact_page(organisation, &Default::default(), 0, 100)
        .unwrap();
    let mut names: Vec<_> = page.rows.into_iter().map(|row| row.name).collect();
    names.sort();
    names
}

/// Makes a closed file look like one of a program yet to come.
pub fn make_newer(database: &Path, key: &[u8], lowest_reader: u32) {
    let conn = rusqlite::Connection::open(database).unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.pragma_update(None, "key", format!("x'{hex}'")).unwrap();
    conn.execute_batch("PRAGMA user_version = 9").unwrap();
    conn.execute(
        "UPDATE local_meta SET value = ?1 WHERE key = 'lowest_reader'",
        [lowest_reader.to_le_bytes()],
    )
    .unwrap();
}
