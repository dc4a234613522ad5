//! Access tokens for a person's browser, which the SDKs connect with.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::json;
use store::{Role, User, resources};

use crate::app::{App, Shared};
use crate::auth::Caller;
use crate::auth::access_token::{
    ChatGrant, Claims, Grants, IncomingGrant, LIFETIME_SECS_MAX, OutgoingGrant, VoiceGrant,
};
use crate::auth::own_key::own_key;
use crate::bridge::token::{Bearer, BearerRole};
use crate::error::ApiError;
use crate::form::Form;
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};
use crate::resources::conversations;

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
    let key = own_key(&app).await?;
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
