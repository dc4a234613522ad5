//! What a visitor does in a conversation: writes, types, reads.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use conversation::{AddMessage, Command, MessageMedia, Origin, Seat, Subject, UpdateParticipant};

use super::frames::{Author, shown};
use super::listener::{name, role};
use super::visitor::Visitor;
use super::{Webchat, limits};
use crate::error::ApiError;
use crate::form::{Form, idempotency};
use crate::parameters::Parameters;
use crate::platform::{LiveEvent, look_at_conversation};
use crate::reply::{Answer, Reply};

/// The most attachments of one message.
const MEDIA_MAX: usize = 10;

/// Returns the routes.
pub(super) fn routes() -> Router<Webchat> {
    Router::new()
        .route("/webchat/v1/sessions/{session}/messages", post(write))
        .route("/webchat/v1/sessions/{session}/typing", post(show_typing))
        .route("/webchat/v1/sessions/{session}/read", post(mark_read))
}

/// Adds a message; one that is sent again with the same key is answered with what the first became.
async fn write(
    State(chat): State<Webchat>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form,
) -> Answer {
    let key = key(&headers, &form)?;
    chat.limits.take(limits::MESSAGES, &visitor.session.identity, chat.app.now())?;
    let media = media(&chat, &visitor, &form)?;
    let message = AddMessage {
        author: Some(visitor.session.identity.clone()),
        body: form.text("Body").filter(|body| !body.trim().is_empty()),
        media,
        // Keys of visitors have a room of their own among the tokens of the conversation.
        token: key.map(|key| format!("webchat-{key}")),
        ..AddMessage::default()
    };
    let (sid, origin) = (visitor.session.conversation, Origin::client(&visitor.session.identity));
    let added = chat.app.platform.converse(sid, Command::AddMessage(Box::new(message)), origin).await?;
    let Subject::Message(added) = added else { return Err(ApiError::not_found()) };
    let look = look_at_conversation(&*chat.app.platform, sid, move |conversation| {
        conversation.message(added).cloned()
    });
    let message = look.await?.map_err(crate::platform::Failure::from)?;
    let author = Author {
        role: role(&message, &visitor.session.identity),
        name: name(&chat.app, &visitor, &message.author).await,
    };
    Ok(Reply::created(shown(&message, &author)))
}

/// Tells the other side; nothing is kept of it.
async fn show_typing(State(chat): State<Webchat>, visitor: Visitor) -> Answer {
    let at = chat.app.now();
    chat.limits.take(limits::SIGNS, &visitor.session.identity, at)?;
    let (conversation, identity) = (visitor.session.conversation, visitor.session.identity);
    chat.app.platform.tell(LiveEvent::Typing { conversation, identity, at });
    Ok(Reply::deleted())
}

async fn mark_read(State(chat): State<Webchat>, visitor: Visitor, Form(form): Form) -> Answer {
    let index = form.number("Index")?.ok_or_else(|| ApiError::missing("Index"))?;
    chat.limits.take(limits::SIGNS, &visitor.session.identity, chat.app.now())?;
    let (sid, identity) = (visitor.session.conversation, visitor.session.identity);
    let seat = Seat::Identity(identity.clone());
    let participant = look_at_conversation(&*chat.app.platform, sid, move |conversation| {
        conversation.participant_at(&seat).map(|participant| participant.sid)
    });
    let update = UpdateParticipant {
        sid: participant.await?.ok_or_else(ApiError::not_found)?,
        attributes: None,
        role_sid: None,
        last_read_message_index: Some(index),
        last_read_timestamp: None,
    };
    let command = Command::UpdateParticipant(update);
    chat.app.platform.converse(sid, command, Origin::client(identity)).await?;
    Ok(Reply::deleted())
}

fn key(headers: &HeaderMap, form: &Parameters) -> Result<Option<String>, ApiError> {
    match idempotency::key(headers)? {
        Some(key) => Ok(Some(key)),
        None => form.filled("IdempotencyKey").map(|key| idempotency::checked(key.to_owned())).transpose(),
    }
}

/// Reads which attachments go with the message: each was uploaded by this visitor.
fn media(chat: &Webchat, visitor: &Visitor, form: &Parameters) -> Result<Vec<MessageMedia>, ApiError> {
    let named = form.list("MediaSid");
    if named.len() > MEDIA_MAX {
        return Err(ApiError::invalid("MediaSid", format!("a message has at most {MEDIA_MAX} attachments")));
    }
    let read = |text: &String| {
        let sid = text.parse().map_err(|error| ApiError::invalid("MediaSid", error))?;
        chat.attachments.uploaded(sid, visitor.session.conversation, chat.app.now())
    };
    named.iter().map(read).collect()
}
