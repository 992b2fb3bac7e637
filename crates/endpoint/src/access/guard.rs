//! Guards: a signed request becomes the right to an organisation's log, or a refusal.
//!
//! An unknown organisation, a stranger's device and a signature that does not fit get one and the same answer. Only who has
//! proved to be a member, or to hold an invitation, learns more.

use super::{App, Log, now};
use crate::Refusal;
use crate::refusal::Answer;
use crate::replays::Seen;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::{HeaderMap, header};
use kiulu_wire::problem::Cause;
use kiulu_wire::request::{Asked, Credentials, SKEW, Signer};
use kiulu_wire::{ContentHash, DeviceId, KeyHash, OrganisationId, PublicKey, Role, Roster};
use std::marker::PhantomData;
use std::net::IpAddr;
use tokio::sync::OwnedSemaphorePermit;

/// Where a request came from.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The largest body that a route takes, in bytes; none where a route says nothing.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub usize);

/// The least role that a guard lets through.
pub trait Rank: Send + Sync + 'static {
    /// The role.
    const LEAST: Role;
}

/// Any member.
#[derive(Debug, Clone, Copy)]
pub struct Viewer;
/// Members who change things.
#[derive(Debug, Clone, Copy)]
pub struct Editor;
/// Members who decide about members.
#[derive(Debug, Clone, Copy)]
pub struct Owner;

impl Rank for Viewer {
    const LEAST: Role = Role::Viewer;
}
impl Rank for Editor {
    const LEAST: Role = Role::Editor;
}
impl Rank for Owner {
    const LEAST: Role = Role::Owner;
}

/// A device in force with at least this role.
#[derive(Debug)]
pub struct Member<R: Rank> {
    asked: Checked,
    rank: PhantomData<R>,
}

/// Whoever holds an invitation or a recovery sheet in force, and has not joined yet.
#[derive(Debug)]
pub struct Invited {
    key: KeyHash,
    asked: Checked,
}

/// A member, or whoever is about to become one: must read the log to be able to join.
#[derive(Debug)]
pub struct Reader {
    asked: Checked,
    who: Who,
}

/// A member, or whoever is about to join: may put something to the log. What exactly is the roster's to decide.
#[derive(Debug)]
pub struct Appender {
    invited: Option<PublicKey>,
    asked: Checked,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    Device(DeviceId, Role),
    Invited(PublicKey, KeyHash),
}

/// A request whose signature fits. Holds the room that its body takes until it is done.
#[derive(Debug)]
struct Checked {
    log: Log,
    body: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

impl<R: Rank> Member<R> {
    /// The organisation's log.
    pub fn log(&self) -> &Log {
        &self.asked.log
    }

    /// The request's body.
    pub fn body(&self) -> &Bytes {
        &self.asked.body
    }
}

impl Invited {
    /// The organisation's log.
    pub fn log(&self) -> &Log {
        &self.asked.log
    }

    /// The invitation or sheet.
    pub fn key(&self) -> KeyHash {
        self.key
    }

    /// The request's body.
    pub fn body(&self) -> &Bytes {
        &self.asked.body
    }
}

impl Reader {
    /// The organisation's log.
    pub fn log(&self) -> &Log {
        &self.asked.log
    }

    /// What goes on reading after the request is answered: asks anew whether the reader still may.
    pub(crate) fn into_watch(self) -> super::log::Watch {
        super::log::Watch::new(self.asked.log, self.who)
    }
}

impl Appender {
    /// The organisation's log.
    pub fn log(&self) -> &Log {
        &self.asked.log
    }

    /// The key of the invitation when the asker has not joined yet.
    pub fn invited(&self) -> Option<PublicKey> {
        self.invited
    }

    /// The request's body.
    pub fn body(&self) -> &Bytes {
        &self.asked.body
    }
}

impl<R: Rank> FromRequest<App> for Member<R> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Answer<Self> {
        let (asked, who) = check(request, app).await?;
        let Who::Device(_, role) = who else {
            return Err(Cause::RoleTooLow.into());
        };
        if role < R::LEAST {
            return Err(Cause::RoleTooLow.into());
        }
        Ok(Self {
            asked,
            rank: PhantomData,
        })
    }
}

impl FromRequest<App> for Invited {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Answer<Self> {
        match check(request, app).await? {
            (asked, Who::Invited(_, key)) => Ok(Self { key, asked }),
            (_, Who::Device(..)) => Err(Cause::ContentMissing.into()),
        }
    }
}

impl FromRequest<App> for Reader {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Answer<Self> {
        let (asked, who) = check(request, app).await?;
        Ok(Self { asked, who })
    }
}

impl FromRequest<App> for Appender {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Answer<Self> {
        let (asked, who) = check(request, app).await?;
        let invited = match who {
            Who::Device(..) => None,
            Who::Invited(key, _) => Some(key),
        };
        Ok(Self { invited, asked })
    }
}

