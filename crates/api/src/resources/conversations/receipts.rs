//! Receipts: what became of a message on its way to each participant behind an address.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{Conversation, Message, Receipt};
use domain::{ConversationMessageSid, ReceiptSid};
use serde::Deserialize;
use serde_json::{Value, json};

use super::in_both_forms;
use super::messages::with_sid;
use super::place::Here;
use crate::app::Shared;
use crate::form::Path;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    let all = "/Conversations/{conversation}/Messages/{message}/Receipts";
    in_both_forms(all, get(list)).merge(in_both_forms(&format!("{all}/{{receipt}}"), get(fetch)))
}

#[derive(Deserialize)]
struct OfMessage {
    message: ConversationMessageSid,
}

#[derive(Deserialize)]
struct One {
    message: ConversationMessageSid,
    receipt: ReceiptSid,
}

async fn list(State(app): State<Shared>, here: Here, Path(path): Path<OfMessage>, list: List) -> Answer {
    let url = here.url("");
    here.find(&app, move |it| {
        let message = with_sid(it, path.message)?;
        let page = list.cut(message.receipts.iter().collect(), |receipt| receipt.sid.to_string());
        Some(list.reply("delivery_receipts", each(page, |receipt| present(&url, it, message, receipt))))
    })
    .await
}

async fn fetch(State(app): State<Shared>, here: Here, Path(path): Path<One>) -> Answer {
    let url = here.url("");
    let shown = here.find(&app, move |it| {
        let message = with_sid(it, path.message)?;
        let receipt = message.receipts.iter().find(|receipt| receipt.sid == path.receipt)?;
        Some(present(&url, it, message, receipt))
    });
    Ok(Reply::ok(shown.await?))
}

fn present(url: &str, it: &Conversation, message: &Message, receipt: &Receipt) -> Value {
    json!({
        "sid": receipt.sid,
        "account_sid": it.details().account_sid,
        "chat_service_sid": it.details().service_sid,
        "conversation_sid": message.conversation_sid,
        "message_sid": message.sid,
        "channel_message_sid": receipt.channel_message_sid,
        "participant_sid": receipt.participant_sid,
        "status": receipt.status,
        "error_code": receipt.error_code.unwrap_or(0),
        "date_created": receipt.date_created.to_iso8601(),
        "date_updated": receipt.date_updated.to_iso8601(),
        "url": format!("{url}/Messages/{}/Receipts/{}", message.sid, receipt.sid),
    })
}
