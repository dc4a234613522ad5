//! What a conversation asks of the world: one arm for each action, written down or owed in the conversation's commit.

use api::LiveEvent;
use conversation::{Action, Settlement};
use domain::ConversationSid;

use super::arrivals;
use super::flow_replies::InteractionNews;
use super::hooks::{self, Hooks};
use super::router_join::{InviteOrder, ReservationOrder};
use super::{Delivery, HookCall};
use crate::errand::Errand;
use crate::work::Work;

/// Writes down or owes what a conversation asks for.
pub(super) fn act(work: &mut Work, conversation: ConversationSid, hooks: &Hooks, action: Action) {
    match action {
        Action::Notify(notice) => {
            work.owe_all(hooks.calls(&notice).map(|call| Errand::CallHook(Box::new(call))));
            work.tell(LiveEvent::Conversation(notice));
        }
        Action::NotifyWebhook(webhook, notice) => {
            let call = HookCall::of_webhook(&webhook, &notice);
            work.owe_all(call.map(|call| Errand::CallHook(Box::new(call))));
        }
        Action::PassToFlow(message) => {
            work.owe(Errand::PassToFlow { conversation, message });
        }
        Action::AskPreHook(question) => {
            let inquiry = hooks::inquiry(hooks, conversation, &question);
            work.owe_all(inquiry.map(|inquiry| Errand::AskHook(Box::new(inquiry))));
        }
        Action::Settle(settlement) => settle(work, conversation, *settlement),
        Action::SendToAddress(message) => {
            work.owe(Errand::SendFromConversation(Box::new(Delivery { conversation, message: *message })));
        }
        Action::CreateTask(request) => {
            work.owe(Errand::CreateTaskOfInvite(Box::new(InviteOrder { conversation, request: *request })));
        }
        Action::EndTask { task_sid, how } => {
            work.owe(Errand::EndTaskOfInvite { conversation, task: task_sid, how });
        }
        Action::AnswerReservation { reservation_sid, is_accepted, .. } => {
            let order = ReservationOrder { conversation, reservation: reservation_sid, is_accepted };
            work.owe(Errand::AnswerReservation(order));
        }
        Action::SettleInteraction { interaction_sid, token, task } => {
            let news = InteractionNews { conversation, interaction: interaction_sid, task };
            work.owe_all(news.errand(token));
        }
    }
}

/// Tells who waits; a message from a network that came too late goes the way of messages again.
fn settle(work: &mut Work, conversation: ConversationSid, settlement: Settlement) {
    work.owe_all(arrivals::again(&settlement));
    work.settle_question(conversation, settlement.question, settlement.result);
}
