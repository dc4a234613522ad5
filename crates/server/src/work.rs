//! Work: what one decision writes and what it owes, committed together and handed on afterwards.

use api::LiveEvent;
use conversation::{QuestionId, Refusal, Subject};
use domain::{ConversationSid, Timestamp};
use router::Notice;
use store::{Message, MessageStatus, Statement, Unit, events, messages, outbox, timers};

use crate::clock;
use crate::errand::{Errand, Owed};
use crate::timers::Sleeper;

/// The rows of one decision, the errands that follow from it, and the deadlines that it sets.
#[derive(Debug, Default)]
pub(crate) struct Work {
    unit: Unit,
    owed: Vec<Owed>,
    deadlines: Vec<(Sleeper, Option<Timestamp>)>,
    notices: Vec<Notice>,
    call_events: Vec<call::Event>,
    live: Vec<LiveEvent>,
    settlements: Vec<Settled>,
    reached: Vec<MessageStatus>,
}

/// What became of a command that an application was asked about.
#[derive(Debug)]
pub(crate) struct Settled {
    /// The conversation.
    pub(crate) conversation: ConversationSid,
    /// The question.
    pub(crate) question: QuestionId,
    /// What it created or changed, or why it was not done.
    pub(crate) result: Result<Subject, Refusal>,
}

/// Work that is ready to be written: its rows, and what remains to be done once they are on disk.
#[derive(Debug)]
pub(crate) struct Packed {
    /// The rows.
    pub(crate) unit: Unit,
    /// What follows from them.
    pub(crate) aftermath: Aftermath,
}

/// What remains to be done once the rows are on disk.
#[derive(Debug, Default)]
pub(crate) struct Aftermath {
    /// Errands to hand on.
    pub(crate) owed: Vec<Owed>,
    /// Deadlines to watch.
    pub(crate) deadlines: Vec<(Sleeper, Option<Timestamp>)>,
    /// What to tell live listeners of workspaces.
    pub(crate) notices: Vec<Notice>,
    /// What the calls are to know.
    pub(crate) call_events: Vec<call::Event>,
    /// What to tell live listeners of everything else.
    pub(crate) live: Vec<LiveEvent>,
    /// Who waits for a conversation is to know.
    pub(crate) settlements: Vec<Settled>,
    /// How far messages got.
    pub(crate) reached: Vec<MessageStatus>,
}

impl Work {
    /// Starts work that settles this errand: the unit is refused when it was settled before.
    pub(crate) fn settling(owed: &Owed) -> Self {
        let mut work = Self::default();
        work.settle(owed);
        work
    }

    /// Settles an errand with this work.
    pub(crate) fn settle(&mut self, owed: &Owed) {
        self.unit.push(outbox::settle(&owed.id));
    }

    /// Writes a row.
    pub(crate) fn write(&mut self, statement: Statement) {
        self.unit.push(statement);
    }

    /// Writes rows.
    pub(crate) fn write_all(&mut self, statements: impl IntoIterator<Item = Statement>) {
        self.unit.extend(statements);
    }

    /// Owes an errand from the moment of the commit.
    pub(crate) fn owe(&mut self, errand: Errand) {
        let id = clock::random_hex(16);
        let body = serde_json::to_string(&errand).expect("errands have string keys only");
        self.unit.push(outbox::owe(&id, clock::now(), body));
        self.owed.push(Owed { id, errand });
    }

    /// Owes errands from the moment of the commit.
    pub(crate) fn owe_all(&mut self, errands: impl IntoIterator<Item = Errand>) {
        errands.into_iter().for_each(|errand| self.owe(errand));
    }

    /// Sets when somebody is to be woken.
    pub(crate) fn wake(&mut self, sleeper: impl Into<Sleeper>, at: Option<Timestamp>) {
        let sleeper = sleeper.into();
        self.unit.push(timers::set(&sleeper.to_string(), at));
        self.deadlines.push((sleeper, at));
    }

    /// Tells who waits for a conversation's command, after the commit.
    pub(crate) fn settle_question(
        &mut self,
        conversation: ConversationSid,
        question: QuestionId,
        result: Result<Subject, Refusal>,
    ) {
        self.settlements.push(Settled { conversation, question, result });
    }

    /// Writes a message that has got as far as its status says.
    pub(crate) fn put_message(&mut self, message: &Message) {
        self.unit.push(messages::put(message));
        self.reached.push(message.status);
    }

    /// Logs what happened, and tells live listeners after the commit.
    pub(crate) fn announce(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// Tells the calls after the commit.
    pub(crate) fn tell_calls(&mut self, events: impl IntoIterator<Item = call::Event>) {
        self.call_events.extend(events);
    }

    /// Tells whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.unit.is_empty() && self.notices.is_empty()
    }

    /// Tells live listeners after the commit.
    pub(crate) fn tell(&mut self, event: LiveEvent) {
        self.live.push(event);
    }

    /// Makes the rows of what was announced, and splits all rows from what remains to be done after their commit.
    pub(crate) fn pack(self) -> Packed {
        let Self { mut unit, owed, deadlines, notices, call_events, live, settlements, reached } = self;
        unit.extend(events::insert(&notices));
        let aftermath = Aftermath { owed, deadlines, notices, call_events, live, settlements, reached };
        Packed { unit, aftermath }
    }
}
