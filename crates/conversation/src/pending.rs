//! What waits for an application's answer before it happens.
//!
//! The queue keeps the order of asking: what came later waits for what came earlier, so that messages do not overtake
//! each other.

use domain::{Tick, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::{
    Action, Command, Conversation, HookAnswer, HookEvent, HookQuestion, Modification, Origin, QuestionId,
    Refusal, Settlement, Subject,
};

/// How long an application may think before silence counts as consent.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// A command that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) question: QuestionId,
    pub(crate) command: Command,
    pub(crate) origin: Origin,
    /// When silence counts as consent.
    pub(crate) deadline: Timestamp,
    /// The answer, while something earlier still waits for its own.
    pub(crate) answer: Option<HookAnswer>,
}

impl Conversation {
    /// Lets a command wait for an answer to `asked`, or for what came before it.
    pub(crate) fn hold(
        &mut self,
        command: Command,
        origin: &Origin,
        asked: Option<HookEvent>,
        tick: &Tick,
    ) -> Subject {
        self.changed();
        self.row.questions += 1;
        let question = QuestionId(self.row.questions);
        let deadline = tick.now + ANSWER_TIMEOUT;
        if let Some(event) = asked {
            let (details, origin) = (self.row.details.clone(), origin.clone());
            let command = command.clone();
            let asked = HookQuestion { question, event, command, details, origin, deadline };
            self.act(Action::AskPreHook(Box::new(asked)));
        }
        let answer = asked.is_none().then_some(HookAnswer::Publish);
        self.row.pending.push_back(Pending { question, command, origin: origin.clone(), deadline, answer });
        Subject::Pending(question)
    }

    /// Takes an answer; one to a question that is settled comes too late.
    pub(crate) fn take_answer(&mut self, question: QuestionId, answer: HookAnswer, tick: &mut Tick) {
        let waiting = self.row.pending.iter_mut().find(|pending| pending.question == question);
        let Some(pending) = waiting.filter(|pending| pending.answer.is_none()) else { return };
        pending.answer = Some(answer);
        self.changed();
        self.settle_answered(tick);
    }

    /// Counts silence as consent where the deadline has passed.
    pub(crate) fn end_silence(&mut self, tick: &mut Tick) {
        let now = tick.now;
        for pending in &mut self.row.pending {
            if pending.answer.is_none() && pending.deadline <= now {
                pending.answer = Some(HookAnswer::Publish);
            }
        }
        self.settle_answered(tick);
    }

    /// Returns when the next silence counts as consent.
    pub(crate) fn next_silence(&self) -> Option<Timestamp> {
        let silent = self.row.pending.iter().filter(|pending| pending.answer.is_none());
        silent.map(|pending| pending.deadline).min()
    }

    fn settle_answered(&mut self, tick: &mut Tick) {
        while let Some(Some(answer)) = self.row.pending.front().map(|pending| pending.answer.clone()) {
            let pending = self.row.pending.pop_front().expect("the front was just looked at");
            self.changed();
            let result = self.carry_out_answered(&pending, answer, tick);
            let settlement = Settlement { question: pending.question, command: pending.command, result };
            self.act(Action::Settle(Box::new(settlement)));
        }
    }

    fn carry_out_answered(
        &mut self,
        pending: &Pending,
        answer: HookAnswer,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let is_creation = matches!(pending.command, Command::BeginConversation(_));
        if self.is_deleted {
            return Err(Refusal::Rejected);
        }
        let command = pending.command.clone();
        let result = match answer {
            HookAnswer::Publish => self.carry_out(command, &pending.origin, tick),
            HookAnswer::Modify(change) => self.carry_out(command.modified(change), &pending.origin, tick),
            HookAnswer::Reject => Err(Refusal::Rejected),
        };
        // What was never begun is not there, and what waits for it has no place.
        self.is_deleted |= is_creation && result.is_err();
        result
    }
}

impl Command {
    /// Returns the command with an application's changes, as far as they apply to it.
    fn modified(self, change: Modification) -> Command {
        match self {
            Command::AddMessage(mut command) => {
                command.body = change.body.or(command.body);
                command.author = change.author.or(command.author);
                command.attributes = change.attributes.or(command.attributes);
                Command::AddMessage(command)
            }
            Command::UpdateMessage(mut command) => {
                command.body = change.body.or(command.body);
                command.author = change.author.or(command.author);
                command.attributes = change.attributes.or(command.attributes);
                Command::UpdateMessage(command)
            }
            Command::BeginConversation(mut command) => {
                command.friendly_name = change.friendly_name.or(command.friendly_name);
                Command::BeginConversation(command)
            }
            Command::UpdateConversation(mut command) => {
                command.friendly_name = change.friendly_name.or(command.friendly_name);
                Command::UpdateConversation(command)
            }
            unchanged @ (Command::DeleteConversation
            | Command::AddParticipant(_)
            | Command::UpdateParticipant(_)
            | Command::RemoveParticipant(_)
            | Command::RemoveMessage(_)
            | Command::AddWebhook(_)
            | Command::UpdateWebhook(_)
            | Command::RemoveWebhook(_)
            | Command::CreateInteraction(_)
            | Command::UpdateChannel(_)
            | Command::CreateInvite(_)
            | Command::AnswerInvite(_)
            | Command::AddInteractionParticipant(_)
            | Command::LeaveInteraction(_)
            | Command::StartTransfer(_)
            | Command::CancelTransfer(_)) => unchanged,
        }
    }
}
