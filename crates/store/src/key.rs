//! The key of an organisation's file, and the ways it is kept: in the operating system's keychain (by the caller), or wrapped
//! by a passphrase or a recovery code.

use crate::{Error, Result};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{AeadInPlace, KeyInit, XChaCha20Poly1305, XNonce};
use icu_normalizer::ComposingNormalizer;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The random 256-bit key that encrypts the file. Neither printable nor serialisable.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct FileKey([u8; 32]);

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey(…)")
    }
}

impl FileKey {
    /// A new key from the system's randomness.
    pub fn generate() -> Result<Self> {
        random().map(Self)
    }

    /// A key as the keychain gave it back.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// What the keychain is to keep.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The raw-key form that SQLCipher takes without deriving anything.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(67));
        text.push_str("x'");
        for byte in self.0 {
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
        text.push('\'');
        text
    }

    /// Tells a wrong key from a damaged file without giving anything of the key away.
    fn fingerprint(&self) -> String {
        blake3::keyed_hash(&self.0, b"kiulu file key check").to_hex()[..16].to_owned()
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Io(std::io::Error::other(error.to_string())))?;
    Ok(bytes)
}

/// What unwraps a key: words the user chose, or the code of a recovery sheet.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Takes what the user typed.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    fn bytes(&self, kind: WrapKind) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match kind {
            // An ä may be typed as one character or two, as the keyboard pleases.
            WrapKind::Passphrase => {
                let composed = Zeroizing::new(
                    ComposingNormalizer::new_nfc()
                        .normalize(self.0.trim())
                        .into_owned(),
                );
                composed.as_bytes().to_vec()
            }
            WrapKind::Recovery => RecoveryCode::normalise(&self.0).into_bytes(),
        })
    }
}

/// 160 random bits in Crockford's base 32, in groups of four: easy to read aloud and to type from paper.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    const ALPHABET: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    fn generate() -> Result<Self> {
        let bytes: [u8; 20] = random()?;
        let mut code = String::with_capacity(39);
        let (mut bits, mut held) = (0u32, 0u32);
        for byte in bytes {
            bits = bits << 8 | u32::from(byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                if code.len() % 5 == 4 {
                    code.push('-');
                }
                code.push(char::from(Self::ALPHABET[(bits >> held & 31) as usize]));
            }
        }
        Ok(Self(code))
    }

    /// The code as printed: `XXXX-XXXX-…`, eight groups.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What was typed, without the hyphens and with the letters that Crockford's alphabet reads as digits.
    fn normalise(text: &str) -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrapKind {
    Passphrase,
    Recovery,
}

/// The file key sealed with XChaCha20-Poly1305 under a key that Argon2id (RFC 9106) makes of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Wrap {
    kind: WrapKind,
    /// Argon2id memory in KiB, passes and lanes.
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 16],
    nonce: [u8; 24],
    sealed: Vec<u8>,
}

impl Wrap {
    /// RFC 9106 § 4, second recommended option.
    fn seal(kind: WrapKind, secret: &Secret, key: &FileKey) -> Result<Self> {
        let mut wrap = Self {
            kind,
            memory: 64 * 1024,
            passes: 3,
            lanes: 4,
            salt: random()?,
            nonce: random()?,
            sealed: key.0.to_vec(),
        };
        let cipher = wrap.cipher(secret)?;
        let nonce = XNonce::from(wrap.nonce);
        cipher
            .encrypt_in_place(&nonce, b"kiulu key", &mut wrap.sealed)
            .map_err(|_| Error::WrongSecret)?;
        Ok(wrap)
    }

    fn open(&self, secret: &Secret) -> Result<FileKey> {
        let mut bytes = Zeroizing::new(self.sealed.clone());
        self.cipher(secret)?
            .decrypt_in_place(&XNonce::from(self.nonce), b"kiulu key", &mut *bytes)
            .map_err(|_| Error::WrongSecret)?;
        FileKey::from_bytes(&bytes).ok_or(Error::Unreadable("key file"))
    }

    fn cipher(&self, secret: &Secret) -> Result<XChaCha20Poly1305> {
        // A forged key file must not make the program ask for all memory.
        if self.memory > 1024 * 1024 || self.passes > 16 || self.lanes > 16 {
            return Err(Error::Unreadable("key file"));
        }
        let unreadable = |_| Error::Unreadable("key file");
        let params = Params::new(self.memory, self.passes, self.lanes, Some(32)).map_err(unreadable)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(&secret.bytes(self.kind), &self.salt, key.as_mut())
            .map_err(unreadable)?;
        Ok(XChaCha20Poly1305::new((&*key).into()))
    }
}

/// What lies beside the database and travels with each backup: no key in the clear, nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFile {
    fingerprint: String,
    wraps: Vec<Wrap>,
}

