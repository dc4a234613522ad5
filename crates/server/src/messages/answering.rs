//! Who listens to a number: a flow of this house, or an application that is asked and answers with TwiML or a text.

use std::sync::Arc;

use api::{OutboundMessage, payloads};
use domain::{FlowSid, MessageSid};
use serde_json::{Map, Value};
use store::{Direction, Error, Message, MessagingService, TwimlApplication, Webhook, resources};
use twiml::{Redirect, Sms, Verb};
use webhooks::{Body, Method, Request, Response};

use super::composing::{Rejection, Unsent, compose, number_of_ours};
use super::{loop_guard, senders, sending};
use crate::clock;
use crate::document::{self, Problem};
use crate::errand::{Contact, Errand, Owed};
use crate::house::House;
use crate::work::Work;

/// Who hears of a message that no conversation takes.
pub(crate) enum Listener {
    /// A flow.
    Flow(FlowSid),
    /// An application.
    Application(Box<Webhook>),
    /// Nobody: the message is only listed.
    Nobody,
}

/// Returns who listens to the messages of a number: its service's webhook, else its application's, else its own.
pub(crate) async fn listener(house: &House, message: &Message) -> Result<Listener, Error> {
    let webhook = webhook_of(house, message).await?;
    let Some(url) = webhook.url.as_deref().filter(|url| !url.is_empty()) else { return Ok(Listener::Nobody) };
    Ok(match payloads::flow_of_url(url, house.account) {
        Some(flow) => Listener::Flow(flow),
        None => Listener::Application(Box::new(webhook)),
    })
}

/// Asks the application behind a number what to do with a message, and does that.
pub(crate) async fn answer(house: &Arc<House>, owed: &Owed, sid: MessageSid) -> Result<(), Error> {
    let mut work = Work::settling(owed);
    if let Some(message) = store::messages::fetch(&house.store, &sid.to_string()).await?
        && let Listener::Application(webhook) = listener(house, &message).await?
    {
        let mut talk = Talk { house, message: &message, token: &owed.id, pages: 0 };
        talk.go(&mut work, Page::first(&message, &webhook)).await?;
    }
    house.commit(work).await
}

async fn webhook_of(house: &House, message: &Message) -> Result<Webhook, Error> {
    let service: Option<MessagingService> = match &message.messaging_service_sid {
        Some(sid) => senders::service(house, sid).await?,
        None => None,
    };
    if let Some(service) = service.filter(|service| !service.uses_number_webhooks) {
        return Ok(service.inbound);
    }
    let Some(number) = number_of_ours(house, &message.to).await? else { return Ok(Webhook::default()) };
    let application: Option<TwimlApplication> = match &number.sms.application_sid {
        Some(sid) => resources::fetch(&house.store, sid).await?,
        None => None,
    };
    Ok(application.map_or(number.sms, |application| application.sms))
}

/// A document that is to be asked for.
struct Page {
    url: String,
    method: Method,
    fallback: Option<(String, Method)>,
    parameters: Vec<(String, String)>,
}

impl Page {
    fn first(message: &Message, webhook: &Webhook) -> Self {
        let fallback = webhook.fallback_url.clone().filter(|url| !url.is_empty());
        Self {
            url: webhook.url.clone().unwrap_or_default(),
            method: method(webhook.method.as_deref()),
            fallback: fallback.map(|url| (url, method(webhook.fallback_method.as_deref()))),
            parameters: pairs(payloads::incoming_message(message)),
        }
    }
}

/// What an application answers, or why that is no answer.
type Answer = Result<(Vec<Verb>, String), Problem>;

/// A dialogue with an application about one message.
struct Talk<'a> {
    house: &'a Arc<House>,
    message: &'a Message,
    token: &'a str,
    pages: u32,
}

