//! Of which conversations a listener is told: of all, or of those that one worker takes part in.

use std::collections::BTreeSet;

use conversation::{Fact, InteractionParticipant};
use domain::{ConversationSid, WorkerSid, WorkspaceSid};
use router::ReservationStatus;
use serde_json::Value;

use crate::app::App;
use crate::error::ApiError;
use crate::platform::LiveEvent;

/// What a listener may hear of.
#[derive(Debug)]
pub(super) enum Scope {
    /// Everything.
    All,
    /// The conversations of a worker's tasks.
    Worker {
        /// The worker.
        worker: WorkerSid,
        /// The conversations that the worker came into.
        conversations: BTreeSet<ConversationSid>,
    },
}

impl Scope {
    /// Makes the scope of a worker, beginning with the tasks that the worker has.
    pub(super) async fn of_worker(
        app: &App,
        workspace: WorkspaceSid,
        worker: WorkerSid,
    ) -> Result<Self, ApiError> {
        let conversations = app.look(workspace, move |view| {
            let open = view.workspace.reservations_of_worker(worker);
            // What is only offered is read once it is accepted.
            let open = open.filter(|it| it.status != ReservationStatus::Pending);
            let tasks = open.filter_map(|reservation| view.workspace.task(reservation.task_sid));
            let named = tasks.filter_map(|task| task.attributes.map().get("conversationSid"));
            named.filter_map(Value::as_str).filter_map(|sid| sid.parse().ok()).collect()
        });
        Ok(Self::Worker { worker, conversations: conversations.await? })
    }

    /// Tells whether an event is heard, and takes note of conversations that the worker comes into.
    pub(super) fn hears(&mut self, event: &LiveEvent) -> bool {
        let Self::Worker { worker, conversations } = self else { return true };
        let LiveEvent::Conversation(notice) = event else { return false };
        let sid = notice.details.sid;
        let own = |one: &InteractionParticipant| one.work.is_some_and(|work| work.worker_sid == *worker);
        if let Fact::InteractionParticipantJoined(_, one) = &notice.fact
            && own(one)
        {
            conversations.insert(sid);
        }
        let is_heard = conversations.contains(&sid);
        if let Fact::InteractionParticipantLeft(_, one) = &notice.fact
            && own(one)
        {
            conversations.remove(&sid);
        }
        is_heard
    }
}
