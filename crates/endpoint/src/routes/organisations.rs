//! Founding an organisation, how its log stands, and its devices.

use crate::access::{App, Member, Operator, Reader, Viewer};
use crate::refusal::Answer;
use axum::Json;
use axum::http::StatusCode;
use kiulu_wire::api::{DeviceList, Founded, LogState};
use kiulu_wire::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(found))
        .routes(routes!(state))
        .routes(routes!(devices))
}

/// Found an organisation
///
/// The body is the founding entry, by which the organisation's id is decided. The same entry again gets the same answer.
/// Where the operator has set a token, it is needed here: `Authorization: Bearer …`.
#[utoipa::path(
    post, path = "/v1/organisations", tag = "organisations",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = Founded),
        (status = 401, description = "token_needed", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "entry_refused", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too_many_requests", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn found(operator: Operator) -> Answer<(StatusCode, Json<Founded>)> {
    Ok((StatusCode::CREATED, Json(operator.found().await?)))
}

/// How the log stands
///
/// For members and for who holds an invitation.
#[utoipa::path(
    get, path = "/v1/organisations/{organisation}", tag = "organisations",
    params(("organisation" = String, Path, description = "The organisation's id")),
    responses(
        (status = 200, body = LogState),
        (status = 404, description = "not_found", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn state(reader: Reader) -> Json<LogState> {
    Json(reader.log().state())
}

/// Devices, open invitations and recovery sheets
#[utoipa::path(
    get, path = "/v1/organisations/{organisation}/devices", tag = "organisations",
    params(("organisation" = String, Path, description = "The organisation's id")),
    responses(
        (status = 200, body = DeviceList),
        (status = 404, description = "not_found", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn devices(member: Member<Viewer>) -> Json<DeviceList> {
    Json(member.log().devices())
}
