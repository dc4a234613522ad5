//! Messages of a conversation.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{
    AddMessage, Command, Conversation, DeliverySummary, Message, MessageMedia, Subject, UpdateMessage,
};
use domain::ConversationMessageSid;
use serde::Deserialize;
use serde_json::{Value, json};

use super::in_both_forms;
use super::parameters::ByRest;
use super::participants::unexpected;
use super::place::Here;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    let all = "/Conversations/{conversation}/Messages";
    in_both_forms(all, get(list).post(create))
        .merge(in_both_forms(&format!("{all}/{{message}}"), get(fetch).post(update).delete(remove)))
}

#[derive(Deserialize)]
struct InPath {
    message: ConversationMessageSid,
}

async fn list(State(app): State<Shared>, here: Here, list: List) -> Answer {
    let is_newest_first = is_newest_first(&list.query)?;
    let url = here.url("");
    here.look(&app, move |it| {
        let mut all: Vec<_> = it.messages().collect();
        if is_newest_first {
            all.reverse();
        }
        let page = list.cut(all, |message| message.sid.to_string());
        list.reply("messages", each(page, |message| present(&url, it, message)))
    })
    .await
}

async fn create(State(app): State<Shared>, here: Here, ByRest(origin): ByRest, Form(form): Form) -> Answer {
    let command = Command::AddMessage(Box::new(addition(&form)?));
    let subject = here.converse(&app, command, origin).await?;
    let Subject::Message(sid) = subject else { return Err(unexpected(subject)) };
    Ok(Reply::created(show(&app, &here, sid).await?))
}

async fn fetch(State(app): State<Shared>, here: Here, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(show(&app, &here, path.message).await?))
}

async fn update(
    State(app): State<Shared>,
    here: Here,
    Path(path): Path<InPath>,
    ByRest(origin): ByRest,
    Form(form): Form,
) -> Answer {
    let command = UpdateMessage {
        author: form.text("Author"),
        body: form.text("Body"),
        subject: form.text("Subject"),
        attributes: form.text("Attributes"),
        ..UpdateMessage::of(path.message)
    };
    here.converse(&app, Command::UpdateMessage(command), origin).await?;
    Ok(Reply::ok(show(&app, &here, path.message).await?))
}

async fn remove(
    State(app): State<Shared>,
    here: Here,
    Path(path): Path<InPath>,
    ByRest(origin): ByRest,
) -> Answer {
    here.converse(&app, Command::RemoveMessage(path.message), origin).await?;
    Ok(Reply::deleted())
}

/// Returns a message of a conversation.
pub(super) fn with_sid(it: &Conversation, sid: ConversationMessageSid) -> Option<&Message> {
    it.messages().find(|message| message.sid == sid)
}

fn is_newest_first(query: &Parameters) -> Result<bool, ApiError> {
    match query.filled("Order").map(str::to_ascii_lowercase).as_deref() {
        None | Some("asc") => Ok(false),
        Some("desc") => Ok(true),
        Some(other) => {
            Err(ApiError::invalid("Order", format!("'{other}' is not known: asc or desc is expected")))
        }
    }
}

fn addition(form: &Parameters) -> Result<AddMessage, ApiError> {
    if form.filled("MediaSid").is_some() {
        let reason = "there is no media service here to find it in: send the text, with a link where needed";
        return Err(ApiError::invalid("MediaSid", reason));
    }
    Ok(AddMessage {
        author: form.filled("Author").map(str::to_owned),
        body: form.text("Body"),
        subject: form.text("Subject"),
        content_sid: form.parsed("ContentSid")?,
        content_variables: form.text("ContentVariables"),
        attributes: form.text("Attributes"),
        date_created: form.date("DateCreated")?,
        ..AddMessage::default()
    })
}

async fn show(app: &App, here: &Here, sid: ConversationMessageSid) -> Result<Value, ApiError> {
    let url = here.url("");
    here.find(app, move |it| with_sid(it, sid).map(|message| present(&url, it, message))).await
}

/// Presents a message of the conversation with this URL.
pub(in crate::resources) fn present(url: &str, it: &Conversation, message: &Message) -> Value {
    let own = format!("{url}/Messages/{}", message.sid);
    json!({
        "sid": message.sid,
        "account_sid": it.details().account_sid,
        "chat_service_sid": it.details().service_sid,
        "conversation_sid": message.conversation_sid,
        "index": message.index,
        "author": message.author,
        "participant_sid": message.participant_sid,
        "body": message.body,
        "subject": message.subject,
        "media": media(&message.media),
        "attributes": message.attributes.text(),
        "delivery": message.delivery().map(present_delivery),
        "content_sid": message.content_sid,
        "date_created": message.date_created.to_iso8601(),
        "date_updated": message.date_updated.to_iso8601(),
        "links": { "delivery_receipts": format!("{own}/Receipts") },
        "url": own,
    })
}

fn media(media: &[MessageMedia]) -> Value {
    let present = |medium: &MessageMedia| {
        json!({
            "sid": medium.sid,
            "size": medium.size,
            "content_type": medium.content_type,
            "filename": medium.filename,
        })
    };
    if media.is_empty() { Value::Null } else { media.iter().map(present).collect() }
}

fn present_delivery(delivery: DeliverySummary) -> Value {
    json!({
        "total": delivery.total,
        "sent": delivery.sent,
        "delivered": delivery.delivered,
        "read": delivery.read,
        "failed": delivery.failed,
        "undelivered": delivery.undelivered,
    })
}
