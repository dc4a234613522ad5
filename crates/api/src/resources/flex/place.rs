//! What a path speaks of: an interaction, its channel, and the conversation behind them.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use conversation::{Command, Conversation, Interaction, Origin, Subject};
use domain::{ConversationSid, InteractionChannelSid, InteractionSid};
use serde::Deserialize;
use store::conversations;

use super::INTERACTIONS;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::platform::look_at_conversation;

/// The interaction that a path speaks of.
#[derive(Debug, Clone)]
pub(super) struct Here {
    /// The interaction.
    pub(super) sid: InteractionSid,
    /// The conversation that it gives to agents.
    pub(super) conversation: ConversationSid,
    /// The URL of the interaction.
    pub(super) url: String,
}

/// The channel that a path speaks of; an interaction has one.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    /// The channel.
    pub(super) sid: InteractionChannelSid,
    /// Its interaction.
    pub(super) here: Here,
}

#[derive(Deserialize)]
struct InPath {
    interaction: InteractionSid,
}

#[derive(Deserialize)]
struct ChannelInPath {
    channel: InteractionChannelSid,
}

impl Here {
    /// Makes the place of an interaction of a conversation.
    pub(super) fn of(app: &App, conversation: ConversationSid, sid: InteractionSid) -> Self {
        Self { sid, conversation, url: format!("{}{INTERACTIONS}/{sid}", app.public_url) }
    }

    /// Looks for something in the interaction.
    pub(super) async fn find<T: Send + 'static>(
        &self,
        app: &App,
        find: impl FnOnce(&Conversation, &Interaction) -> Option<T> + Send + 'static,
    ) -> Result<T, ApiError> {
        let sid = self.sid;
        let found = look_at_conversation(&*app.platform, self.conversation, move |it| {
            find(it, it.interactions().find(|interaction| interaction.sid == sid)?)
        });
        found.await?.ok_or_else(ApiError::not_found)
    }

    /// Has the conversation carry out a command.
    pub(super) async fn converse(&self, app: &App, command: Command) -> Result<Subject, ApiError> {
        Ok(app.platform.converse(self.conversation, command, Origin::api()).await?)
    }
}

impl Channel {
    /// Returns the URL of something below the channel; an empty tail gives its own.
    pub(super) fn url(&self, tail: &str) -> String {
        format!("{}/Channels/{}{tail}", self.here.url, self.sid)
    }
}

impl FromRequestParts<Shared> for Here {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let Path(InPath { interaction }) = Path::from_request_parts(parts, app).await?;
        let found = conversations::of_interaction(&app.store, interaction).await?;
        Ok(Self::of(app, found.ok_or_else(ApiError::not_found)?, interaction))
    }
}

impl FromRequestParts<Shared> for Channel {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let Path(ChannelInPath { channel }) = Path::from_request_parts(parts, app).await?;
        let here = Here::from_request_parts(parts, app).await?;
        here.find(app, move |_, interaction| (interaction.channel.sid == channel).then_some(())).await?;
        Ok(Self { sid: channel, here })
    }
}