async fn check(request: Request, app: &App) -> Answer<(Checked, Who)> {
    let (mut parts, body_in) = request.into_parts();
    let organisation = organisation(&mut parts, app).await?;
    let credentials = credentials(&parts.headers)?;
    let now = now();
    let apart = credentials.time.abs_diff(now);
    if apart > SKEW {
        return Err(Cause::ClockSkewed { now, seconds: apart }.into());
    }

    let log = Log::open(app, organisation).await?.ok_or(Cause::NotFound)?;
    let key = key(log.roster(), credentials.signer).ok_or(Cause::NotFound)?;
    let limit = parts.extensions.get().map_or(0, |BodyLimit(most)| *most);
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str())
        .to_owned();
    let method = parts.method.clone();
    let (body, room) = body(app, Request::from_parts(parts, body_in), limit).await?;
    let asked = Asked {
        method: method.as_str(),
        target: &target,
        organisation,
        body: ContentHash::of(&body),
    };
    credentials.verify(&asked, &key).map_err(|_| Cause::NotFound)?;

    // From here on the asker has proved who it is.
    match app.inner.replays.note(&credentials.signature, now) {
        Seen::New => {}
        Seen::Before => return Err(Cause::Replayed.into()),
        Seen::Full => return Err(Refusal::wait(SKEW)),
    }
    app.inner.throttle.device(organisation, credentials.signer)?;
    let who = who(log.roster(), credentials.signer, now)?;
    Ok((
        Checked {
            log,
            body,
            _room: room,
        },
        who,
    ))
}

async fn organisation(parts: &mut axum::http::request::Parts, app: &App) -> Answer<OrganisationId> {
    let path = RawPathParams::from_request_parts(parts, app).await;
    let path = path.map_err(|_| Cause::NotFound)?;
    let organisation = path.iter().find(|(name, _)| *name == "organisation");
    let organisation = organisation.and_then(|(_, text)| text.parse().ok());
    Ok(organisation.ok_or(Cause::NotFound)?)
}

fn credentials(headers: &HeaderMap) -> Answer<Credentials> {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let credentials = value.and_then(|value| value.parse().ok());
    Ok(credentials.ok_or(Cause::CredentialsMissing)?)
}

/// The key with which the signer must have signed; revoked devices too may prove who they are.
fn key(roster: &Roster, signer: Signer) -> Option<PublicKey> {
    match signer {
        Signer::Device(id) => roster.members().devices.get(&id).map(|device| device.key),
        Signer::Invitation(key) => roster.invited(&key).map(|_| key),
    }
}

/// What the signer is to the organisation now.
pub(super) fn who(roster: &Roster, signer: Signer, now: u64) -> Result<Who, Cause> {
    match signer {
        Signer::Device(id) => {
            let device = roster.members().in_force(id).ok_or(Cause::DeviceRevoked)?;
            Ok(Who::Device(id, device.role))
        }
        Signer::Invitation(key) => {
            let hash = roster.invited(&key).ok_or(Cause::NotFound)?;
            match roster.members().invitations.get(&hash) {
                Some(invitation) if invitation.expires <= now => Err(Cause::InvitationExpired {
                    expired: invitation.expires,
                }),
                _ => Ok(Who::Invited(key, hash)),
            }
        }
    }
}

impl Who {
    pub(super) fn signer(self) -> Signer {
        match self {
            Self::Device(id, _) => Signer::Device(id),
            Self::Invited(key, _) => Signer::Invitation(key),
        }
    }
}

/// Reads a body of at most so many bytes, when there is room for it in memory.
pub(super) async fn body(
    app: &App,
    request: Request,
    most: usize,
) -> Answer<(Bytes, Option<OwnedSemaphorePermit>)> {
    let body: Body = request.into_body();
    let too_large = Cause::TooLarge { most: most as u64 };
    let hint = body.size_hint();
    if hint.lower() > most as u64 {
        return Err(too_large.into());
    }
    if body.is_end_stream() {
        return Ok((Bytes::new(), None));
    }
    let expected = hint.exact().unwrap_or(most as u64);
    let kibibytes = u32::try_from((expected >> 10) + 1).unwrap_or(u32::MAX);
    let all = u32::try_from(app.inner.limits.bodies_bytes >> 10).unwrap_or(u32::MAX);
    let room = app
        .inner
        .bodies
        .clone()
        .acquire_many_owned(kibibytes.min(all))
        .await;
    let room = room.map_err(|_| Cause::Unavailable)?;
    match axum::body::to_bytes(body, most).await {
        Ok(body) => Ok((body, Some(room))),
        Err(error) => {
            let source = std::error::Error::source(&error);
            let long = source.is_some_and(|source| source.to_string().contains("length limit"));
            let broken = Cause::Malformed { what: "body".into() };
            Err(if long { too_large } else { broken }.into())
        }
    }
}
