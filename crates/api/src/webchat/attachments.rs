//! Attachments: announced, brought by a link that works once, named in a message, and fetched by another such link.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post, put};
use conversation::MessageMedia;
use domain::{ConversationSid, MediaSid, Timestamp};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::json;

use super::frames::medium;
use super::visitor::Visitor;
use super::{Webchat, limits};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::reply::{Answer, Reply};
use crate::resources::{medium_of_message, serve_message_medium, sniffing};

/// The most bytes of an attachment.
const SIZE_MAX: usize = 5 * 1024 * 1024;

/// The most characters of a file's name.
const FILENAME_MAX: usize = 128;

/// How long a link works, and how long an attachment waits for its message.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How many attachments and links wait at most.
const WAITING_MAX: usize = 10_000;

/// Returns the routes.
pub(super) fn routes() -> Router<Webchat> {
    Router::new()
        .route("/webchat/v1/sessions/{session}/attachments", post(announce))
        .route("/webchat/v1/sessions/{session}/attachments/{medium}/link", post(link))
        .route("/webchat/v1/uploads/{ticket}", put(upload))
        .route("/webchat/v1/downloads/{ticket}", get(download))
}

/// What waits: links for their use, attachments for their message.
#[derive(Default)]
pub(super) struct Waiting {
    links: Mutex<BTreeMap<String, Link>>,
    uploaded: Mutex<BTreeMap<MediaSid, Uploaded>>,
}

/// A link that works once.
struct Link {
    conversation: ConversationSid,
    medium: MediaSid,
    filename: String,
    /// Whether it brings the attachment, or fetches it.
    is_upload: bool,
    ends_at: Timestamp,
}

/// An attachment that no message names yet.
struct Uploaded {
    conversation: ConversationSid,
    medium: MessageMedia,
    ends_at: Timestamp,
}

impl Waiting {
    /// Returns an attachment that a visitor brought.
    pub(super) fn uploaded(
        &self,
        sid: MediaSid,
        conversation: ConversationSid,
        now: Timestamp,
    ) -> Result<MessageMedia, ApiError> {
        let uploaded = self.uploaded.lock();
        let found = uploaded.get(&sid).filter(|it| it.conversation == conversation && it.ends_at > now);
        let missing = || {
            ApiError::invalid(
                "MediaSid",
                format!("{sid} was not uploaded here, or long ago: upload it again"),
            )
        };
        found.map(|it| it.medium.clone()).ok_or_else(missing)
    }

    fn keep(&self, uploaded: Uploaded, now: Timestamp) {
        let mut waiting = self.uploaded.lock();
        waiting.retain(|_, other| other.ends_at > now);
        waiting.insert(uploaded.medium.sid, uploaded);
    }

    fn offer(&self, ticket: String, link: Link, now: Timestamp) -> Result<(), ApiError> {
        let mut links = self.links.lock();
        links.retain(|_, other| other.ends_at > now);
        if links.len() >= WAITING_MAX {
            return Err(ApiError::new(catalog::TOO_MANY_REQUESTS, "Too many links wait for their use"));
        }
        links.insert(ticket, link);
        Ok(())
    }

    /// Uses a link up.
    fn redeem(&self, ticket: &str, is_upload: bool, now: Timestamp) -> Result<Link, ApiError> {
        let mut links = self.links.lock();
        let is_good = links.get(ticket).is_some_and(|link| link.is_upload == is_upload && link.ends_at > now);
        let link = if is_good { links.remove(ticket) } else { None };
        link.ok_or_else(|| {
            ApiError::new(catalog::GONE, "The link was used, or has expired: ask for another one")
        })
    }
}

