//! The web app in the binary: its pages, and the files that they load. A build without them says how to get them.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::app::Shared;
use crate::error::ApiError;
use crate::pages::framed;

/// The addresses of the app's pages, which one document serves.
const PAGES: [&str; 2] = ["/", "/phone"];

const DOCUMENT: &str = "index.html";

/// Whoever has the app's pages runs no script and sends nothing but where they came from.
const SECURITY: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' blob:; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
];

const MISSING: &str = "<h1>Patchboard is running</h1>\
    <p>This build does not have the web app in it: it was made before <code>web/dist</code> was there.</p>\
    <p>Start Patchboard with <code>./run</code>, which builds both, or build the app by hand and then the server \
    again:</p>\
    <pre><code>(cd web &amp;&amp; npm install &amp;&amp; npm run build)\ncargo build</code></pre>\
    <p>The APIs work without it. <a href=\"/docs/errors\">Every error, and what to do about it</a></p>";

/// What `web/` was built into, if it was.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    let pages = PAGES.into_iter().fold(Router::new(), |routes, path| routes.route(path, get(document)));
    pages.route("/assets/{name}", get(asset)).route("/favicon.svg", get(icon))
}

async fn document() -> Response {
    match Files::get(DOCUMENT) {
        Some(file) => (SECURITY, [(header::CACHE_CONTROL, "no-cache")], html(file.data)).into_response(),
        None => framed("Patchboard", MISSING).into_response(),
    }
}

/// A file whose name holds a digest of its content: it never changes.
async fn asset(Path(name): Path<String>) -> Result<Response, ApiError> {
    serve(&format!("assets/{name}"), "public, max-age=31536000, immutable")
}

async fn icon() -> Result<Response, ApiError> {
    serve("favicon.svg", "public, max-age=3600")
}

fn serve(path: &str, cache: &'static str) -> Result<Response, ApiError> {
    let file = Files::get(path).ok_or_else(ApiError::not_found)?;
    let headers = [(header::CONTENT_TYPE, content_type(path)), (header::CACHE_CONTROL, cache)];
    Ok((StatusCode::OK, SECURITY, headers, file.data.into_owned()).into_response())
}

fn html(data: std::borrow::Cow<'static, [u8]>) -> Html<Vec<u8>> {
    Html(data.into_owned())
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_served_as_scripts() {
        assert_eq!(content_type("assets/index-B1x.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("assets/a.unknown"), "application/octet-stream");
    }
}
