//! Access tokens: who a browser is and what it may do, signed with an API key's secret.
//!
//! Nothing is kept of a token: whoever shows one is believed until it expires or its key is deleted.

use domain::{AccountSid, KeySid, Timestamp, WorkerSid, WorkspaceSid};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
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

/// What the bearer of a token may do in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BearerRole {
    /// Sees the workspace; changes the own worker, its reservations and their tasks.
    Worker,
    /// Changes other workers too.
    Supervisor,
    /// As a supervisor.
    Admin,
}

/// Who shows a token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bearer {
    /// The name under which the browser is known.
    pub(crate) identity: String,
    /// The workspace that the token opens.
    pub(crate) workspace: WorkspaceSid,
    /// The bearer's own worker; who only looks on has none.
    pub(crate) worker: Option<WorkerSid>,
    /// What the bearer may do.
    pub(crate) role: BearerRole,
    /// When the token ends.
    pub(crate) expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    jti: Option<String>,
    iss: String,
    sub: String,
    iat: Option<i64>,
    nbf: Option<i64>,
    exp: i64,
    grants: Grants,
}

#[derive(Serialize, Deserialize)]
struct Grants {
    #[serde(default)]
    identity: String,
    task_router: Option<TaskRouterGrant>,
}

#[derive(Serialize, Deserialize)]
struct TaskRouterGrant {
    workspace_sid: Option<String>,
    worker_sid: Option<String>,
    role: Option<String>,
}

/// Checks a token and says who shows it.
pub(crate) async fn check(app: &App, token: &str) -> Result<Bearer, ApiError> {
    let unread = read_unchecked(token)?;
    let key = signing_key(app, &unread.iss).await?;
    let claims = check_signature(token, &key)?;
    check_claims(&claims, app.account, app.now())?;
    bearer(claims)
}

/// Signs a token for a bearer with an API key that has its secret.
pub(crate) fn issue(key: &Key, bearer: &Bearer, now: Timestamp) -> Result<String, ApiError> {
    let secret = key.secret.as_deref().ok_or_else(|| no_secret(key.sid))?;
    let role = match bearer.role {
        BearerRole::Worker => "worker",
        BearerRole::Supervisor => "supervisor",
        BearerRole::Admin => "admin",
    };
    let grant = TaskRouterGrant {
        workspace_sid: Some(bearer.workspace.to_string()),
        worker_sid: bearer.worker.map(|sid| sid.to_string()),
        role: Some(role.to_owned()),
    };
    let claims = Claims {
        jti: Some(format!("{}-{}", key.sid, now.as_secs())),
        iss: key.sid.to_string(),
        sub: key.account.to_string(),
        iat: Some(now.as_secs()),
        nbf: None,
        exp: bearer.expires_at.as_secs(),
        grants: Grants { identity: bearer.identity.clone(), task_router: Some(grant) },
    };
    let header = Header { cty: Some(CONTENT_TYPE.to_owned()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret.as_bytes()))
        .map_err(|error| ApiError::new(catalog::INTERNAL, format!("the token can not be signed: {error}")))
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

fn bearer(claims: Claims) -> Result<Bearer, ApiError> {
    let grant = claims.grants.task_router.ok_or_else(|| invalid("it has no task_router grant"))?;
    let workspace = grant.workspace_sid.as_deref().and_then(|sid| sid.parse().ok());
    let worker = grant.worker_sid.as_deref().filter(|sid| !sid.is_empty());
    let worker =
        worker.map(|sid| sid.parse().map_err(|_| invalid("its worker_sid is not the SID of a worker")));
    Ok(Bearer {
        identity: claims.grants.identity,
        workspace: workspace.ok_or_else(|| invalid("its task_router grant names no workspace_sid"))?,
        worker: worker.transpose()?,
        role: role(grant.role.as_deref().unwrap_or_default()),
        expires_at: Timestamp::from_secs(claims.exp),
    })
}

/// Flex has roles of its own beside the published ones: what is not known may do the least.
fn role(name: &str) -> BearerRole {
    match name {
        "admin" => BearerRole::Admin,
        "supervisor" => BearerRole::Supervisor,
        _ => BearerRole::Worker,
    }
}

fn no_secret(key: KeySid) -> ApiError {
    invalid(&format!("the secret of {key} was not kept when it was made: make a new API key"))
}

fn unreadable(error: &jsonwebtoken::errors::Error) -> String {
    format!("it can not be read as a signed token: {error}")
}

fn invalid(reason: &str) -> ApiError {
    ApiError::new(catalog::TOKEN_INVALID, format!("Invalid access token: {reason}"))
}
