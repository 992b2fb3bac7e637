//! Telling devices that the log has grown.

use crate::access::{App, Reader, Watch};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use kiulu_wire::api::HeadIs;
use kiulu_wire::problem::Problem;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live))
}

/// Be told of new entries
///
/// Server-sent events named `head`, whose data is a `HeadIs`: the head at once, and then whenever it has grown. Several
/// appends in quick succession may make one event. A comment every fifteen seconds keeps the line open. The stream ends when
/// the endpoint stops or the device is revoked.
#[utoipa::path(
    get, path = "/v1/organisations/{organisation}/live", tag = "log",
    params(("organisation" = String, Path, description = "The organisation's id")),
    responses(
        (status = 200, body = HeadIs, content_type = "text/event-stream"),
        (status = 404, description = "not_found", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn live(reader: Reader) -> Sse<impl Stream<Item = Result<Event, axum::Error>>> {
    let listener = Listener {
        watch: reader.into_watch(),
        _counted: Counted::new(),
    };
    let heads = futures_util::stream::unfold(listener, |mut listener| async move {
        let head = listener.watch.next().await?;
        Some((
            Event::default().event("head").json_data(HeadIs { head }),
            listener,
        ))
    });
    Sse::new(heads).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

struct Listener {
    watch: Watch,
    _counted: Counted,
}

/// Counts a listener for as long as it is there.
struct Counted;

impl Counted {
    fn new() -> Self {
        metrics::gauge!("kiulu_listeners").increment(1);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("kiulu_listeners").decrement(1);
    }
}
