//! Snapshots and attachments: ciphertexts named by their hash, sent in pieces that can be resumed.

use super::entries::query;
use crate::access::{App, BodyLimit, Editor, Log, Member, Owner, Reader, Viewer};
use crate::options::Limits;
use crate::refusal::Answer;
use crate::storage::{Kind, Name};
use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, RawQuery};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use kiulu_wire::ContentHash;
use kiulu_wire::api::{ContentIs, RECEIVED_HEADER, SIZE_HEADER};
use kiulu_wire::problem::{Cause, Problem};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes(limits: &Limits) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(put_snapshot, get_snapshot, head_snapshot))
        .routes(routes!(
            put_attachment,
            get_attachment,
            head_attachment,
            delete_attachment
        ))
        .layer(Extension(BodyLimit(limits.part_bytes)))
}

/// The hash in the path.
struct Hash(ContentHash);

impl FromRequestParts<App> for Hash {
    type Rejection = crate::Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        let path = RawPathParams::from_request_parts(parts, app).await;
        let path = path.map_err(|_| Cause::NotFound)?;
        let hash = path.iter().find(|(name, _)| *name == "hash");
        let hash = hash.and_then(|(_, text)| text.parse().ok());
        Ok(Self(hash.ok_or(Cause::NotFound)?))
    }
}

/// Where a piece belongs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Place {
    /// Bytes of the whole content.
    size: u64,
    /// Where this piece begins.
    offset: u64,
}

/// Upload a piece of a snapshot
///
/// Pieces come in order. The signature of the request covers the piece's hash, and after the last piece the whole is checked
/// against the name. To resume, ask with HEAD how much is here. Owners only; a snapshot counts once it is recorded in the log.
#[utoipa::path(
    put, path = "/v1/organisations/{organisation}/snapshots/{hash}", tag = "contents",
    params(("organisation" = String, Path), ("hash" = String, Path, description = "BLAKE3 of the ciphertext"), Place),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = ContentIs),
        (status = 403, description = "role_too_low", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "content_offset", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too_large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "content_hash", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn put_snapshot(hash: Hash, raw: RawQuery, member: Member<Owner>) -> Answer<Json<ContentIs>> {
    put(&member, Kind::Snapshot, &hash, &raw).await
}

/// Upload a piece of an attachment
///
/// As for snapshots. Editors and owners.
#[utoipa::path(
    put, path = "/v1/organisations/{organisation}/attachments/{hash}", tag = "contents",
    params(("organisation" = String, Path), ("hash" = String, Path, description = "BLAKE3 of the ciphertext"), Place),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = ContentIs),
        (status = 403, description = "role_too_low", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "content_offset", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too_large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "content_hash", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "quota_reached", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn put_attachment(hash: Hash, raw: RawQuery, member: Member<Editor>) -> Answer<Json<ContentIs>> {
    put(&member, Kind::Attachment, &hash, &raw).await
}

async fn put<R: crate::access::Rank>(
    member: &Member<R>,
    kind: Kind,
    Hash(hash): &Hash,
    raw: &RawQuery,
) -> Answer<Json<ContentIs>> {
    let place: Place = query(raw)?;
    let name = Name { kind, hash: *hash };
    let put = member
        .log()
        .put(name, place.size, place.offset, member.body().clone());
    Ok(Json(put.await?))
}

/// Download a snapshot, or a range of it
///
/// `Range: bytes=from-to` or `bytes=from-`, one range, is answered with 206.
#[utoipa::path(
    get, path = "/v1/organisations/{organisation}/snapshots/{hash}", tag = "contents",
    params(("organisation" = String, Path), ("hash" = String, Path, description = "BLAKE3 of the ciphertext")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, description = "not_found, content_missing", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "range_outside", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn get_snapshot(hash: Hash, headers: HeaderMap, reader: Reader) -> Answer<Response> {
    get(reader.log(), Kind::Snapshot, &hash, &headers).await
}

/// Download an attachment, or a range of it
#[utoipa::path(
    get, path = "/v1/organisations/{organisation}/attachments/{hash}", tag = "contents",
    params(("organisation" = String, Path), ("hash" = String, Path, description = "BLAKE3 of the ciphertext")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, description = "not_found, content_missing", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "range_outside", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn get_attachment(hash: Hash, headers: HeaderMap, member: Member<Viewer>) -> Answer<Response> {
    get(member.log(), Kind::Attachment, &hash, &headers).await
}

async fn get(log: &Log, kind: Kind, Hash(hash): &Hash, headers: &HeaderMap) -> Answer<Response> {
    let name = Name { kind, hash: *hash };
    let content = log.content(name).await?;
    if !content.whole {
        return Err(Cause::ContentMissing.into());
    }
    let size = content.size;
    let asked = headers
        .get(header::RANGE)
        .map(|range| range.to_str().ok().and_then(range_of));
    let (status, from, to) = match asked {
        None => (StatusCode::OK, 0, size),
        Some(Some((from, last))) if from < size => {
            let to = last.map_or(size, |last| last.saturating_add(1).min(size));
            (StatusCode::PARTIAL_CONTENT, from, to)
        }
        Some(_) => return Err(Cause::RangeOutside { size }.into()),
    };
    let mut headers = vec![
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, (to - from).to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    if status == StatusCode::PARTIAL_CONTENT {
        headers.push((header::CONTENT_RANGE, format!("bytes {from}-{}/{size}", to - 1)));
    }
    let headers: HeaderMap = headers
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.parse().ok()?)))
        .collect();
    Ok((status, headers, Body::from_stream(log.read(name, from, to))).into_response())
}

/// `bytes=from-last` or `bytes=from-`; `None` for anything else.
fn range_of(text: &str) -> Option<(u64, Option<u64>)> {
    let (from, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let from = from.parse().ok()?;
    if last.is_empty() {
        return Some((from, None));
    }
    let last = last.parse().ok()?;
    (last >= from).then_some((from, Some(last)))
}

/// How much of a snapshot is here
#[utoipa::path(
    head, path = "/v1/organisations/{organisation}/snapshots/{hash}", tag = "contents",
    params(("organisation" = String, Path), ("hash" = String, Path, description = "BLAKE3 of the ciphertext")),
    responses(
        (status = 200, description = "Whole", headers(
            ("kiulu-received" = u64, description = "Bytes that are here"), ("kiulu-size" = u64, description = "Bytes of the whole"))),
        (status = 202, description = "Some of it", headers(
            ("kiulu-received" = u64, description = "Bytes that are here"), ("kiulu-size" = u64, description = "Bytes of the whole"))),
        (status = 404, description = "Nothing"),
    )
)]
async fn head_snapshot(hash: Hash, reader: Reader) -> Answer<Response> {
    head(reader.log(), Kind::Snapshot, &hash).await
}

