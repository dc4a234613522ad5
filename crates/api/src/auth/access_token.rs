//! Access tokens: who a browser is and what it may do, signed with an API key's secret.
//!
//! Nothing is kept of a token: whoever shows one is believed until it expires or its key is deleted.

use domain::{AccountSid, KeySid, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Key, resources};

use crate::app::App;
use crate::error::ApiError;
use crate::error_catalog as catalog;

/// What the header says that the claims are.
const CONTENT_TYPE: &str = "twilio-fpa;v=1";

/// The furthest that a token's end may lie ahead.
pub(crate) const LIFETIME_SECS_MAX: i64 = 24 * 60 * 60;

/// How far the clocks of who signs tokens and who reads them may stand apart.
const SKEW_SECS: i64 = 60;

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    jti: Option<String>,
    iss: String,
    sub: String,
    iat: Option<i64>,
    nbf: Option<i64>,
    exp: i64,
    /// What the bearer may do.
    pub(crate) grants: Grants,
}

/// What the bearer of a token may do, by product.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Grants {
    /// The name under which the browser is known.
    #[serde(default)]
    pub(crate) identity: String,
    /// Work in a workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task_router: Option<TaskRouterGrant>,
    /// Calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) voice: Option<VoiceGrant>,
    /// Conversations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chat: Option<ChatGrant>,
}

/// Leave to take part in conversations under the token's identity.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct ChatGrant {
    /// The service (`IS…`).
    pub(crate) service_sid: Option<String>,
}

/// Leave to work in a workspace.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TaskRouterGrant {
    /// The workspace.
    pub(crate) workspace_sid: Option<String>,
    /// The bearer's own worker.
    pub(crate) worker_sid: Option<String>,
    /// The bearer's role.
    pub(crate) role: Option<String>,
}

/// Leave to make and take calls.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct VoiceGrant {
    /// Leave to be called.
    pub(crate) incoming: Option<IncomingGrant>,
    /// Leave to call.
    pub(crate) outgoing: Option<OutgoingGrant>,
}

/// Leave to be called.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IncomingGrant {
    /// Whether it is given.
    pub(crate) allow: bool,
}

/// Leave to call, by an application that says where calls go.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct OutgoingGrant {
    /// The application (`AP…`).
    pub(crate) application_sid: Option<String>,
    /// Parameters that the application receives, before those of the page.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) params: Map<String, Value>,
}

impl Claims {
    /// Makes the claims of a token that this installation gives out.
    pub(crate) fn issued_by(key: &Key, grants: Grants, now: Timestamp, expires_at: Timestamp) -> Self {
        Self {
            jti: Some(format!("{}-{}", key.sid, now.as_secs())),
            iss: key.sid.to_string(),
            sub: key.account.to_string(),
            iat: Some(now.as_secs()),
            nbf: None,
            exp: expires_at.as_secs(),
            grants,
        }
    }

    /// Returns when the token ends.
    pub(crate) fn expires_at(&self) -> Timestamp {
        Timestamp::from_secs(self.exp)
    }

    /// Signs the token with an API key that has its secret.
    pub(crate) fn sign(&self, key: &Key) -> Result<String, ApiError> {
        let secret = key.secret.as_deref().ok_or_else(|| no_secret(key.sid))?;
        let header = Header { cty: Some(CONTENT_TYPE.to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, self, &EncodingKey::from_secret(secret.as_bytes())).map_err(|error| {
            ApiError::new(catalog::INTERNAL, format!("the token can not be signed: {error}"))
        })
    }
}

/// Checks a token and returns what it says.
pub(crate) async fn check(app: &App, token: &str) -> Result<Claims, ApiError> {
    let unread = read_unchecked(token)?;
    let key = signing_key(app, &unread.iss).await?;
    let claims = check_signature(token, &key)?;
    check_claims(&claims, app.account, app.now())?;
    Ok(claims)
}

/// Reads the claims of a token to learn which key is said to have signed it.
fn read_unchecked(token: &str) -> Result<Claims, ApiError> {
    if token.is_empty() {
        return Err(invalid("none was given"));
    }
    let header = jsonwebtoken::decode_header(token).map_err(|error| invalid(&unreadable(&error)))?;
    if header.cty.as_deref() != Some(CONTENT_TYPE) {
        return Err(invalid(&format!("its header must have cty '{CONTENT_TYPE}'")));
    }
    jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|error| invalid(&unreadable(&error)))
}

async fn signing_key(app: &App, issuer: &str) -> Result<Key, ApiError> {
    let sid: KeySid = issuer.parse().map_err(|_| invalid("its iss must be the SID of an API key (SK…)"))?;
    let key: Option<Key> = resources::fetch(&app.store, &sid.to_string()).await?;
    key.ok_or_else(|| invalid(&format!("there is no API key {sid}")))
}

fn check_signature(token: &str, key: &Key) -> Result<Claims, ApiError> {
    let secret = key.secret.as_deref().ok_or_else(|| no_secret(key.sid))?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.algorithms = vec![Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
    validation.required_spec_claims.clear();
    // The times are compared with the installation's clock, below.
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode(token, &DecodingKey::from_secret(secret.as_bytes()), &validation)
        .map(|decoded| decoded.claims)
        .map_err(|_| invalid(&format!("it was not signed with the secret of {}", key.sid)))
}

fn check_claims(claims: &Claims, account: AccountSid, now: Timestamp) -> Result<(), ApiError> {
    let now = now.as_secs();
    if claims.sub != account.to_string() {
        return Err(invalid(&format!("its sub must be {account}")));
    }
    if claims.exp <= now {
        return Err(ApiError::new(
            catalog::TOKEN_EXPIRED,
            format!("The access token expired {} s ago", now - claims.exp),
        ));
    }
    if claims.exp > now.saturating_add(LIFETIME_SECS_MAX + SKEW_SECS) {
        let reason = "The access token's exp lies too far ahead: 24 hours is the most";
        return Err(ApiError::new(catalog::TOKEN_EXPIRED, reason));
    }
    match claims.nbf.is_some_and(|from| from > now + SKEW_SECS) {
        true => Err(invalid("its nbf has not come yet")),
        false => Ok(()),
    }
}

fn no_secret(key: KeySid) -> ApiError {
    invalid(&format!("the secret of {key} was not kept when it was made: make a new API key"))
}

fn unreadable(error: &jsonwebtoken::errors::Error) -> String {
    format!("it can not be read as a signed token: {error}")
}

/// Makes the error of a token that can not be believed.
pub(crate) fn invalid(reason: &str) -> ApiError {
    ApiError::new(catalog::TOKEN_INVALID, format!("Invalid access token: {reason}"))
}
