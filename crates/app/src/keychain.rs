//! The operating system's keychain: Secret Service, macOS Keychain, Windows Credential Manager.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Keeps a secret under a name.
pub trait Keychain: Send + Sync {
    /// Whether the keychain answers at all.
    fn is_available(&self) -> bool;
    /// The secret of a name; nothing when there is none or the keychain does not answer.
    fn get(&self, name: &str) -> Option<Vec<u8>>;
    /// Keeps a secret; false when the keychain refuses.
    fn set(&self, name: &str, secret: &[u8]) -> bool;
    /// Forgets a secret; false when the keychain may still have it.
    fn delete(&self, name: &str) -> bool;
}

impl<K: Keychain + ?Sized> Keychain for std::sync::Arc<K> {
    fn is_available(&self) -> bool {
        (**self).is_available()
    }

    fn get(&self, name: &str) -> Option<Vec<u8>> {
        (**self).get(name)
    }

    fn set(&self, name: &str, secret: &[u8]) -> bool {
        (**self).set(name, secret)
    }

    fn delete(&self, name: &str) -> bool {
        (**self).delete(name)
    }
}

/// The keychain of the operating system.
#[derive(Debug, Default, Clone, Copy)]
pub struct OsKeychain;

const SERVICE: &str = "fi.kiulu.app";

impl OsKeychain {
    fn entry(name: &str) -> Option<keyring::v1::Entry> {
        keyring::v1::Entry::new(SERVICE, name)
            .inspect_err(|error| tracing::warn!(%error, "no keychain"))
            .ok()
    }
}

impl Keychain for OsKeychain {
    fn is_available(&self) -> bool {
        // The service may be there and yet locked for good, so only a round trip tells.
        const PROBE: &str = "probe";
        let works = self.set(PROBE, b"kiulu") && self.get(PROBE).as_deref() == Some(b"kiulu".as_slice());
        works && self.delete(PROBE)
    }

    fn get(&self, name: &str) -> Option<Vec<u8>> {
        Self::entry(name)?.get_secret().ok()
    }

    fn set(&self, name: &str, secret: &[u8]) -> bool {
        Self::entry(name).is_some_and(|entry| entry.set_secret(secret).is_ok())
    }

    fn delete(&self, name: &str) -> bool {
        use keyring::v1::Error;
        let deleted = keyring::v1::Entry::new(SERVICE, name).and_then(|entry| entry.delete_credential());
        match deleted {
            // Without a keychain there is nothing in it.
            Ok(()) | Err(Error::NoEntry | Error::NoDefaultStore) => true,
            Err(error) => {
                tracing::warn!(%error, "the keychain does not forget");
                false
            }
        }
    }
}

/// A keychain in memory: for tests, and to stand for one that is missing.
#[derive(Debug, Default)]
pub struct MemoryKeychain {
    /// `None` plays a computer without a keychain.
    secrets: Option<Mutex<HashMap<String, Vec<u8>>>>,
}

impl MemoryKeychain {
    /// An empty keychain.
    pub fn working() -> Self {
        Self {
            secrets: Some(Mutex::default()),
        }
    }

    /// A computer without one.
    pub fn missing() -> Self {
        Self { secrets: None }
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> T) -> Option<T> {
        self.secrets
            .as_ref()
            .map(|secrets| work(&mut secrets.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Keychain for MemoryKeychain {
    fn is_available(&self) -> bool {
        self.secrets.is_some()
    }

    fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.with(|secrets| secrets.get(name).cloned())?
    }

    fn set(&self, name: &str, secret: &[u8]) -> bool {
        self.with(|secrets| secrets.insert(name.to_owned(), secret.to_vec()))
            .is_some()
    }

    fn delete(&self, name: &str) -> bool {
        self.with(|secrets| secrets.remove(name));
        true
    }
}
