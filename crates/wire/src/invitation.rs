//! The one-time code of an invitation, which people read aloud, type or scan.
//!
//! Crockford's base 32 (<https://www.crockford.com/base32.html>) with its check symbol, in groups of five. Inside: a version,
//! the organisation, the secret, the head that the inviter saw, the expiry and the endpoint's address.

use crate::codec::{Reader, Writer};
use crate::{OrganisationId, PublicKey, Refused};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The only version so far.
const VERSION: u8 = 1;
/// 32 symbols for five bits each, and five more that only the check symbol uses.
const ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
/// The longest address, in bytes.
const ADDRESS: usize = 250;

/// The 128 random bits of an invitation or recovery sheet. Everything else is derived from them.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 16]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Takes random bits from the caller.
    pub fn new(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// What goes onto paper.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The key that lets a device in, and proves to the endpoint who asks before joining.
    pub fn signing_key(&self) -> ed25519_dalek::SigningKey {
        let mut seed = blake3::derive_key("kiulu 2026 invitation signing key", &self.0);
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        seed.zeroize();
        key
    }

    /// The public half of [`Self::signing_key`]; its [`crate::KeyHash`] is what the log records.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::of(&self.signing_key())
    }

    /// 32 bytes for the X25519 identity that opens the parcel.
    pub fn parcel_seed(&self) -> [u8; 32] {
        blake3::derive_key("kiulu 2026 invitation parcel", &self.0)
    }
}

/// What an invitation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Where to join.
    pub organisation: OrganisationId,
    /// The proof of being invited.
    pub secret: Secret,
    /// Number of the last entry that the inviter saw, with its recording of the invitation.
    pub seq: u64,
    /// The first bytes of that entry's hash ([`crate::EntryHash::short`]).
    pub hash: [u8; 8],
    /// When the invitation ends, in seconds since 1970; 0 for a recovery sheet, which does not.
    pub expires: u64,
    /// The endpoint's address, `https://…` (or `http://…`), without a slash at the end.
    pub address: String,
}

/// Why text is not an invitation code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCode {
    /// No symbols at all.
    #[error("empty")]
    Empty,
    /// A symbol that the alphabet does not have.
    #[error("the symbol at {position} is none of the code's")]
    Symbol {
        /// Counted from 1, spaces and hyphens left out.
        position: u32,
    },
    /// The check symbol does not fit: something was mistyped or left out.
    #[error("the check symbol does not fit")]
    Check,
    /// Made by a newer program.
    #[error("unknown version {version}")]
    Version {
        /// The code's version.
        version: u8,
    },
    /// The symbols are right but do not make an invitation.
    #[error("not the content of a code")]
    Content,
}

impl From<Refused> for BadCode {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::UnknownVersion { version } => Self::Version { version },
            _ => Self::Content,
        }
    }
}

impl Code {
    fn encode(&self) -> Vec<u8> {
        let mut to = Writer::default();
        to.u8(VERSION);
        to.fixed(&self.organisation.0);
        to.fixed(&self.secret.0);
        short_number(&mut to, self.seq);
        to.fixed(&self.hash);
        short_number(&mut to, self.expires);
        let (scheme, rest) = match self.address.strip_prefix("https://") {
            Some(rest) => (0, rest),
            None => (1, self.address.strip_prefix("http://").unwrap_or(&self.address)),
        };
        to.u8(scheme);
        to.fixed(rest.as_bytes());
        to.done()
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadCode> {
        let mut from = Reader::new(bytes);
        from.version(VERSION)?;
        let organisation = OrganisationId(from.fixed()?);
        let secret = Secret(from.fixed()?);
        let seq = read_short_number(&mut from)?;
        let hash = from.fixed()?;
        let expires = read_short_number(&mut from)?;
        let scheme = match from.u8()? {
            0 => "https://",
            1 => "http://",
            _ => return Err(BadCode::Content),
        };
        let rest = std::str::from_utf8(from.rest()).map_err(|_| BadCode::Content)?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control();
        if rest.is_empty() || rest.len() > ADDRESS || !rest.chars().all(plain) {
            return Err(BadCode::Content);
        }
        Ok(Self {
            organisation,
            secret,
            seq,
            hash,
            expires,
            address: format!("{scheme}{rest}"),
        })
    }
}

/// A number as its length and its bytes without leading zeros: codes are typed by hand.
fn short_number(to: &mut Writer, number: u64) {
    let bytes = number.to_be_bytes();
    let bytes = &bytes[(number.leading_zeros() / 8) as usize..];
    to.u8(bytes.len() as u8);
    to.fixed(bytes);
}

fn read_short_number(from: &mut Reader<'_>) -> Result<u64, BadCode> {
    let length = from.u8()?;
    let mut number = 0;
    for place in 0..length {
        let byte = from.u8()?;
        if length > 8 || (place == 0 && byte == 0) {
            return Err(BadCode::Content);
        }
        number = number << 8 | u64::from(byte);
    }
    Ok(number)
}

/// In groups of five, with hyphens between them.
impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut symbols = Vec::new();
        let (mut held, mut bits) = (0u32, 0u32);
        for byte in self.encode() {
            held = held << 8 | u32::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                symbols.push((held >> bits & 31) as u8);
            }
        }
        if bits > 0 {
            symbols.push((held << (5 - bits) & 31) as u8);
        }
        symbols.push(check(&symbols));
        for (place, symbol) in symbols.iter().enumerate() {
            if place > 0 && place % 5 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(*symbol)]))?;
        }
        Ok(())
    }
}

