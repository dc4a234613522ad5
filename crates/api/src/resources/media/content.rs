//! The content of media: pictures are shown, all else is downloaded, and nothing of it runs.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use conversation::MessageMedia;
use domain::{ConversationSid, MediaSid};
use store::{Medium, resources};

use super::{InPath, find, tickets};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::platform::look_at_conversation;
use crate::resources::sniffing;

/// Types that say nothing to a browser that it would run, and that networks want to know.
const HARMLESS: [&str; 8] = [
    "application/pdf",
    "audio/amr",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "text/plain",
    "video/mp4",
    "video/webm",
];

/// Answers whoever has the account's credentials.
pub(super) async fn fetch(State(app): State<Shared>, Path(path): Path<InPath>) -> Result<Response, ApiError> {
    serve(&app, &find(&app, path.service, path.medium).await?).await
}

/// Answers whoever has a link that was given out lately.
pub(super) async fn redeem(
    State(app): State<Shared>,
    Path(ticket): Path<String>,
) -> Result<Response, ApiError> {
    let sid = tickets::read(&app.auth_token, &ticket, app.now()).ok_or_else(ApiError::not_found)?;
    let found: Option<Medium> = resources::fetch(&app.store, &sid.to_string()).await?;
    serve(&app, &found.ok_or_else(ApiError::not_found)?).await
}

/// Returns a medium that a message of the conversation has.
pub(crate) async fn medium_of_message(
    app: &App,
    conversation: ConversationSid,
    medium: MediaSid,
) -> Result<MessageMedia, ApiError> {
    let found = look_at_conversation(&*app.platform, conversation, move |conversation| {
        let mut media = conversation.messages().flat_map(|message| &message.media);
        media.find(|other| other.sid == medium).cloned()
    });
    found.await?.ok_or_else(ApiError::not_found)
}

/// Answers with a medium that a message has, whoever brought it.
pub(crate) async fn serve_message_medium(app: &App, medium: &MessageMedia) -> Result<Response, ApiError> {
    let uploaded: Option<Medium> = resources::fetch(&app.store, &medium.sid.to_string()).await?;
    match uploaded {
        Some(uploaded) => serve(app, &uploaded).await,
        None => serve_content(app, medium.sid, &medium.content_type, medium.filename.as_deref()).await,
    }
}

/// Answers with a medium.
pub(crate) async fn serve(app: &App, medium: &Medium) -> Result<Response, ApiError> {
    match &medium.source_url {
        Some(url) => Ok(Redirect::temporary(url).into_response()),
        None => serve_content(app, medium.sid, &medium.content_type, medium.filename.as_deref()).await,
    }
}

async fn serve_content(
    app: &App,
    sid: MediaSid,
    content_type: &str,
    filename: Option<&str>,
) -> Result<Response, ApiError> {
    let content = app.platform.medium(sid).await?.ok_or_else(ApiError::not_found)?;
    let is_shown = sniffing::is_shown(content_type);
    let is_told = is_shown || HARMLESS.contains(&content_type);
    let content_type = if is_told { content_type } else { "application/octet-stream" };
    let mut response = content.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_DISPOSITION, &disposition(filename, is_shown)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        let value = HeaderValue::from_str(value).map_err(|_| ApiError::not_found())?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// RFC 6266 §4.3: the name is encoded whole, so that nothing in it can end the header.
fn disposition(filename: Option<&str>, is_shown: bool) -> String {
    let kind = if is_shown { "inline" } else { "attachment" };
    let name = filename.unwrap_or("attachment");
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("{kind}; filename*=UTF-8''{name}")
}
