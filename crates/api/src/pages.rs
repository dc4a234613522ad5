//! The pages that need no login: the web app, what an error means, and whether the server is well.

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use serde_json::json;
use store::{Account, resources};

use crate::app::Shared;
use crate::error::ApiError;
use crate::error_catalog::{self as catalog, Entry};
use crate::form::Path;
use crate::reply::{Answer, Reply};
use crate::web_app;

const FRAME: &str = include_str!("pages/frame.html");

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .merge(web_app::routes())
        .route("/health", get(health))
        .route("/docs/errors", get(errors))
        .route("/docs/errors/{code}", get(error))
}

/// Ready means that the database answers.
async fn health(State(app): State<Shared>) -> Answer {
    resources::fetch::<Account>(&app.store, &app.account.to_string()).await?;
    Ok(Reply::ok(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })))
}

async fn errors() -> Html<String> {
    let row = |entry: &&Entry| {
        let Entry { code, status, title, .. } = entry;
        let title = escape(title);
        format!(
            "<tr><td><a href=\"/docs/errors/{code}\">{code}</a></td><td>{status}</td><td>{title}</td></tr>"
        )
    };
    let rows: String = catalog::ALL.iter().map(row).collect();
    let head = "<tr><th>Code</th><th>HTTP</th><th>Error</th></tr>";
    framed("Errors", &format!("<h1>Errors</h1><table><thead>{head}</thead><tbody>{rows}</tbody></table>"))
}

async fn error(Path(code): Path<u32>) -> Result<Html<String>, ApiError> {
    let Entry { code, status, title, cause, remedy } =
        catalog::by_code(code).ok_or_else(ApiError::not_found)?;
    let body = format!(
        "<p><a href=\"/docs/errors\">All errors</a></p><h1>{code}: {}</h1><p>HTTP status {status}.</p>\
         <h2>When it happens</h2><p>{}</p><h2>What to do</h2><p>{}</p>",
        escape(title),
        prose(cause),
        prose(remedy),
    );
    Ok(framed(&format!("{code}: {title}"), &body))
}

/// Puts a page together of its title and its body, which is HTML.
pub(crate) fn framed(title: &str, body: &str) -> Html<String> {
    Html(FRAME.replace("{{title}}", &escape(title)).replace("{{body}}", body))
}

/// Writes text with its `code` marked.
fn prose(text: &str) -> String {
    let part = |(place, part): (usize, &str)| match place % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    text.split('`').enumerate().map(part).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
