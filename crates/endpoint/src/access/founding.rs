//! Beginning an organisation: the one thing that needs no membership.

use super::{App, Peer};
use crate::Refusal;
use crate::refusal::Answer;
use crate::storage::Append;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use kiulu_wire::api::Founded;
use kiulu_wire::problem::Cause;
use kiulu_wire::{Entry, Head, Roster, limits};
use subtle::ConstantTimeEq;

/// The operator's token, kept as a hash.
#[derive(Clone)]
pub struct AdminToken([u8; 32]);

impl std::fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AdminToken(…)")
    }
}

impl AdminToken {
    fn hash(text: &str) -> [u8; 32] {
        blake3::derive_key("kiulu 2026 endpoint admin token", text.as_bytes())
    }

    /// Whether the header `Authorization: Bearer …` holds it.
    pub(crate) fn fits(&self, headers: &HeaderMap) -> bool {
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.strip_prefix("Bearer "));
        given.is_some_and(|token| Self::hash(token).ct_eq(&self.0).into())
    }
}

impl std::str::FromStr for AdminToken {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() < 16 {
            return Err("a token of 16 characters at least");
        }
        Ok(Self(Self::hash(text)))
    }
}

/// Whoever may begin an organisation: anybody, or, where the operator has set a token, who has it.
#[derive(Debug)]
pub struct Operator {
    app: App,
    body: Bytes,
}

impl FromRequest<App> for Operator {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Answer<Self> {
        match &app.inner.admin {
            Some(admin) if !admin.fits(request.headers()) => return Err(Cause::TokenNeeded.into()),
            Some(_) => {}
            None => {
                if let Some(Peer(address)) = request.extensions().get() {
                    app.inner.throttle.founding(*address)?;
                }
            }
        }
        let most = 2 * limits::RECIPIENT;
        let (body, _room) = super::guard::body(app, request, most).await?;
        Ok(Self {
            app: app.clone(),
            body,
        })
    }
}

impl Operator {
    /// Begins the organisation of the founding entry in the request's body. The same entry again is as good as the first time.
    ///
    /// # Errors
    /// [`Cause::EntryRefused`] for an entry that founds nothing; [`Cause::HeadMoved`] for another founding entry with the same
    /// record.
    pub async fn found(self) -> Answer<Founded> {
        let refused = |refused| Refusal::from(Cause::EntryRefused { seq: 1, refused });
        let entry = Entry::decode(&self.body).map_err(refused)?;
        let roster = Roster::found(&entry).map_err(refused)?;
        let founded = Founded {
            organisation: roster.organisation(),
            head: roster.head(),
        };
        let first = Append {
            after: Head::NONE,
            entries: vec![self.body.to_vec()],
            head: roster.head(),
            recorded: roster.recorded(),
            roster: Some(roster.encode()),
            void_parcels: Vec::new(),
            keep_snapshots: None,
            cut: None,
        };
        let storage = &self.app.inner.storage;
        if storage.create(founded.organisation, first).await? {
            metrics::counter!("kiulu_organisations_founded_total").increment(1);
            return Ok(founded);
        }
        // Only who has the founder's key can have made these bytes, so nothing is given away to others.
        let kept = storage.entries(founded.organisation, 0, 0).await?;
        if kept.first() == Some(&self.body) {
            return Ok(founded);
        }
        Err(Cause::NotFound.into())
    }
}