impl KeyFile {
    /// A key file without any wrap: only the keychain opens the file.
    pub fn new(key: &FileKey) -> Self {
        Self {
            fingerprint: key.fingerprint(),
            wraps: Vec::new(),
        }
    }

    /// Whether a key belongs to this file.
    pub fn fits(&self, key: &FileKey) -> bool {
        self.fingerprint == key.fingerprint()
    }

    /// Whether another key file belongs to the same key.
    pub fn same_key(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }

    /// Whether a passphrase unlocks the file.
    pub fn has_passphrase(&self) -> bool {
        self.wraps.iter().any(|wrap| wrap.kind == WrapKind::Passphrase)
    }

    /// Whether a recovery sheet has been made.
    pub fn has_recovery(&self) -> bool {
        self.wraps.iter().any(|wrap| wrap.kind == WrapKind::Recovery)
    }

    /// Lets a passphrase unlock the file; a former one no longer does.
    pub fn set_passphrase(&mut self, key: &FileKey, passphrase: &Secret) -> Result<()> {
        self.replace(Wrap::seal(WrapKind::Passphrase, passphrase, key)?);
        Ok(())
    }

    /// Makes a new recovery code; a former one no longer unlocks the file.
    pub fn renew_recovery(&mut self, key: &FileKey) -> Result<RecoveryCode> {
        let code = RecoveryCode::generate()?;
        self.replace(Wrap::seal(WrapKind::Recovery, &Secret(code.0.clone()), key)?);
        Ok(code)
    }

    fn replace(&mut self, wrap: Wrap) {
        self.wraps.retain(|old| old.kind != wrap.kind);
        self.wraps.push(wrap);
    }

    /// Tries a passphrase or recovery code on every wrap.
    ///
    /// # Errors
    /// [`Error::WrongSecret`] when none opens.
    pub fn unlock(&self, secret: &Secret) -> Result<FileKey> {
        let mut last = Error::WrongSecret;
        for wrap in &self.wraps {
            match wrap.open(secret) {
                Ok(key) => return Ok(key),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_and_a_recovery_code_both_open_the_same_key() {
        let key = FileKey::generate().unwrap();
        let mut file = KeyFile::new(&key);
        file.set_passphrase(&key, &Secret::new("kaksi saunaa".into()))
            .unwrap();
        let code = file.renew_recovery(&key).unwrap();
        let stored: KeyFile = serde_json::from_str(&serde_json::to_string(&file).unwrap()).unwrap();

        let typed = code.as_str().to_lowercase().replace('-', " ");
        for secret in ["kaksi saunaa", " kaksi saunaa ", code.as_str(), &typed] {
            let opened = stored.unlock(&Secret::new(secret.into())).unwrap();
            assert_eq!(opened.as_bytes(), key.as_bytes());
            assert!(stored.fits(&opened));
        }
        for secret in ["", "kaksi saunaa?", "0000-0000-0000-0000-0000-0000-0000-0000"] {
            assert!(matches!(
                stored.unlock(&Secret::new(secret.into())),
                Err(Error::WrongSecret)
            ));
        }
        let former = code;
        file.renew_recovery(&key).unwrap();
        assert!(file.unlock(&Secret::new(former.as_str().into())).is_err());
    }

    #[test]
    fn a_passphrase_is_the_same_however_its_letters_are_composed() {
        let key = FileKey::generate().unwrap();
        let mut file = KeyFile::new(&key);
        file.set_passphrase(&key, &Secret::new("kolme l\u{f6}yly\u{e4}".into()))
            .unwrap();
        let decomposed = Secret::new("kolme lo\u{308}ylya\u{308}".into());
        assert_eq!(file.unlock(&decomposed).unwrap().as_bytes(), key.as_bytes());
    }

    #[test]
    fn recovery_codes_have_eight_groups_of_four() {
        let code = RecoveryCode::generate().unwrap();
        let groups: Vec<_> = code.as_str().split('-').collect();
        assert_eq!(groups.len(), 8);
        assert!(groups.iter().all(|group| group.len() == 4));
    }

    #[test]
    fn a_forged_key_file_is_refused_before_it_costs_memory() {
        let key = FileKey::generate().unwrap();
        let mut file = KeyFile::new(&key);
        file.set_passphrase(&key, &Secret::new("a".into())).unwrap();
        file.wraps[0].memory = u32::MAX;
        assert!(matches!(
            file.unlock(&Secret::new("a".into())),
            Err(Error::Unreadable(_))
        ));
    }

    #[test]
    fn secrets_do_not_print() {
        let key = FileKey([7; 32]);
        assert_eq!(
            format!("{key:?} {:?}", Secret::new("salainen".into())),
            "FileKey(…) Secret(…)"
        );
    }
}
