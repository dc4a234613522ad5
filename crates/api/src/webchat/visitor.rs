//! Who asks: a visitor by the token of a session, on a page that may show the chat.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::ConversationSid;
use serde::Deserialize;
use store::{WebchatDeployment, resources};

use super::origins;
use super::token::Session;
use crate::app::Shared;
use crate::auth::access_token::invalid;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Path;
use crate::parameters::Parameters;

/// A visitor whose token fits the path.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// The session.
    pub(super) session: Session,
    /// Where the visitor writes.
    pub(super) deployment: WebchatDeployment,
}

#[derive(Deserialize)]
struct OfSession {
    session: ConversationSid,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor
where
    Shared: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = Shared::from_ref(state);
        let Path(OfSession { session: named }) = Path::from_request_parts(parts, state).await?;
        let query = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
        let token = token(&parts.headers, &query).ok_or_else(|| invalid("none was given"))?;
        let session = Session::check(&app, &token).await?;
        if session.conversation != named {
            return Err(ApiError::not_found());
        }
        let found = resources::fetch(&app.store, &session.deployment.to_string()).await?;
        let deployment: WebchatDeployment = found.ok_or_else(closed)?;
        if !deployment.is_enabled {
            return Err(closed());
        }
        origins::check(&deployment, &parts.headers, &app.public_url)?;
        Ok(Self { session, deployment })
    }
}

/// Makes the error of a web chat that takes no visitors.
pub(super) fn closed() -> ApiError {
    ApiError::new(catalog::FORBIDDEN, "There is no web chat with this key, or it takes no visitors")
}

/// Browsers can send no header with a socket: the query has the token then.
fn token(headers: &HeaderMap, query: &Parameters) -> Option<String> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| value.strip_prefix("Bearer ")).map(|token| token.trim().to_owned());
    bearer.or_else(|| query.filled("token").map(str::to_owned))
}
