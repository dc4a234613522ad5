//! Applications are told what happened in conversations, and asked before it happens.

use std::sync::Arc;
use std::time::Duration;

use api::conversation_hooks::{self, Pairs};
use conversation::{
    Event, HookAnswer, HookEvent, HookMethod, HookQuestion, Notice, QuestionId, TimerSettings, Webhook,
    WebhookTarget,
};
use domain::{ConversationServiceSid, ConversationSid, Timestamp};
use serde::{Deserialize, Serialize};
use store::{ConversationHooks, ConversationService, ConversationSettings, Error, resources};
use webhooks::{Backoff, Body, Method, Request, Response, RetryPolicy};

use crate::clock;
use crate::errand::{Errand, Owed};
use crate::house::House;
use crate::work::Work;

/// How long an application may take (published: 5 s for the webhooks of conversations).
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often and how patiently an application is told that does not listen.
const RETRIES: RetryPolicy = RetryPolicy {
    attempts: 5,
    backoff: Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60) },
};

/// Who is asked and told of a conversation besides its own webhooks.
#[derive(Debug, Default)]
pub(super) struct Hooks {
    /// Those of the service first, then those of the account.
    levels: Vec<ConversationHooks>,
    timers: TimerSettings,
}

/// Something to tell an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HookCall {
    url: String,
    method: HookMethod,
    parameters: Pairs,
}

/// Something to ask an application before it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HookInquiry {
    conversation: ConversationSid,
    question: QuestionId,
    /// When silence counts as consent.
    deadline: Timestamp,
    call: HookCall,
}

impl Hooks {
    /// Reads who is asked and told of the conversations of a service.
    pub(super) async fn read(house: &House, service: ConversationServiceSid) -> Result<Self, Error> {
        let store = &house.store;
        let own: Option<ConversationService> = resources::fetch(store, &service.to_string()).await?;
        let settings = settings(house).await?;
        let levels = own.map(|own| own.hooks).into_iter().chain([settings.hooks]).collect();
        Ok(Self { levels, timers: settings.timers })
    }

    /// Returns the timers of conversations that have none of their own.
    pub(super) fn timers(&self) -> TimerSettings {
        self.timers
    }

    /// Returns what applications want to be asked about.
    pub(super) fn asks(&self) -> Vec<HookEvent> {
        let asking = self.levels.iter().filter(|level| level.pre_url.is_some());
        asking.flat_map(|level| level.filters.iter().filter_map(|filter| filter.parse().ok())).collect()
    }

    /// Returns what applications are told of something that happened.
    pub(super) fn calls(&self, notice: &Notice) -> impl Iterator<Item = HookCall> {
        let event = notice.fact.hook_event().filter(|_| notice.origin.is_heard);
        let hearing =
            self.levels.iter().filter(move |level| event.is_some_and(|event| is_wanted(level, event)));
        hearing.filter_map(|level| {
            let url = level.post_url.clone().filter(|url| !url.is_empty())?;
            let parameters = conversation_hooks::told(notice)?;
            Some(HookCall { url, method: level.method, parameters })
        })
    }
}

/// Returns what holds for all conversations of the account.
pub(crate) async fn settings(house: &House) -> Result<ConversationSettings, Error> {
    let key = ConversationSettings::key(house.account);
    let found = resources::fetch(&house.store, &key).await?;
    Ok(found.unwrap_or_else(|| ConversationSettings::unset(house.account)))
}

/// Returns what the application that wants to be asked is asked; that of the service, where both want it.
pub(super) fn inquiry(
    hooks: &Hooks,
    conversation: ConversationSid,
    question: &HookQuestion,
) -> Option<HookInquiry> {
    let level =
        hooks.levels.iter().find(|level| level.pre_url.is_some() && is_wanted(level, question.event))?;
    let url = level.pre_url.clone()?;
    let call = HookCall { url, method: level.method, parameters: conversation_hooks::asked(question) };
    Some(HookInquiry { conversation, question: question.question, deadline: question.deadline, call })
}

/// Tells an application what happened, a few times if need be.
pub(crate) async fn call(house: &Arc<House>, owed: &Owed, call: &HookCall) -> Result<(), Error> {
    let mut attempts = 0;
    while let Err(reason) = request(house, owed, call).await.and_then(taken) {
        attempts += 1;
        tracing::warn!(url = call.url, attempts, reason, "a conversation's webhook was not taken");
        let next = RETRIES.next_attempt(attempts, clock::now(), clock::random_word());
        let Some(next) = next else { break };
        tokio::time::sleep(next.since(clock::now())).await;
    }
    house.commit(Work::settling(owed)).await
}

/// Asks an application, and tells the conversation what it said; silence and what can not be reached consent.
pub(crate) async fn ask(house: &Arc<House>, owed: &Owed, inquiry: &HookInquiry) -> Result<(), Error> {
    let answer = if clock::now() >= inquiry.deadline {
        HookAnswer::Publish
    } else {
        match request(house, owed, &inquiry.call).await {
            Ok(response) => conversation_hooks::answer(response.status, &response.text()),
            Err(reason) => {
                tracing::warn!(
                    url = inquiry.call.url,
                    reason,
                    "an application that is asked first was silent"
                );
                HookAnswer::Publish
            }
        }
    };
    let mut work = Work::settling(owed);
    let event = Event::HookAnswered { question: inquiry.question, answer };
    work.owe(Errand::TellConversation { conversation: inquiry.conversation, event: Box::new(event) });
    house.commit(work).await
}

impl HookCall {
    /// Returns what a conversation's own webhook is told; none for flows.
    pub(super) fn of_webhook(webhook: &Webhook, notice: &Notice) -> Option<Self> {
        let (url, method) = match &webhook.target {
            WebhookTarget::Url { url, method, .. } | WebhookTarget::Trigger { url, method, .. } => {
                (url, *method)
            }
            WebhookTarget::Studio { .. } => return None,
        };
        let parameters = conversation_hooks::told(notice)?;
        Some(Self { url: url.clone(), method, parameters })
    }
}

/// Applications of account and service hear of nothing that they did not ask for.
fn is_wanted(level: &ConversationHooks, event: HookEvent) -> bool {
    level.filters.iter().any(|filter| filter.eq_ignore_ascii_case(event.as_str()))
}

async fn request(house: &House, owed: &Owed, call: &HookCall) -> Result<Response, String> {
    let mut request = Request::post(&call.url, Body::Form(call.parameters.clone()));
    request.method = match call.method {
        HookMethod::Get => Method::Get,
        HookMethod::Post => Method::Post,
    };
    request.idempotency_token = Some(owed.id.clone());
    request.timeout = TIMEOUT;
    house.webhooks().send(request).await.map_err(|failure| failure.to_string())
}

fn taken(response: Response) -> Result<(), String> {
    if response.is_success() { Ok(()) } else { Err(format!("HTTP {}", response.status)) }
}
