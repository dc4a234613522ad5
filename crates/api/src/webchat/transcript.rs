//! The transcript of a session, for its visitor to keep: plain text, which nothing runs.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use conversation::Message;

use super::listener::{name, role};
use super::visitor::Visitor;
use super::{Webchat, limits};
use crate::error::ApiError;
use crate::platform::look_at_conversation;

/// Returns the routes.
pub(super) fn routes() -> Router<Webchat> {
    Router::new().route("/webchat/v1/sessions/{session}/transcript", get(download))
}

async fn download(State(chat): State<Webchat>, visitor: Visitor) -> Result<Response, ApiError> {
    chat.limits.take(limits::TRANSCRIPTS, &visitor.session.identity, chat.app.now())?;
    let sid = visitor.session.conversation;
    let found = look_at_conversation(&*chat.app.platform, sid, |conversation| {
        let own = conversation.details().friendly_name.clone().unwrap_or_default();
        (own, conversation.messages().cloned().collect::<Vec<Message>>())
    });
    let (own, messages) = found.await?;
    let mut text = format!("{}\n{sid}\n\n", visitor.deployment.friendly_name);
    for message in &messages {
        let author = match role(message, &visitor.session.identity) {
            "visitor" => own.clone(),
            _ => name(&chat.app, &visitor, &message.author).await,
        };
        text.push_str(&entry(message, &author));
    }
    let disposition = format!("attachment; filename=\"chat-{sid}.txt\"");
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}

/// Writes one message; lines after the first are set in, so that none looks like another message.
fn entry(message: &Message, author: &str) -> String {
    let body = message.body.as_deref().unwrap_or_default().replace('\n', "\n    ");
    let files: Vec<&str> = message.media.iter().filter_map(|medium| medium.filename.as_deref()).collect();
    let files = match files.is_empty() {
        true => String::new(),
        false => format!(" [{}]", files.join(", ")),
    };
    format!("{}  {}: {body}{files}\n", message.date_created.to_iso8601(), one_line(author))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}
