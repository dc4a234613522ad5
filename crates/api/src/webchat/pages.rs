//! The widget, and a page that shows it: `/chat`, for the first deployment or the one that `?key=` names, in the
//! language and direction that `?lang=` and `?dir=` say.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use store::{WebchatDeployment, resources};

use crate::app::Shared;
use crate::error::ApiError;
use crate::parameters::Parameters;

/// One script of its parts, in a scope of its own.
const WIDGET: &str = concat!(
    include_str!("assets/chat/about.js"),
    "(() => {\n\"use strict\";\n",
    include_str!("assets/chat/settings.js"),
    include_str!("assets/chat/texts.js"),
    "const STYLE = `",
    include_str!("assets/chat/style.css"),
    "`;\n",
    include_str!("assets/chat/dom.js"),
    include_str!("assets/chat/session.js"),
    include_str!("assets/chat/ear.js"),
    include_str!("assets/chat/widget.js"),
    include_str!("assets/chat/start.js"),
    "})();\n",
);
const DEMO: &str = include_str!("assets/demo.html");
const DEMO_STYLE: &str = include_str!("assets/demo.css");

/// The languages that the widget speaks.
const LANGUAGES: [&str; 3] = ["en", "de", "ar"];

/// What the demo page may load; the widget's own styles stand in its shadow tree.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data: blob:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'";

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/chat", get(demo))
        .route("/webchat/demo.css", get(demo_style))
        .route("/webchat/patchboard-chat.js", get(widget))
}

async fn widget() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, WIDGET)
}

async fn demo_style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], DEMO_STYLE)
}

async fn demo(State(app): State<Shared>, RawQuery(query): RawQuery) -> Result<impl IntoResponse, ApiError> {
    let query = Parameters::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let all: Vec<WebchatDeployment> = resources::all(&app.store, &app.account.to_string()).await?;
    let named = query.filled("key");
    let shown = all.iter().find(|one| one.is_enabled && named.is_none_or(|key| key == one.key));
    let language = LANGUAGES.into_iter().find(|language| query.filled("lang") == Some(language));
    let is_right_to_left = query.filled("dir") == Some("rtl") || language == Some("ar");
    let page = DEMO
        .replace("{{key}}", shown.map_or("", |deployment| &deployment.key))
        .replace("{{lang}}", language.unwrap_or("en"))
        .replace("{{dir}}", if is_right_to_left { "rtl" } else { "ltr" })
        .replace("{{none}}", if shown.is_some() { "hidden" } else { "" });
    Ok(([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page)))
}
