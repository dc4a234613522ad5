//! What WhatsApp is asked to approve. Nobody here hands it in: the request is kept as received, for who does.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use serde_json::{Value, json};
use store::{Approval, Content, Unit, resources};

use super::BASE;
use super::templates::{InPath, find};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::reply::{Answer, Reply};

/// What a template is for, as WhatsApp names it.
const CATEGORIES: [&str; 3] = ["UTILITY", "MARKETING", "AUTHENTICATION"];

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    let all = format!("{BASE}/{{content}}/ApprovalRequests");
    Router::new().route(&all, get(fetch)).route(&format!("{all}/whatsapp"), post(create))
}

async fn fetch(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    let content = find(&app, path.content).await?;
    Ok(Reply::ok(json!({
        "sid": content.sid,
        "account_sid": content.account,
        "whatsapp": present(&content),
        "url": url(&app, &content),
    })))
}

async fn create(State(app): State<Shared>, Path(path): Path<InPath>, Form(form): Form) -> Answer {
    let mut content = find(&app, path.content).await?;
    let category = form.word("Category", &CATEGORIES, |word| word)?;
    let category = category.ok_or_else(|| ApiError::missing("category"))?.to_owned();
    content.approval = Some(Approval { name: name(&form.required("Name")?)?, category });
    app.store.commit(Unit::new().with(resources::put(&content))).await?;
    Ok(Reply::created(present(&content)))
}

/// WhatsApp takes lower-case letters, digits and underscores.
fn name(text: &str) -> Result<String, ApiError> {
    let is_taken = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    match text.bytes().all(is_taken) {
        true => Ok(text.to_owned()),
        false => Err(ApiError::invalid("name", "lower-case letters, digits and underscores are expected")),
    }
}

fn present(content: &Content) -> Value {
    let kind = content.types.keys().next();
    let approval = content.approval.as_ref();
    json!({
        "type": "whatsapp",
        "name": approval.map(|approval| &approval.name),
        "category": approval.map(|approval| &approval.category),
        "content_type": kind,
        "status": if approval.is_some() { "received" } else { "unsubmitted" },
        "rejection_reason": "",
        "allow_category_change": true,
    })
}

fn url(app: &App, content: &Content) -> String {
    format!("{}{BASE}/{}/ApprovalRequests", app.public_url, content.sid)
}
