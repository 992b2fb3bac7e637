//! For whoever runs the endpoint: whether it is well, what it does, and the description of the interface.

use crate::access::{App, Peer};
use crate::refusal::Answer;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use kiulu_wire::api::About;
use kiulu_wire::problem::{Cause, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(about))
        .routes(routes!(health))
        .routes(routes!(metrics))
        .routes(routes!(openapi))
}

/// What the endpoint is and takes, and its clock
#[utoipa::path(get, path = "/v1", tag = "operator", responses((status = 200, body = About)))]
async fn about(State(app): State<App>) -> Json<About> {
    let limits = app.limits();
    Json(About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        now: crate::access::now(),
        append_bytes: limits.append_bytes as u64,
        part_bytes: limits.part_bytes as u64,
        content_bytes: limits.content_bytes,
        token_needed: app.founding_needs_token(),
    })
}

/// Whether the endpoint and its database answer
#[utoipa::path(
    get, path = "/health", tag = "operator",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 503, description = "unavailable", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn health(State(app): State<App>) -> Answer<&'static str> {
    app.ping().await?;
    Ok("ok\n")
}

/// What the endpoint does, for Prometheus
///
/// For askers on the same machine, and for who has the operator's token.
#[utoipa::path(
    get, path = "/metrics", tag = "operator",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 404, description = "not_found", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn metrics(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Answer<impl IntoResponse> {
    let near = peer.is_some_and(|Extension(Peer(address))| address.to_canonical().is_loopback());
    if !near && !app.is_operator(&headers) {
        return Err(Cause::NotFound.into());
    }
    let text = crate::logs::metrics().render();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}

/// This description
#[utoipa::path(
    get, path = "/v1/openapi.json", tag = "operator",
    responses((status = 200, body = String, content_type = "application/json"))
)]
async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], super::description())
}
