//! Messages between an application and the browser in a call, and who is told of the browser's.

use axum::Router;
use axum::extract::State;
use axum::routing::{delete, post};
use domain::{CallSid, MessageSubscriptionSid, UserDefinedMessageSid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{MessageSubscription, Unit, resources};
use twiml::Method;

use super::{Ours, below_account, call_form, calls, live, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Document, Form, Path};
use crate::reply::{Answer, Reply};

/// The longest content of a message, in bytes.
const CONTENT_MAX: usize = 10_000;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Calls/{call}/UserDefinedMessages.json"), post(send))
        .route(&below_account("/Calls/{call}/UserDefinedMessageSubscriptions.json"), post(subscribe))
        .route(&below_account("/Calls/{call}/UserDefinedMessageSubscriptions/{sid}"), delete(unsubscribe))
}

#[derive(Deserialize)]
struct OfCall {
    call: CallSid,
}

#[derive(Deserialize)]
struct OneOfCall {
    call: CallSid,
    sid: Document<MessageSubscriptionSid>,
}

async fn send(
    State(app): State<Shared>,
    _: Ours,
    Path(OfCall { call }): Path<OfCall>,
    Form(form): Form,
) -> Answer {
    calls::find(&app, call).await?;
    let length = form.required("Content")?.len();
    if length > CONTENT_MAX {
        let reason = format!("it has {length} bytes: {CONTENT_MAX} at most are expected");
        return Err(ApiError::invalid("Content", reason));
    }
    let content = form.json("Content")?.unwrap_or_default();
    let mut tick = app.platform.tick();
    let sid: UserDefinedMessageSid = tick.sid();
    let told = app.platform.message_device(call, sid, content).await;
    live(told, &format!("The call {call} is not with a browser, or has ended"))?;
    Ok(Reply::created(json!({
        "sid": sid,
        "account_sid": app.account,
        "call_sid": call,
        "date_created": tick.now.to_rfc2822(),
    })))
}

async fn subscribe(
    State(app): State<Shared>,
    _: Ours,
    Path(OfCall { call }): Path<OfCall>,
    Form(form): Form,
) -> Answer {
    if calls::find(&app, call).await?.ended_at.is_some() {
        return Err(ApiError::new(catalog::CALL_STATE, format!("The call {call} has ended")));
    }
    form.required("Callback")?;
    let link = call_form::link(&form, ["Callback", "Method"], Method::Post)?;
    let link = link.ok_or_else(|| ApiError::missing("Callback"))?;
    let mut tick = app.platform.tick();
    let sid: MessageSubscriptionSid = tick.sid();
    let made = MessageSubscription {
        sid,
        call,
        callback: link.url,
        method: link.method.as_str().to_owned(),
        idempotency_key: form.filled("IdempotencyKey").map_or_else(|| sid.to_string(), str::to_owned),
        date_created: tick.now,
        date_updated: tick.now,
    };
    let kept = match app.store.commit(Unit::new().with(resources::insert(&made))).await {
        Ok(()) => made,
        // The same request came before: its subscription is the answer to this one too.
        Err(store::Error::Duplicate(_)) => {
            let (call, key) = (call.to_string(), &made.idempotency_key);
            let before = resources::by_name(&app.store, &call, key).await?;
            before.ok_or_else(ApiError::not_found)?
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Reply::created(present(&app, &kept)))
}

async fn unsubscribe(State(app): State<Shared>, _: Ours, Path(path): Path<OneOfCall>) -> Answer {
    let sid = path.sid.0.to_string();
    let found: Option<MessageSubscription> = resources::fetch(&app.store, &sid).await?;
    found.filter(|found| found.call == path.call).ok_or_else(ApiError::not_found)?;
    app.store.commit(Unit::new().with(resources::delete(&sid))).await?;
    Ok(Reply::deleted())
}

fn present(app: &App, subscription: &MessageSubscription) -> Value {
    let MessageSubscription { sid, call, date_created, .. } = subscription;
    json!({
        "sid": sid,
        "account_sid": app.account,
        "call_sid": call,
        "date_created": date_created.to_rfc2822(),
        "uri": uri(app.account, &format!("/Calls/{call}/UserDefinedMessageSubscriptions/{sid}.json")),
    })
}
