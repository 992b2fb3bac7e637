//! What waits for an invited device: the organisation's keys, sealed to the invitation.

use crate::access::{App, BodyLimit, Invited, Member, Owner};
use crate::refusal::Answer;
use axum::Extension;
use axum::extract::RawPathParams;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use kiulu_wire::api::TakeParcel;
use kiulu_wire::problem::{Cause, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest parcel, in bytes.
const MOST: usize = 64 << 10;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(put))
        .routes(routes!(take))
        .layer(Extension(BodyLimit(MOST)))
}

/// Lay a parcel for an invitation
///
/// After the invitation was recorded. The body is opaque; a parcel that nobody took is replaced.
#[utoipa::path(
    put, path = "/v1/organisations/{organisation}/parcels/{key}", tag = "parcels",
    params(("organisation" = String, Path), ("key" = String, Path, description = "Hash of the invitation's public key")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 204),
        (status = 403, description = "role_too_low", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "not_found; content_missing when there is no such invitation", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn put(path: RawPathParams, member: Member<Owner>) -> Answer<StatusCode> {
    let key = path.iter().find(|(name, _)| *name == "key");
    let key = key
        .and_then(|(_, text)| text.parse().ok())
        .ok_or(Cause::NotFound)?;
    member.log().put_parcel(key, member.body().clone()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take the parcel of one's invitation
///
/// Signed with the invitation's key. The first device to ask gets it, and later only the same one; only that device may then
/// join.
#[utoipa::path(
    post, path = "/v1/organisations/{organisation}/parcel", tag = "parcels",
    params(("organisation" = String, Path)),
    request_body = TakeParcel,
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 403, description = "invitation_expired", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "not_found, content_missing", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "parcel_taken", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn take(invited: Invited) -> Answer<impl IntoResponse> {
    let asked: TakeParcel =
        serde_json::from_slice(invited.body()).map_err(|_| Cause::Malformed { what: "body".into() })?;
    let parcel = invited.log().take_parcel(invited.key(), asked.device).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], parcel))
}
