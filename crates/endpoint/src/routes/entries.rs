//! Appending and reading entries.

use crate::access::{App, Appender, BodyLimit, Reader};
use crate::options::Limits;
use crate::refusal::Answer;
use axum::body::Body;
use axum::extract::{Query, RawQuery};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use kiulu_wire::api::{HEAD_HEADER, HeadIs};
use kiulu_wire::problem::{Cause, Problem};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Bytes of a page when nothing is asked for, and the most that may be.
const PAGE: (usize, usize) = (8 << 20, 64 << 20);

pub(super) fn routes(limits: &Limits) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(append, read))
        .layer(Extension(BodyLimit(limits.append_bytes)))
}

/// The query, or a refusal in the form of all others.
pub(super) fn query<T: DeserializeOwned>(RawQuery(raw): &RawQuery) -> Answer<T> {
    let uri = format!("/?{}", raw.as_deref().unwrap_or_default()).parse();
    let parsed = uri.ok().and_then(|uri| Query::try_from_uri(&uri).ok());
    let Query(parsed) = parsed.ok_or_else(|| Cause::Malformed { what: "query".into() })?;
    Ok(parsed)
}

/// How to append.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct How {
    /// Fill up a log that was restored from an old backup: recorded snapshots need not be here any more, and nothing is cut. An
    /// owner's device lays a new snapshot afterwards.
    #[serde(default)]
    refill: bool,
}

/// Append entries
///
/// The body is a batch: each encoded entry behind its length in four bytes, big-endian. All of it is appended or nothing.
/// The first entry names the head it follows; when the log has grown since, the answer is 409 with the head. A batch that
/// is there already is answered as if it had just been appended. Who holds an invitation appends its own joining and
/// nothing else.
#[utoipa::path(
    post, path = "/v1/organisations/{organisation}/entries", tag = "log",
    params(("organisation" = String, Path, description = "The organisation's id"), How),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = HeadIs),
        (status = 403, description = "device_revoked, role_too_low, invitation_expired", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "not_found; content_missing when a recorded snapshot is not here", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "head_moved, parcel_taken", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too_large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "entry_refused", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "quota_reached", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn append(raw: RawQuery, appender: Appender) -> Answer<Json<HeadIs>> {
    let how: How = query(&raw)?;
    let head = appender.append(how.refill).await?;
    Ok(Json(HeadIs { head }))
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Page {
    /// Entries behind this number; 0 for all.
    #[serde(default)]
    after: u64,
    /// Stop when so many bytes are reached, but send one entry at least; 8 MiB when not said, 64 MiB at most.
    bytes: Option<usize>,
}

/// Read entries
///
/// The answer is a batch like the body of an append, sent as it is read. It ends where the page or the log ends; the header
/// `kiulu-head` says where the log ended when the page was begun. A stream that breaks off has given whole entries up to
/// there: go on behind the last of them.
#[utoipa::path(
    get, path = "/v1/organisations/{organisation}/entries", tag = "log",
    params(("organisation" = String, Path, description = "The organisation's id"), Page),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream",
            headers(("kiulu-head" = String, description = "number:hash"))),
        (status = 404, description = "not_found", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "log_cut: start from the snapshot", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn read(raw: RawQuery, reader: Reader) -> Answer<Response> {
    let page: Page = query(&raw)?;
    let most = page.bytes.unwrap_or(PAGE.0).min(PAGE.1);
    let head = reader.log().state().head;
    let entries = reader.log().entries(page.after, most).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            HeaderName::from_static(HEAD_HEADER),
            format!("{}:{}", head.seq, head.hash),
        ),
    ];
    Ok((headers, Body::from_stream(entries)).into_response())
}
