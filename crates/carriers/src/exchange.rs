//! One exchange with a provider that is reached by HTTP: what every such provider's answers have in common.

use std::time::Duration;

use serde_json::Value;
use webhooks::{Body, Client, Request, Response};

use crate::{Submission, Unfetched};

/// How long a provider may take to answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Makes the request of a submission.
pub(crate) fn request(url: String, body: Body) -> Request {
    Request { is_signed: false, follows_redirects: false, timeout: TIMEOUT, ..Request::post(url, body) }
}

/// Sends a submission; an answer that says nothing about the message itself is judged here.
pub(crate) async fn exchange(client: &Client, request: Request) -> Result<Response, Submission> {
    match client.send(request).await {
        Ok(response) => match response.status {
            429 | 503 => {
                Err(Submission::Later { pause: retry_after(&response), reason: status_of(&response) })
            }
            // The provider's own trouble may have come before or after it took the message.
            status if status >= 500 => Err(Submission::Unknown { reason: status_of(&response) }),
            _ => Ok(response),
        },
        Err(failure) if failure.is_unsent() => {
            Err(Submission::Later { pause: None, reason: failure.to_string() })
        }
        Err(failure) => Err(Submission::Unknown { reason: failure.to_string() }),
    }
}

/// The largest medium that is fetched.
const MEDIUM_BYTES_MAX: usize = 16 << 20;

/// Fetches a medium, or what says where it is.
pub(crate) async fn fetch(client: &Client, request: Request) -> Result<Response, Unfetched> {
    let request = Request { limit_bytes: MEDIUM_BYTES_MAX, ..request };
    match client.send(request).await {
        Ok(response) if response.is_success() => Ok(response),
        Ok(response) if response.status == 429 || response.status >= 500 => {
            Err(Unfetched::Later(status_of(&response)))
        }
        Ok(response) => Err(Unfetched::Gone(status_of(&response))),
        Err(failure) if failure.is_passing() => Err(Unfetched::Later(failure.to_string())),
        Err(failure) => Err(Unfetched::Gone(failure.to_string())),
    }
}

/// Makes the request of a medium.
pub(crate) fn get(url: String) -> Request {
    Request { is_signed: false, follows_redirects: false, timeout: TIMEOUT, ..Request::get(url) }
}

/// Reads an answer as JSON; what is not JSON is null.
pub(crate) fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}

/// Says what status a provider answered with.
pub(crate) fn status_of(response: &Response) -> String {
    format!("the provider answered with HTTP {}", response.status)
}

fn retry_after(response: &Response) -> Option<Duration> {
    response.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}
