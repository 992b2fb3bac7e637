//! What happens to every request: where it comes from, how often, how long, and what is noted of it.

use crate::Refusal;
use crate::access::{App, Peer};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use kiulu_wire::problem::Cause;
use std::time::{Duration, Instant};

pub(super) fn around(router: Router<App>, app: App, proxy: Option<HeaderName>) -> Router {
    router
        .fallback(|| async { Refusal::from(Cause::NotFound) })
        .route_layer(from_fn_with_state(app.clone(), time_limit))
        .layer(from_fn_with_state(app.clone(), throttle))
        .layer(from_fn_with_state(proxy, behind_proxy))
        .layer(from_fn(note))
        .with_state(app)
}

/// The proxy's word for where the request came from; the last address is the one that the proxy itself has seen.
async fn behind_proxy(
    State(header): State<Option<HeaderName>>,
    mut request: Request,
    next: Next,
) -> Response {
    let value = header.and_then(|header| request.headers().get_all(header).iter().next_back().cloned());
    let value = value.as_ref().and_then(|value| value.to_str().ok());
    let address = value.and_then(|value| value.rsplit(',').next()?.trim().parse().ok());
    if let Some(address) = address {
        request.extensions_mut().insert(Peer(address));
    }
    next.run(request).await
}

async fn throttle(State(app): State<App>, request: Request, next: Next) -> Response {
    if let Some(Peer(address)) = request.extensions().get()
        && let Err(refusal) = app.throttle().address(*address)
    {
        return refusal.into_response();
    }
    next.run(request).await
}

/// Body and work together; an answer that has begun may take longer.
async fn time_limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let limit = Duration::from_secs(app.limits().request_seconds);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let mut response = Refusal::from(Cause::TimedOut).into_response();
            // The rest of the body would still be on the line.
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
            response
        }
    }
}

/// Notes route, status and time: neither paths, which name organisations, nor addresses, headers or bodies.
async fn note(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |route| route.as_str().to_owned());
    // Askers may invent methods, which must not make ever more counters.
    let known = ["GET", "HEAD", "PUT", "POST", "DELETE"];
    let method = known.into_iter().find(|known| request.method() == known);
    let method = method.unwrap_or("other");
    let begun = Instant::now();
    let mut response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    tracing::info!(
        method,
        route,
        status,
        milliseconds = took.as_millis() as u64,
        "request"
    );
    let labels = [
        ("method", method.to_owned()),
        ("route", route),
        ("status", status.to_string()),
    ];
    metrics::counter!("kiulu_requests_total", &labels).increment(1);
    metrics::histogram!("kiulu_request_seconds", &labels[..2]).record(took.as_secs_f64());
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
