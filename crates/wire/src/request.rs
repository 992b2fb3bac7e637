//! Signed requests: every request about an organisation says who asks, and proves it.
//!
//! The header `Authorization` holds the [`Credentials`] in text form. The signature covers method, path with query, body,
//! time, a nonce and the organisation, so nothing of a request can be moved to another. The endpoint refuses times that are
//! further than [`SKEW`] from its own clock, and a second use of the same signature within that span.

use crate::{ContentHash, DeviceId, OrganisationId, PublicKey, Refused, Signature};

/// How far the clocks of client and endpoint may be apart, in seconds.
pub const SKEW: u64 = 60;

/// First word of the header.
const SCHEME: &str = "Kiulu";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signer {
    /// A device that joined.
    Device(DeviceId),
    /// Whoever holds an invitation or recovery sheet; the key itself, since the log holds only its hash.
    Invitation(PublicKey),
}

/// What is signed.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Path and query as the endpoint receives them: a proxy must not change them.
    pub target: &'a str,
    /// Whose log it is about.
    pub organisation: OrganisationId,
    /// Hash of the body, of no bytes when there is none.
    pub body: ContentHash,
}

/// Who asks, when, and the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credentials {
    /// Who.
    pub signer: Signer,
    /// When, in seconds since 1970.
    pub time: u64,
    /// Tells two equal requests of the same second apart: any number not used before within the span.
    pub nonce: u64,
    /// The signer's signature.
    pub signature: Signature,
}

impl Credentials {
    /// Signs a request.
    pub fn sign(
        signer: Signer,
        time: u64,
        nonce: u64,
        asked: &Asked<'_>,
        key: &ed25519_dalek::SigningKey,
    ) -> Self {
        let signature = Signature::by(key, &message(signer, time, nonce, asked));
        Self {
            signer,
            time,
            nonce,
            signature,
        }
    }

    /// Checks the signature with the signer's public key. Time and replay are the caller's to check.
    ///
    /// # Errors
    /// [`Refused::BadKey`], [`Refused::BadSignature`].
    pub fn verify(&self, asked: &Asked<'_>, key: &PublicKey) -> Result<(), Refused> {
        key.verify(
            &message(self.signer, self.time, self.nonce, asked),
            &self.signature,
        )
    }
}

fn message(signer: Signer, time: u64, nonce: u64, asked: &Asked<'_>) -> Vec<u8> {
    let mut to = crate::codec::Writer::default();
    to.fixed(b"kiulu request\0");
    match signer {
        Signer::Device(device) => {
            to.u8(0);
            to.device(device);
        }
        Signer::Invitation(key) => {
            to.u8(1);
            to.fixed(&key.0);
        }
    }
    to.u64(time);
    to.u64(nonce);
    to.fixed(&asked.organisation.0);
    to.bytes(asked.method.as_bytes());
    to.bytes(asked.target.as_bytes());
    to.fixed(&asked.body.0);
    to.done()
}

impl std::fmt::Display for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{SCHEME} ")?;
        match self.signer {
            Signer::Device(device) => write!(f, "device={device}")?,
            Signer::Invitation(key) => write!(f, "invitation={key}")?,
        }
        write!(
            f,
            ",time={},nonce={},signature={}",
            self.time, self.nonce, self.signature
        )
    }
}

/// An `Authorization` header that does not hold [`Credentials`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not credentials of Kiulu's")]
pub struct NotCredentials;

impl std::str::FromStr for Credentials {
    type Err = NotCredentials;

    fn from_str(text: &str) -> Result<Self, NotCredentials> {
        let fields = text.strip_prefix(SCHEME).and_then(|rest| rest.strip_prefix(' '));
        let mut fields = fields.ok_or(NotCredentials)?.split(',');
        let mut field = || fields.next().and_then(|field| field.split_once('='));
        let signer = match field() {
            Some(("device", id)) => Signer::Device(DeviceId(id.parse().map_err(|_| NotCredentials)?)),
            Some(("invitation", key)) => Signer::Invitation(key.parse().map_err(|_| NotCredentials)?),
            _ => return Err(NotCredentials),
        };
        let mut value = |name: &str| match field() {
            Some((found, value)) if found == name => Ok(value),
            _ => Err(NotCredentials),
        };
        let credentials = Self {
            signer,
            time: value("time")?.parse().map_err(|_| NotCredentials)?,
            nonce: value("nonce")?.parse().map_err(|_| NotCredentials)?,
            signature: value("signature")?.parse().map_err(|_| NotCredentials)?,
        };
        match fields.next() {
            None => Ok(credentials),
            Some(_) => Err(NotCredentials),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;

    #[test]
    fn credentials_survive_the_header_and_cover_every_part_of_the_request() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let public = PublicKey::of(&key);
        let asked = Asked {
            method: "GET",
            target: "/v1/x?after=1",
            organisation: OrganisationId([1; 16]),
            body: ContentHash::of(b""),
        };
        for signer in [
            Signer::Device(DeviceId(uuid::Uuid::from_bytes([7; 16]))),
            Signer::Invitation(public),
        ] {
            let made = Credentials::sign(signer, 1_700_000_000, 9, &asked, &key);
            let read: Credentials = made.to_string().parse().unwrap();
            assert_eq!(read, made);
            assert_eq!(read.verify(&asked, &public), Ok(()));
            let others = [
                Asked {
                    method: "PUT",
                    ..asked
                },
                Asked {
                    target: "/v1/x?after=2",
                    ..asked
                },
                Asked {
                    organisation: OrganisationId([2; 16]),
                    ..asked
                },
                Asked {
                    body: ContentHash::of(b"x"),
                    ..asked
                },
            ];
            for other in others {
                assert_eq!(
                    read.verify(&other, &public),
                    Err(Refused::BadSignature),
                    "{other:?}"
                );
            }
            for moved in [
                Credentials {
                    time: made.time + 1,
                    ..made
                },
                Credentials { nonce: 8, ..made },
                Credentials {
                    signer: Signer::Device(DeviceId(uuid::Uuid::nil())),
                    ..made
                },
            ] {
                assert_eq!(moved.verify(&asked, &public), Err(Refused::BadSignature));
            }
        }
    }

    #[test]
    fn what_is_no_header_of_ours_is_refused() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let asked = Asked {
            method: "GET",
            target: "/",
            organisation: OrganisationId([1; 16]),
            body: ContentHash::of(b""),
        };
        let good = Credentials::sign(Signer::Invitation(PublicKey([1; 32])), 1, 2, &asked, &key).to_string();
        for bad in [
            String::new(),
            "Bearer x".into(),
            good.replace("Kiulu ", "Kiulu"),
            good.replace("time=1", "time=-1"),
            good.replace("nonce", "once"),
            format!("{good},more=1"),
            good[..good.len() - 1].to_owned(),
        ] {
            assert_eq!(bad.parse::<Credentials>(), Err(NotCredentials), "{bad}");
        }
    }
}