/// Reads what was typed: upper or lower case, with or without spaces and hyphens, O for 0, I and L for 1.
impl std::str::FromStr for Code {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let mut symbols = Vec::new();
        let typed = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '\u{2011}'));
        for (place, c) in typed.enumerate() {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            };
            let symbol = ALPHABET.iter().position(|symbol| char::from(*symbol) == c);
            let position = u32::try_from(place + 1).unwrap_or(u32::MAX);
            symbols.push(symbol.ok_or(BadCode::Symbol { position })? as u8);
        }
        let last = symbols.pop().ok_or(BadCode::Empty)?;
        if let Some(place) = symbols.iter().position(|symbol| *symbol >= 32) {
            let position = u32::try_from(place + 1).unwrap_or(u32::MAX);
            return Err(BadCode::Symbol { position });
        }
        if check(&symbols) != last {
            return Err(BadCode::Check);
        }
        let mut bytes = Vec::new();
        let (mut held, mut bits) = (0u32, 0u32);
        for symbol in symbols {
            held = held << 5 | u32::from(symbol);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push((held >> bits) as u8);
                held &= (1 << bits) - 1;
            }
        }
        // What is left over fills up the last symbol and is nothing.
        if held != 0 || bits >= 5 {
            return Err(BadCode::Content);
        }
        Self::decode(&bytes)
    }
}

/// The symbols as one number, modulo 37: finds every single mistyped symbol and every two that changed places.
fn check(symbols: &[u8]) -> u8 {
    symbols
        .iter()
        .fold(0u32, |sum, symbol| (sum * 32 + u32::from(*symbol)) % 37) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code() -> Code {
        Code {
            organisation: OrganisationId([0xab; 16]),
            secret: Secret::new([0x5c; 16]),
            seq: 1234,
            hash: [9; 8],
            expires: 1_800_000_000,
            address: "https://kiulu.example.org".into(),
        }
    }

    proptest! {
        #[test]
        fn every_code_reads_back_however_it_is_typed(
            organisation: [u8; 16], secret: [u8; 16], seq: u64, hash: [u8; 8], expires: u64,
            secure: bool, address in "[a-z0-9.:/äö]{1,60}", lower: bool, spaces: bool,
        ) {
            let scheme = if secure { "https://" } else { "http://" };
            let code = Code {
                organisation: OrganisationId(organisation),
                secret: Secret::new(secret),
                seq, hash, expires,
                address: format!("{scheme}{address}"),
            };
            let mut text = code.to_string();
            prop_assert!(text.split('-').rev().skip(1).all(|group| group.len() == 5));
            if lower { text = text.to_lowercase().replace('0', "o").replace('1', "l"); }
            if spaces { text = text.replace('-', " \n"); }
            prop_assert_eq!(text.parse::<Code>(), Ok(code));
        }

        #[test]
        fn no_text_makes_it_fall_over(text: String) {
            let _ = text.parse::<Code>();
        }

        #[test]
        fn any_one_mistyped_symbol_is_noticed(at in 0usize..100, other in 0usize..32) {
            let text: Vec<char> = code().to_string().chars().filter(|c| *c != '-').collect();
            let mut typed = text.clone();
            let at = at % (text.len() - 1);
            typed[at] = char::from(ALPHABET[other]);
            prop_assume!(typed != text);
            prop_assert_eq!(typed.iter().collect::<String>().parse::<Code>(), Err(BadCode::Check));
        }
    }

    #[test]
    fn bad_codes_say_what_is_wrong() {
        let good = code().to_string();
        let swapped = {
            let mut symbols: Vec<char> = good.chars().filter(|c| *c != '-').collect();
            let at = symbols.windows(2).position(|pair| pair[0] != pair[1]).unwrap();
            symbols.swap(at, at + 1);
            symbols.into_iter().collect::<String>()
        };
        for (text, expected) in [
            (String::new(), BadCode::Empty),
            ("- -".into(), BadCode::Empty),
            (format!("?{good}"), BadCode::Symbol { position: 1 }),
            (format!("A*{good}"), BadCode::Symbol { position: 2 }),
            (swapped, BadCode::Check),
            ("0".into(), BadCode::Content),
        ] {
            assert_eq!(text.parse::<Code>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_newer_codes_version_is_named() {
        // Five bits of the version each: 00010 000.. is version 16.
        let symbols = [2u8, 0];
        let text: String = symbols
            .iter()
            .chain([&check(&symbols)])
            .map(|symbol| char::from(ALPHABET[usize::from(*symbol)]))
            .collect();
        assert_eq!(text.parse::<Code>(), Err(BadCode::Version { version: 16 }));
    }

    #[test]
    fn keys_that_follow_from_a_secret_differ_and_the_secret_does_not_print() {
        let secret = Secret::new([1; 16]);
        assert_ne!(secret.signing_key().to_bytes(), secret.parcel_seed());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert!(format!("{:?}", code()).contains("Secret(…)"));
    }
}
