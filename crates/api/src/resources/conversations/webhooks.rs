//! Webhooks of one conversation.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{
    AddWebhook, Command, Conversation, HookMethod, Subject, UpdateWebhook, Webhook, WebhookTarget,
};
use domain::{WebhookSid, named};
use serde::Deserialize;
use serde_json::{Value, json};

use super::participants::unexpected;
use super::place::Here;
use super::{hooks, in_both_forms};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// How often a failed hand-over to a flow is repeated.
const RETRIES: u32 = 3;

named! {
    /// The published kinds of a webhook's target.
    pub enum TargetKind {
        /// An application.
        Webhook = "webhook",
        /// An application, of messages with certain words.
        Trigger = "trigger",
        /// A flow.
        Studio = "studio",
    }
}

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    let all = "/Conversations/{conversation}/Webhooks";
    in_both_forms(all, get(list).post(create))
        .merge(in_both_forms(&format!("{all}/{{webhook}}"), get(fetch).post(update).delete(remove)))
}

#[derive(Deserialize)]
struct InPath {
    webhook: WebhookSid,
}

async fn list(State(app): State<Shared>, here: Here, list: List) -> Answer {
    let url = here.url("");
    here.look(&app, move |it| {
        let page = list.cut(it.webhooks().collect(), |webhook| webhook.sid.to_string());
        list.reply("webhooks", each(page, |webhook| present(&url, it, webhook)))
    })
    .await
}

async fn create(State(app): State<Shared>, here: Here, Form(form): Form) -> Answer {
    let command =
        AddWebhook { target: target(&form)?, replay_after: form.number("Configuration.ReplayAfter")? };
    let origin = conversation::Origin::api();
    match here.converse(&app, Command::AddWebhook(command), origin).await? {
        Subject::Webhook(sid) => Ok(Reply::created(show(&app, &here, sid).await?)),
        other => Err(unexpected(other)),
    }
}

async fn fetch(State(app): State<Shared>, here: Here, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(show(&app, &here, path.webhook).await?))
}

async fn update(State(app): State<Shared>, here: Here, Path(path): Path<InPath>, Form(form): Form) -> Answer {
    let sid = path.webhook;
    let before = here.find(&app, move |it| with_sid(it, sid).map(|webhook| webhook.target.clone())).await?;
    let command = UpdateWebhook { sid, target: changed(before, &form)? };
    here.converse(&app, Command::UpdateWebhook(command), conversation::Origin::api()).await?;
    Ok(Reply::ok(show(&app, &here, sid).await?))
}

async fn remove(State(app): State<Shared>, here: Here, Path(path): Path<InPath>) -> Answer {
    here.converse(&app, Command::RemoveWebhook(path.webhook), conversation::Origin::api()).await?;
    Ok(Reply::deleted())
}

fn with_sid(it: &Conversation, sid: WebhookSid) -> Option<&Webhook> {
    it.webhooks().find(|webhook| webhook.sid == sid)
}

fn target(form: &Parameters) -> Result<WebhookTarget, ApiError> {
    let url = || form.required("Configuration.Url");
    let method = hooks::method(form, "Configuration.Method")?.unwrap_or(HookMethod::Post);
    Ok(match form.required_as("Target")? {
        TargetKind::Webhook => WebhookTarget::Url { url: url()?, method, filters: filters(form)? },
        TargetKind::Trigger => {
            WebhookTarget::Trigger { url: url()?, method, triggers: form.all("Configuration.Triggers") }
        }
        TargetKind::Studio => WebhookTarget::Studio {
            flow_sid: form.required_as("Configuration.FlowSid")?,
            retry_count: RETRIES,
        },
    })
}

/// What the form leaves out stays; the kind of a target can not be changed.
fn changed(before: WebhookTarget, form: &Parameters) -> Result<WebhookTarget, ApiError> {
    let url_over = |url| form.filled("Configuration.Url").map_or(url, str::to_owned);
    let given_method = hooks::method(form, "Configuration.Method")?;
    Ok(match before {
        WebhookTarget::Url { url, method, filters: old } => WebhookTarget::Url {
            url: url_over(url),
            method: given_method.unwrap_or(method),
            filters: if form.text("Configuration.Filters").is_some() { filters(form)? } else { old },
        },
        WebhookTarget::Trigger { url, method, triggers } => WebhookTarget::Trigger {
            url: url_over(url),
            method: given_method.unwrap_or(method),
            triggers: match form.all("Configuration.Triggers") {
                given if given.is_empty() => triggers,
                given => given,
            },
        },
        WebhookTarget::Studio { flow_sid, retry_count } => WebhookTarget::Studio {
            flow_sid: form.parsed("Configuration.FlowSid")?.unwrap_or(flow_sid),
            retry_count,
        },
    })
}

fn filters(form: &Parameters) -> Result<Vec<conversation::HookEvent>, ApiError> {
    hooks::events(form, "Configuration.Filters")
}

async fn show(app: &App, here: &Here, sid: WebhookSid) -> Result<Value, ApiError> {
    let url = here.url("");
    here.find(app, move |it| with_sid(it, sid).map(|webhook| present(&url, it, webhook))).await
}

fn present(url: &str, it: &Conversation, webhook: &Webhook) -> Value {
    let (target, configuration) = match &webhook.target {
        WebhookTarget::Url { url, method, filters } => {
            (TargetKind::Webhook, json!({ "url": url, "method": method, "filters": filters }))
        }
        WebhookTarget::Trigger { url, method, triggers } => {
            (TargetKind::Trigger, json!({ "url": url, "method": method, "triggers": triggers }))
        }
        WebhookTarget::Studio { flow_sid, .. } => (TargetKind::Studio, json!({ "flow_sid": flow_sid })),
    };
    json!({
        "sid": webhook.sid,
        "account_sid": it.details().account_sid,
        "chat_service_sid": it.details().service_sid,
        "conversation_sid": it.details().sid,
        "target": target,
        "configuration": configuration,
        "date_created": webhook.date_created.to_iso8601(),
        "date_updated": webhook.date_updated.to_iso8601(),
        "url": format!("{url}/Webhooks/{}", webhook.sid),
    })
}
