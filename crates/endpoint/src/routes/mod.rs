//! HTTP below `/v1`, and `/health` and `/metrics`. One file for each kind of thing; what may be done is decided in
//! [`crate::access`].

mod contents;
mod entries;
mod layers;
mod live;
mod operator;
mod organisations;
mod parcels;

use crate::access::App;
use crate::options::Limits;
use axum::Router;
use axum::http::HeaderName;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What the description of the interface says besides the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kiulu endpoint",
        description = "Keeps the encrypted logs of housing companies. Every request about an organisation carries \
            `Authorization: Kiulu device=…,time=…,nonce=…,signature=…` (or `invitation=…` before joining), whose signature \
            covers method, path with query, body hash, time, nonce and organisation. Refusals are problem details (RFC 9457) \
            with a `code` and `params`. An unknown organisation and one that the asker does not belong to get the same answer.",
        license(name = "MIT", identifier = "MIT")
    ),
    components(schemas(kiulu_wire::problem::Problem)),
    tags(
        (name = "organisations", description = "Founding, state and devices"),
        (name = "log", description = "Appending and reading entries, and being told of new ones"),
        (name = "contents", description = "Snapshots and attachments: ciphertexts named by their BLAKE3 hash"),
        (name = "parcels", description = "What waits for an invited device"),
        (name = "operator", description = "For whoever runs the endpoint"),
    )
)]
struct Description;

fn api(limits: &Limits) -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(organisations::routes())
        .merge(entries::routes(limits))
        .merge(live::routes())
        .merge(contents::routes(limits))
        .merge(parcels::routes())
        .merge(operator::routes())
}

/// The description of the interface (OpenAPI 3.1), as pretty-printed JSON with a newline at its end.
pub fn description() -> String {
    let mut text = api(&Limits::default())
        .into_openapi()
        .to_pretty_json()
        .unwrap_or_default();
    text.push('\n');
    text
}

/// Every route, with the layers around them. The connection puts a [`crate::access::Peer`] into each request; behind a proxy
/// the address is taken from its header.
pub fn router(app: App, proxy: Option<HeaderName>) -> Router {
    let (router, _) = api(app.limits()).split_for_parts();
    layers::around(router, app, proxy)
}
