//! Where providers post: `/carriers/v1/{name}`, beside the published APIs.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use carriers::{Post, Rejection};

use super::arrivals;
use crate::clock;
use crate::house::House;

/// Adds the providers' entrance to the APIs.
pub(crate) fn with_entrance(house: &Arc<House>, apis: Router) -> Router {
    Router::new()
        .route("/carriers/v1/{name}", get(take).post(take))
        .with_state(Arc::clone(house))
        .fallback_service(apis)
}

/// A post is answered with success once what it tells is on disk.
async fn take(
    State(house): State<Arc<House>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(bound) = house.carriers().named(&name) else {
        return (StatusCode::NOT_FOUND, "no carrier has this name\n").into_response();
    };
    let post = Post {
        is_get: method == Method::GET,
        query: query.unwrap_or_default(),
        headers: texts(&headers),
        body: body.to_vec(),
    };
    let reply = match bound.carrier.read_post(&post, clock::now()) {
        Ok(reply) => reply,
        Err(rejection) => return refuse(&name, rejection),
    };
    match arrivals::take(&house, bound, reply.events).await {
        Ok(()) => ([(CONTENT_TYPE, reply.content_type)], reply.body).into_response(),
        Err(failure) => {
            tracing::warn!(carrier = name, %failure, "what a provider posted could not be taken");
            (StatusCode::SERVICE_UNAVAILABLE, "try again\n").into_response()
        }
    }
}

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = headers.iter().filter_map(|(name, value)| Some((name, value.to_str().ok()?)));
    text.map(|(name, value)| (name.as_str().to_owned(), value.to_owned())).collect()
}

fn refuse(name: &str, rejection: Rejection) -> Response {
    let (status, reason) = match rejection {
        Rejection::NotExpected => (StatusCode::NOT_FOUND, "this carrier takes no posts"),
        Rejection::Forged => (StatusCode::FORBIDDEN, "the signature is not the provider's, or too old"),
        Rejection::Malformed(expected) => (StatusCode::BAD_REQUEST, expected),
    };
    tracing::warn!(carrier = name, reason, "a post to a carrier is refused");
    (status, format!("{reason}\n")).into_response()
}
