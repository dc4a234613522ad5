//! Commands about the webhooks of one conversation.

use domain::{Tick, WebhookSid};
use serde::{Deserialize, Serialize};

use crate::{Conversation, Fact, Notice, Noun, Origin, Refusal, Subject, Webhook, WebhookTarget};

/// The most webhooks of a conversation, as published.
const WEBHOOKS_MAX: usize = 5;

/// Attaches a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddWebhook {
    /// Who is told what.
    pub target: WebhookTarget,
    /// Messages after this index are told again.
    pub replay_after: Option<u64>,
}

/// Changes a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateWebhook {
    /// The webhook.
    pub sid: WebhookSid,
    /// Who is told what, in place of the old.
    pub target: WebhookTarget,
}

impl Conversation {
    pub(crate) fn add_webhook(&mut self, command: AddWebhook, tick: &mut Tick) -> Result<Subject, Refusal> {
        self.check_open()?;
        check_target(&command.target)?;
        if self.row.webhooks.len() >= WEBHOOKS_MAX {
            let reason =
                format!("the conversation has {WEBHOOKS_MAX} webhooks, which is the most: remove one first");
            return Err(Refusal::WrongState { reason });
        }
        let (sid, now) = (tick.sid(), tick.now);
        let webhook = Webhook { sid, target: command.target, date_created: now, date_updated: now };
        if webhook.is_studio() && self.have_agents_taken_over() {
            self.row.resting_webhooks.insert(sid, webhook.clone());
        } else {
            self.row.webhooks.insert(sid, webhook.clone());
        }
        self.changed();
        if let Some(index) = command.replay_after {
            self.replay(&webhook, index, tick);
        }
        Ok(Subject::Webhook(sid))
    }

    pub(crate) fn update_webhook(
        &mut self,
        command: UpdateWebhook,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        check_target(&command.target)?;
        let missing = || Refusal::not_found(Noun::Webhook, command.sid);
        let webhook = self.row.webhooks.get_mut(&command.sid).ok_or_else(missing)?;
        webhook.target = command.target;
        webhook.date_updated = tick.now;
        self.changed();
        Ok(Subject::Webhook(command.sid))
    }

    pub(crate) fn remove_webhook(&mut self, sid: WebhookSid) -> Result<Subject, Refusal> {
        let resting = self.row.resting_webhooks.remove(&sid);
        if self.row.webhooks.remove(&sid).or(resting).is_none() {
            return Err(Refusal::not_found(Noun::Webhook, sid));
        }
        self.changed();
        Ok(Subject::Deleted)
    }

    fn replay(&mut self, webhook: &Webhook, after: u64, tick: &Tick) {
        let later: Vec<_> =
            self.messages.range(after.saturating_add(1)..).map(|(_, message)| message.clone()).collect();
        for message in later {
            let date = message.date_created.max(self.row.details.date_created).min(tick.now);
            let fact = Fact::MessageAdded(Box::new(message));
            let notice = Notice { fact, details: self.row.details.clone(), origin: Origin::engine(), date };
            if webhook.hears(&notice) {
                self.tell(webhook.clone(), notice);
            }
        }
    }
}

fn check_target(target: &WebhookTarget) -> Result<(), Refusal> {
    match target {
        WebhookTarget::Url { url, .. } | WebhookTarget::Trigger { url, .. } if url.trim().is_empty() => Err(
            Refusal::invalid("Configuration.Url", "the address of an application is expected, found none"),
        ),
        WebhookTarget::Trigger { triggers, .. } if triggers.is_empty() => {
            Err(Refusal::invalid("Configuration.Triggers", "one word at least is expected, found none"))
        }
        WebhookTarget::Url { .. } | WebhookTarget::Trigger { .. } | WebhookTarget::Studio { .. } => Ok(()),
    }
}