/// How much of an attachment is here
#[utoipa::path(
    head, path = "/v1/organisations/{organisation}/attachments/{hash}", tag = "contents",
    params(("organisation" = String, Path), ("hash" = String, Path, description = "BLAKE3 of the ciphertext")),
    responses(
        (status = 200, description = "Whole", headers(
            ("kiulu-received" = u64, description = "Bytes that are here"), ("kiulu-size" = u64, description = "Bytes of the whole"))),
        (status = 202, description = "Some of it", headers(
            ("kiulu-received" = u64, description = "Bytes that are here"), ("kiulu-size" = u64, description = "Bytes of the whole"))),
        (status = 404, description = "Nothing"),
    )
)]
async fn head_attachment(hash: Hash, member: Member<Viewer>) -> Answer<Response> {
    head(member.log(), Kind::Attachment, &hash).await
}

async fn head(log: &Log, kind: Kind, Hash(hash): &Hash) -> Answer<Response> {
    let content = log.content(Name { kind, hash: *hash }).await?;
    let status = if content.whole {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    let headers = [
        (
            HeaderName::from_static(RECEIVED_HEADER),
            content.received.to_string(),
        ),
        (HeaderName::from_static(SIZE_HEADER), content.size.to_string()),
    ];
    Ok((status, headers).into_response())
}

/// Delete an attachment
///
/// Owners only: after a person was erased, or when nothing refers to it any more.
#[utoipa::path(
    delete, path = "/v1/organisations/{organisation}/attachments/{hash}", tag = "contents",
    params(("organisation" = String, Path), ("hash" = String, Path, description = "BLAKE3 of the ciphertext")),
    responses(
        (status = 204),
        (status = 403, description = "role_too_low", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "not_found, content_missing", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn delete_attachment(Hash(hash): Hash, member: Member<Owner>) -> Answer<StatusCode> {
    member.log().remove_attachment(hash).await?;
    Ok(StatusCode::NO_CONTENT)
}
