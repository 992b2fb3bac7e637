//! How a refusal becomes an answer.

use crate::storage::StorageError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kiulu_wire::problem::{Cause, MEDIA_TYPE, Problem};

/// Result of a handler.
pub(crate) type Answer<T> = Result<T, Refusal>;

/// Why the endpoint does not do what was asked.
#[derive(Debug)]
pub struct Refusal {
    cause: Cause,
    /// Seconds after which to try again.
    retry_after: Option<u64>,
}

impl Refusal {
    /// Too many requests; in so many seconds there is room again.
    pub(crate) fn wait(seconds: u64) -> Self {
        Self {
            cause: Cause::TooManyRequests,
            retry_after: Some(seconds.max(1)),
        }
    }
}

impl From<Cause> for Refusal {
    fn from(cause: Cause) -> Self {
        let retry_after = matches!(cause, Cause::Unavailable).then_some(5);
        Self { cause, retry_after }
    }
}

/// What went wrong in the database is the operator's to read, not the asker's.
impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        tracing::error!(%error, "the database failed");
        Cause::Unavailable.into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem::from(self.cause);
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
