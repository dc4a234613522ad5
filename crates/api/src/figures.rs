//! `/metrics`: how the installation does, for whoever watches over it; and the count of requests that goes into it.

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::{counter, histogram};

use crate::app::Shared;
use crate::auth;
use crate::error::ApiError;

/// <https://prometheus.io/docs/instrumenting/exposition_formats/>
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Returns the route: open in development mode, for the account and its keys outside it.
pub(crate) fn routes(app: &Shared) -> Router<Shared> {
    let routes = Router::new().route("/metrics", get(show));
    match app.is_development {
        true => routes,
        false => routes.route_layer(from_fn_with_state(app.clone(), auth::account_only)),
    }
}

/// Counts a request and how long its answer took, by the API that it belongs to.
pub(crate) async fn count(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let api = api_of(matched).to_owned();
    let method = request.method().to_string();
    let begun = app.now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let took = app.now().since(begun);
    histogram!("patchboard_http_request_seconds", "api" => api.clone()).record(took.as_secs_f64());
    counter!("patchboard_http_requests_total", "api" => api, "method" => method, "status" => status)
        .increment(1);
    response
}

async fn show(State(app): State<Shared>) -> Result<Response, ApiError> {
    let figures = app.platform.figures().await?;
    Ok(([(header::CONTENT_TYPE, TEXT_FORMAT)], figures).into_response())
}

/// Returns the first part of a route's path: there are as many as there are APIs, whatever is asked for.
fn api_of(matched: Option<&str>) -> &str {
    match matched.and_then(|path| path.split('/').nth(1)) {
        None => "none",
        Some("") => "pages",
        Some(first) if first.starts_with('{') => "pages",
        Some(first) => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_api_and_never_by_what_clients_make_up() {
        let cases = [
            (Some("/taskrouter/v1/Workspaces/{workspace}/Tasks"), "taskrouter"),
            (Some("/2010-04-01/Accounts/{account}/Calls"), "2010-04-01"),
            (Some("/"), "pages"),
            (Some("/{*path}"), "pages"),
            (None, "none"),
        ];
        for (matched, api) in cases {
            assert_eq!(api_of(matched), api, "{matched:?}");
        }
    }
}
