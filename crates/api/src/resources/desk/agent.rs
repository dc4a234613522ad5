//! Who sits at a desk, and the agent's seat in a conversation.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use conversation::{Command, Conversation, InteractionParticipant, Origin, Subject};
use domain::{ConversationSid, InteractionChannelSid, InteractionSid, WorkerSid, WorkspaceSid};
use serde::Deserialize;

use crate::app::{App, Shared};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Path, idempotency};
use crate::platform::look_at_conversation;

/// A person who takes tasks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Agent {
    /// The person's worker.
    pub(super) worker: WorkerSid,
    /// The worker's workspace.
    pub(super) workspace: WorkspaceSid,
}

/// The seat that an agent has or had in the conversation of the path.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    /// The conversation.
    pub(super) conversation: ConversationSid,
    /// The interaction by which the agent came.
    pub(super) interaction: InteractionSid,
    /// Its channel.
    pub(super) channel: InteractionChannelSid,
    /// The agent in it.
    pub(super) own: InteractionParticipant,
}

/// Who may look at the conversation of the path: an agent with a seat in it, or the account, which has all of them.
#[derive(Debug, Clone)]
pub(super) enum Attendant {
    /// The account itself.
    Account(ConversationSid),
    /// An agent who takes or took part.
    Agent(Box<Seat>),
}

#[derive(Deserialize)]
struct InPath {
    conversation: ConversationSid,
}

impl Seat {
    /// Looks at the conversation and returns what the look found.
    pub(super) async fn look<T: Send + 'static>(
        &self,
        app: &App,
        look: impl FnOnce(&Conversation) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        Ok(look_at_conversation(&*app.platform, self.conversation, look).await?)
    }

    /// Refuses an agent who has left.
    pub(super) fn must_be_there(&self) -> Result<(), ApiError> {
        if self.own.has_left {
            let reason = "You have left this conversation: it can be read, but not written in";
            return Err(ApiError::new(catalog::FORBIDDEN, reason));
        }
        Ok(())
    }

    /// Returns the token of a message that may be sent again: keys of an agent have a room of their own.
    pub(super) fn token(&self, headers: &HeaderMap) -> Result<Option<String>, ApiError> {
        let key = idempotency::key(headers)?;
        Ok(key.map(|key| format!("desk-{}-{key}", self.own.identity)))
    }

    /// Has the conversation carry out a command of an agent who is still there.
    pub(super) async fn converse(&self, app: &App, command: Command) -> Result<Subject, ApiError> {
        self.must_be_there()?;
        // What an agent does is heard by webhooks, as what any client on a chat does.
        let origin = Origin::client(&self.own.identity);
        Ok(app.platform.converse(self.conversation, command, origin).await?)
    }
}

impl Attendant {
    /// Returns the conversation.
    pub(super) fn conversation(&self) -> ConversationSid {
        match self {
            Self::Account(conversation) => *conversation,
            Self::Agent(seat) => seat.conversation,
        }
    }
}

impl FromRequestParts<Shared> for Agent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let Caller::Person(user) = caller else { return Err(no_desk()) };
        let (Some(worker), Some(workspace)) = (user.worker, user.workspace) else { return Err(no_desk()) };
        Ok(Self { worker, workspace })
    }
}

impl FromRequestParts<Shared> for Seat {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let Agent { worker, .. } = Agent::from_request_parts(parts, app).await?;
        let Path(InPath { conversation }) = Path::from_request_parts(parts, app).await?;
        let found = look_at_conversation(&*app.platform, conversation, move |it| seat_of(it, worker));
        // Whoever never took part is told nothing, not even that there is such a conversation.
        found.await?.ok_or_else(ApiError::not_found)
    }
}

impl FromRequestParts<Shared> for Attendant {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        match Caller::from_request_parts(parts, app).await? {
            Caller::Person(_) => Ok(Self::Agent(Box::new(Seat::from_request_parts(parts, app).await?))),
            Caller::Account => {
                let Path(InPath { conversation }) = Path::from_request_parts(parts, app).await?;
                look_at_conversation(&*app.platform, conversation, |_| ()).await?;
                Ok(Self::Account(conversation))
            }
        }
    }
}

/// Returns the latest seat of a worker.
fn seat_of(it: &Conversation, worker: WorkerSid) -> Option<Seat> {
    let all = it.interactions().flat_map(|interaction| {
        interaction.participants.iter().map(move |participant| (interaction, participant))
    });
    let own = all.filter(|(_, one)| one.work.is_some_and(|work| work.worker_sid == worker));
    let (interaction, own) = own.max_by_key(|(_, one)| (!one.has_left, one.date_created, one.sid))?;
    Some(Seat {
        conversation: it.details().sid,
        interaction: interaction.sid,
        channel: interaction.channel.sid,
        own: own.clone(),
    })
}

fn no_desk() -> ApiError {
    let reason = "This is for people who take tasks: log in as somebody with the role agent";
    ApiError::new(catalog::FORBIDDEN, reason)
}