impl Talk<'_> {
    /// Asks for documents until one leads to no other.
    async fn go(&mut self, work: &mut Work, first: Page) -> Result<(), Error> {
        let mut next = Some(first);
        while let Some(page) = next.take() {
            match self.ask(&page).await {
                Ok((verbs, base)) => next = self.perform(work, &page, (verbs, base)).await?,
                Err(Problem { code, reason }) => {
                    tracing::warn!(message = %self.message.sid, url = page.url, code, reason, "nobody answers a message");
                }
            }
        }
        Ok(())
    }

    /// Asks for a document, or for its fallback where that fails.
    async fn ask(&mut self, page: &Page) -> Answer {
        let mut request = Request::post(&page.url, Body::Form(page.parameters.clone()));
        request.method = page.method;
        request.retries = 1;
        request.idempotency_token = Some(format!("{}-{}", self.token, self.pages));
        self.pages += 1;
        let first = read(self.house.webhooks().send(request.clone()).await);
        let (Err(problem), Some((url, method))) = (&first, &page.fallback) else { return first };
        tracing::warn!(
            url = page.url,
            code = problem.code,
            reason = problem.reason,
            "a message's webhook failed"
        );
        let mut second = request.fallback(url, problem.code);
        second.method = *method;
        read(self.house.webhooks().send(second).await)
    }

    /// Does what a document says; returns the document that it leads to.
    async fn perform(
        &self,
        work: &mut Work,
        page: &Page,
        (verbs, base): (Vec<Verb>, String),
    ) -> Result<Option<Page>, Error> {
        for verb in verbs {
            let is_admitted =
                self.house.loop_guard.admits(&self.message.to, &self.message.from, clock::now());
            if !is_admitted {
                let reason = loop_guard::refusal(&self.message.to, &self.message.from);
                tracing::warn!(message = %self.message.sid, code = loop_guard::CODE, reason);
                return Ok(None);
            }
            let next = if let Verb::Redirect(redirect) = verb {
                return Ok(self.redirect(work, page, &redirect, &base));
            } else if let Verb::Message(message) = verb {
                self.reply(work, message, &base).await?
            } else if let Verb::Sms(sms) = verb {
                self.reply(work, message_of(sms), &base).await?
            } else {
                tracing::warn!(message = %self.message.sid, verb = verb.name(), "a verb of calls answers no message");
                None
            };
            if next.is_some() {
                return Ok(next);
            }
        }
        Ok(None)
    }

    /// Sends an answer; returns the document that says what comes after it.
    async fn reply(&self, work: &mut Work, reply: twiml::Message, base: &str) -> Result<Option<Page>, Error> {
        let method = reply.action.method();
        let wanted = OutboundMessage {
            from: reply.from.unwrap_or_else(|| self.message.to.to_string()),
            to: reply.to.unwrap_or_else(|| self.message.from.to_string()),
            body: reply.body,
            media_urls: reply.media.iter().map(|url| resolve(base, url.trim())).collect(),
            status_callback: reply.status_callback.map(|url| resolve(base, url.trim())),
            ..OutboundMessage::default()
        };
        let sent = match compose(self.house, &wanted, Direction::OutboundReply).await {
            Ok(message) => message,
            Err(Unsent::Broken(error)) => return Err(error),
            Err(Unsent::Rejected(Rejection { code, reason, .. })) => {
                tracing::warn!(message = %self.message.sid, code, reason, "an answer is not sent");
                return Ok(None);
            }
        };
        sending::queue(work, &sent);
        Ok(reply.action.url.map(|url| Page {
            url: resolve(base, url.trim()),
            method: requested_by(method),
            fallback: None,
            parameters: payloads::message_status(&sent),
        }))
    }

    /// Goes on to another document, unless a flow of this house is what stands there: it takes the message.
    fn redirect(&self, work: &mut Work, page: &Page, redirect: &Redirect, base: &str) -> Option<Page> {
        let url = resolve(base, redirect.url.trim());
        let payload = payloads::incoming_message(self.message);
        if let Some(flow) = payloads::flow_of_url(&url, self.house.account) {
            let contact = Contact::new(self.message.from.as_str(), self.message.to.as_str());
            work.owe(Errand::PassOnMessage { flow, contact, payload });
            return None;
        }
        let method = requested_by(redirect.method());
        Some(Page { url, method, fallback: page.fallback.clone(), parameters: pairs(payload) })
    }
}

/// Reads an answer as verbs, with the URL that they are relative to: TwiML, or a text that is the reply.
fn read(answer: Result<Response, webhooks::Failure>) -> Answer {
    let response = document::success(answer)?;
    let text = response.text();
    let verbs = match document::content_type(&response).as_str() {
        _ if text.trim().is_empty() => vec![],
        twiml if document::is_twiml(twiml) => document::parse(&text)?,
        "text/plain" => vec![Verb::from(twiml::Message::new(text.trim()))],
        other => return Err(document::wrong_content_type(other)),
    };
    Ok((verbs, response.url))
}

fn resolve(base: &str, written: &str) -> String {
    let joined = url::Url::parse(base).and_then(|base| base.join(written));
    joined.map_or_else(|_| written.to_owned(), String::from)
}

fn method(name: Option<&str>) -> Method {
    if name.is_some_and(|name| name.eq_ignore_ascii_case("GET")) { Method::Get } else { Method::Post }
}

fn requested_by(method: twiml::Method) -> Method {
    match method {
        twiml::Method::Get => Method::Get,
        twiml::Method::Post => Method::Post,
    }
}

/// The oldest form of an answer has no media.
fn message_of(sms: Sms) -> twiml::Message {
    let Sms { to, from, action, status_callback, body } = sms;
    twiml::Message { to, from, action, status_callback, body, media: vec![] }
}

fn pairs(payload: Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    payload.into_iter().map(|(name, value)| (name, text(value))).collect()
}
