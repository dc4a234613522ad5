//! What an application says became of a message.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use domain::MessageSid;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Feedback, Message, Unit, messages};

use super::messages::find;
use super::{Ours, below_account, uri};
use crate::app::Shared;
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route(&below_account("/Messages/{message}/Feedback.json"), post(create))
}

#[derive(Deserialize)]
struct OfMessage {
    message: MessageSid,
}

/// What is said last counts.
async fn create(State(app): State<Shared>, _: Ours, Path(path): Path<OfMessage>, Form(form): Form) -> Answer {
    let message = find(&app, path.message).await?;
    let outcome = form.word("Outcome", &["confirmed", "unconfirmed"], |word| word)?.unwrap_or("confirmed");
    if !message.options.provides_feedback {
        let reason = "the message was not sent with ProvideFeedback=true: nobody expects to hear of it";
        return Err(ApiError::invalid("Outcome", reason));
    }
    let now = app.now();
    let feedback = Feedback {
        is_confirmed: outcome == "confirmed",
        date_created: message.feedback.map_or(now, |earlier| earlier.date_created),
        date_updated: now,
    };
    let message = Message { feedback: Some(feedback), ..message };
    app.store.commit(Unit::new().with(messages::put(&message))).await?;
    Ok(Reply::created(present(&message, feedback)))
}

fn present(message: &Message, feedback: Feedback) -> Value {
    json!({
        "account_sid": message.account,
        "message_sid": message.sid,
        "outcome": if feedback.is_confirmed { "confirmed" } else { "unconfirmed" },
        "date_created": feedback.date_created.to_rfc2822(),
        "date_updated": feedback.date_updated.to_rfc2822(),
        "uri": uri(message.account, &format!("/Messages/{}/Feedback.json", message.sid)),
    })
}
