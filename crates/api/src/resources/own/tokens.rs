//! Access tokens for a person's browser, which the SDKs connect with.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use domain::KeySid;
use serde_json::json;
use store::{Key, Role, Unit, User, resources};

use crate::access_token::{
    ChatGrant, Claims, Grants, IncomingGrant, LIFETIME_SECS_MAX, OutgoingGrant, VoiceGrant,
};
use crate::app::{App, Shared};
use crate::auth::Caller;
use crate::bridge::token::{Bearer, BearerRole};
use crate::error::ApiError;
use crate::form::Form;
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};
use crate::resources::conversations;
use crate::secrets;

/// The key that signs tokens of people who log in here; deleting it ends all of them, the next token makes it anew.
const OWN_KEY: &str = "SK00000000000000000000000000000000";

/// How long a token lasts unless another time is asked for.
const LIFETIME_SECS_DEFAULT: u64 = 3600;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/tokens", post(create))
}

/// Makes a token for the person who asks; the account may ask for the person with a `Login`.
async fn create(State(app): State<Shared>, caller: Caller, Form(form): Form) -> Answer {
    let user = match caller {
        Caller::Person(user) => *user,
        Caller::Account => person(&app, &form.required("Login")?).await?,
    };
    let now = app.now();
    let lifetime = lifetime(&form)?;
    let (Some(worker), Some(workspace)) = (user.worker, user.workspace) else {
        let reason =
            format!("'{}' has no worker: give the person the role agent, or a WorkerSid", user.login);
        return Err(ApiError::invalid("Login", reason));
    };
    let bearer = Bearer {
        identity: user.login.clone(),
        workspace,
        worker: Some(worker),
        role: role(&user),
        expires_at: now + lifetime,
    };
    let settings = conversations::settings(&app).await?;
    let grants = Grants {
        identity: bearer.identity.clone(),
        task_router: Some(bearer.grant()),
        voice: Some(VoiceGrant {
            incoming: Some(IncomingGrant { allow: true }),
            outgoing: Some(OutgoingGrant::default()),
        }),
        chat: Some(ChatGrant { service_sid: Some(settings.default_service_sid.to_string()) }),
    };
    let key = signing_key(&app).await?;
    let token = Claims::issued_by(&key, grants, now, bearer.expires_at).sign(&key)?;
    let body = json!({
        "token": token,
        "identity": bearer.identity,
        "worker_sid": worker,
        "workspace_sid": workspace,
        "role": bearer.role,
        "expires": bearer.expires_at.to_iso8601(),
    });
    Ok(Reply::with_status(StatusCode::CREATED, body))
}

async fn person(app: &App, login: &str) -> Result<User, ApiError> {
    let found = resources::by_name(&app.store, &app.account.to_string(), &login.to_lowercase()).await?;
    let user: Option<User> = found;
    user.filter(|user| !user.is_disabled)
        .ok_or_else(|| ApiError::invalid("Login", format!("there is nobody with the login '{login}'")))
}

fn lifetime(form: &Parameters) -> Result<Duration, ApiError> {
    const NAME: &str = "Ttl";
    let secs = form.number::<u64>(NAME)?.unwrap_or(LIFETIME_SECS_DEFAULT);
    let max = LIFETIME_SECS_MAX.unsigned_abs();
    match (1..=max).contains(&secs) {
        true => Ok(Duration::from_secs(secs)),
        false => Err(ApiError::invalid(NAME, format!("'{secs}' is not between 1 and {max} seconds"))),
    }
}

fn role(user: &User) -> BearerRole {
    if user.roles.contains(&Role::Admin) {
        BearerRole::Admin
    } else if user.roles.contains(&Role::Supervisor) {
        BearerRole::Supervisor
    } else {
        BearerRole::Worker
    }
}

/// Returns the key that signs our own tokens, made on first use.
pub(crate) async fn signing_key(app: &App) -> Result<Key, ApiError> {
    let sid: KeySid = OWN_KEY.parse().expect("a constant SID is a SID");
    if let Some(key) = resources::fetch(&app.store, OWN_KEY).await? {
        return Ok(key);
    }
    let (secret, now) = (app.platform.secret(), app.now());
    let key = Key {
        sid,
        account: app.account,
        friendly_name: "Access tokens of people who log in".to_owned(),
        secret_digest: secrets::digest(&secret),
        secret: Some(secret),
        date_created: now,
        date_updated: now,
    };
    match app.store.commit(Unit::new().with(resources::insert(&key))).await {
        Ok(()) => Ok(key),
        // Another request made it at the same time.
        Err(store::Error::Duplicate(_)) => {
            resources::fetch(&app.store, OWN_KEY).await?.ok_or_else(ApiError::not_found)
        }
        Err(error) => Err(error.into()),
    }
}
