//! What a path speaks of: its service, and the conversation in it, by SID or unique name.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use conversation::{Command, Conversation, Origin, Subject};
use domain::{ConversationServiceSid, ConversationSid};
use serde::Deserialize;
use store::conversations;

use super::{BASE, services};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::platform::look_at_conversation;

/// The service that a path speaks of.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// The service.
    pub(crate) sid: ConversationServiceSid,
    /// The URL in front of what lies in it, in the form in which the path named it.
    pub(crate) url: String,
}

/// The conversation that a path speaks of.
#[derive(Debug, Clone)]
pub(super) struct Here {
    /// Its service.
    pub(super) service: Service,
    /// The conversation.
    pub(super) sid: ConversationSid,
}

#[derive(Deserialize)]
struct ServiceInPath {
    service: Option<ConversationServiceSid>,
}

#[derive(Deserialize)]
struct ConversationInPath {
    conversation: String,
}

impl Service {
    /// Returns the account's own service, by the short form of paths.
    pub(crate) async fn own(app: &App) -> Result<Self, ApiError> {
        let sid = services::settings_of(app).await?.default_service_sid;
        Ok(Self { sid, url: format!("{}{BASE}", app.public_url) })
    }

    /// Returns the conversation with this SID or unique name in the service.
    pub(super) async fn conversation(&self, app: &App, name: &str) -> Result<ConversationSid, ApiError> {
        let Ok(sid) = name.parse::<ConversationSid>() else {
            let found = conversations::by_unique_name(&app.store, self.sid, name).await?;
            return found.ok_or_else(ApiError::not_found);
        };
        let service = self.sid;
        let is_here =
            look_at_conversation(&*app.platform, sid, move |it| it.details().service_sid == service).await?;
        if is_here { Ok(sid) } else { Err(ApiError::not_found()) }
    }
}

impl Here {
    /// Returns the URL of something below the conversation; an empty tail gives its own.
    pub(super) fn url(&self, tail: &str) -> String {
        format!("{}/Conversations/{}{tail}", self.service.url, self.sid)
    }

    /// Looks at the conversation and returns what the look found.
    pub(super) async fn look<T: Send + 'static>(
        &self,
        app: &App,
        look: impl FnOnce(&Conversation) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        Ok(look_at_conversation(&*app.platform, self.sid, look).await?)
    }

    /// Looks for something in the conversation.
    pub(super) async fn find<T: Send + 'static>(
        &self,
        app: &App,
        find: impl FnOnce(&Conversation) -> Option<T> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.look(app, find).await?.ok_or_else(ApiError::not_found)
    }

    /// Has the conversation carry out a command.
    pub(super) async fn converse(
        &self,
        app: &App,
        command: Command,
        origin: Origin,
    ) -> Result<Subject, ApiError> {
        Ok(app.platform.converse(self.sid, command, origin).await?)
    }
}

impl FromRequestParts<Shared> for Service {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let Path(ServiceInPath { service }) = Path::from_request_parts(parts, app).await?;
        match service {
            None => Self::own(app).await,
            Some(sid) => {
                let sid = services::find(app, sid).await?.sid;
                Ok(Self { sid, url: format!("{}{BASE}/Services/{sid}", app.public_url) })
            }
        }
    }
}

impl FromRequestParts<Shared> for Here {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let Path(ConversationInPath { conversation }) = Path::from_request_parts(parts, app).await?;
        let service = Service::from_request_parts(parts, app).await?;
        let sid = service.conversation(app, &conversation).await?;
        Ok(Self { service, sid })
    }
}