/// Gives out the link for an upload.
async fn announce(State(chat): State<Webchat>, visitor: Visitor, Form(form): Form) -> Answer {
    let filename = filename(&form.required("Filename")?);
    let size: usize = form.number("Size")?.ok_or_else(|| ApiError::missing("Size"))?;
    if size > SIZE_MAX {
        return Err(too_large());
    }
    let mut tick = chat.app.platform.tick();
    chat.limits.take(limits::ATTACHMENTS, &visitor.session.identity, tick.now)?;
    let (medium, conversation) = (tick.sid(), visitor.session.conversation);
    let link = Link { conversation, medium, filename, is_upload: true, ends_at: tick.now + PATIENCE };
    let ticket = chat.app.platform.secret();
    let url = format!("{}/webchat/v1/uploads/{ticket}", chat.app.public_url);
    chat.attachments.offer(ticket, link, tick.now)?;
    let expires = (tick.now + PATIENCE).to_iso8601();
    Ok(Reply::created(json!({ "sid": medium, "upload_url": url, "size_max": SIZE_MAX, "expires": expires })))
}

/// Takes the attachment; its type is what its bytes say.
async fn upload(State(chat): State<Webchat>, Path(ticket): Path<String>, body: Body) -> Answer {
    let now = chat.app.now();
    let link = chat.attachments.redeem(&ticket, true, now)?;
    let content = to_bytes(body, SIZE_MAX).await.map_err(|_| too_large())?;
    let content_type = sniffing::content_type(&content).filter(|_| !content.is_empty()).ok_or_else(|| {
        let expected = "pictures, PDF, office documents, archives, sound, video and text are taken";
        ApiError::invalid(
            "Attachment",
            format!("'{}' is of no type that is taken: {expected}", link.filename),
        )
    })?;
    let kept = MessageMedia {
        sid: link.medium,
        size: content.len() as u64,
        content_type: content_type.to_owned(),
        filename: Some(link.filename),
    };
    chat.app.platform.keep_medium(link.medium, content.to_vec()).await?;
    let answer = medium(&kept);
    let uploaded = Uploaded { conversation: link.conversation, medium: kept, ends_at: now + PATIENCE };
    chat.attachments.keep(uploaded, now);
    Ok(Reply::created(answer))
}

#[derive(Deserialize)]
struct OfMedium {
    medium: MediaSid,
}

/// Gives out the link for a download of what a message of the conversation has.
async fn link(State(chat): State<Webchat>, visitor: Visitor, Path(path): Path<OfMedium>) -> Answer {
    let now = chat.app.now();
    chat.limits.take(limits::SIGNS, &visitor.session.identity, now)?;
    let conversation = visitor.session.conversation;
    let found = medium_of_message(&chat.app, conversation, path.medium).await?;
    let link = Link {
        conversation,
        medium: found.sid,
        filename: found.filename.unwrap_or_default(),
        is_upload: false,
        ends_at: now + PATIENCE,
    };
    let ticket = chat.app.platform.secret();
    let url = format!("{}/webchat/v1/downloads/{ticket}", chat.app.public_url);
    chat.attachments.offer(ticket, link, now)?;
    Ok(Reply::created(json!({ "url": url, "expires": (now + PATIENCE).to_iso8601() })))
}

async fn download(State(chat): State<Webchat>, Path(ticket): Path<String>) -> Result<Response, ApiError> {
    let link = chat.attachments.redeem(&ticket, false, chat.app.now())?;
    let found = medium_of_message(&chat.app, link.conversation, link.medium).await?;
    serve_message_medium(&chat.app, &found).await
}

fn too_large() -> ApiError {
    ApiError::new(catalog::TOO_LARGE, format!("The attachment has more than {SIZE_MAX} bytes"))
}

/// Takes the last part of a path without what can not be seen, so that a name is nothing but a name.
fn filename(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_hidden =
        |c: &char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let seen: String = last.chars().filter(|c| !is_hidden(c)).take(FILENAME_MAX).collect();
    let name = seen.trim().trim_start_matches('.');
    if name.is_empty() { "attachment".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_leads_nowhere_and_hides_nothing() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a.txt", "a.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
            (".htaccess", "htaccess"),
            ("\n", "attachment"),
        ] {
            assert_eq!(filename(given), kept, "{given:?}");
        }
    }
}
