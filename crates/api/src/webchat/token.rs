//! A visitor's token: one conversation, one identity, signed with the installation's own key.
//!
//! Nothing is kept of a token. It ends by itself, with its deployment, or when the key is deleted.

use std::time::Duration;

use domain::{ConversationSid, Timestamp, WebchatDeploymentSid};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::access_token::invalid;
use crate::auth::own_key::own_key;
use crate::error::ApiError;
use crate::error_catalog as catalog;

/// How long a token lasts; whoever has a valid one may ask for the next.
pub(super) const LIFETIME: Duration = Duration::from_secs(6 * 60 * 60);

/// What a token is for: no other kind of token is taken for one.
const KIND: &str = "webchat";

/// Who a visitor is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Session {
    kind: String,
    /// The conversation.
    pub(super) conversation: ConversationSid,
    /// Where it was begun.
    pub(super) deployment: WebchatDeploymentSid,
    /// The identity by which the visitor writes.
    pub(super) identity: String,
    exp: i64,
}

impl Session {
    /// Makes the session of a conversation that begins.
    pub(super) fn new(
        conversation: ConversationSid,
        deployment: WebchatDeploymentSid,
        identity: String,
        now: Timestamp,
    ) -> Self {
        let exp = (now + LIFETIME).as_secs();
        Self { kind: KIND.to_owned(), conversation, deployment, identity, exp }
    }

    /// Returns the same session for another while.
    pub(super) fn renewed(&self, now: Timestamp) -> Self {
        Self { exp: (now + LIFETIME).as_secs(), ..self.clone() }
    }

    /// Returns when it ends.
    pub(super) fn expires_at(&self) -> Timestamp {
        Timestamp::from_secs(self.exp)
    }

    /// Writes the token.
    pub(super) async fn sign(&self, app: &App) -> Result<String, ApiError> {
        let secret = EncodingKey::from_secret(secret(app).await?.as_bytes());
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), self, &secret);
        token.map_err(|error| {
            ApiError::new(catalog::INTERNAL, format!("the token can not be signed: {error}"))
        })
    }

    /// Reads a token, if it is one of ours and has not ended.
    pub(super) async fn check(app: &App, token: &str) -> Result<Self, ApiError> {
        let secret = DecodingKey::from_secret(secret(app).await?.as_bytes());
        let mut validation = Validation::new(Algorithm::HS256);
        // The time is compared with the installation's clock, below.
        validation.validate_exp = false;
        validation.validate_aud = false;
        let session = jsonwebtoken::decode::<Self>(token, &secret, &validation)
            .map(|decoded| decoded.claims)
            .map_err(|_| invalid("it is not one of this web chat"))?;
        if session.kind != KIND {
            return Err(invalid("it is for something else than web chat"));
        }
        if session.expires_at() <= app.now() {
            return Err(ApiError::new(
                catalog::TOKEN_EXPIRED,
                "The chat's token has expired: begin another chat",
            ));
        }
        Ok(session)
    }
}

async fn secret(app: &App) -> Result<String, ApiError> {
    let missing = || ApiError::new(catalog::INTERNAL, "the installation's own key has no secret");
    own_key(app).await?.secret.filter(|secret| !secret.is_empty()).ok_or_else(missing)
}
