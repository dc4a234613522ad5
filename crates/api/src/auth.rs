//! Who asks: HTTP Basic with the account's SID and token, an API key, or (our own API only) a person's login.

pub(crate) mod access_token;
pub(crate) mod login_limit;
pub(crate) mod own_key;

use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use router::{Actor, Requester};
use store::{Key, Role, User, resources};
use tokio::sync::Semaphore;

use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::peer::{ClientAddr, Peer};
use crate::secrets;
use crate::session;

/// Checks of passwords that run at once: each takes 19 MiB and a core for a while, on purpose.
static CHECKS: Semaphore = Semaphore::const_new(4);

/// How long a login waits for its check.
const CHECK_WAIT_MAX: Duration = Duration::from_secs(2);

/// The hash of a password that nobody has.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$NmU2ZjYyNmY2NDc5MjA2ZTZmNjI2ZjY0NzkyMA$N+DYqIb22LAxwgNcy3f9lSEApmJP4kxDl+GnGSGBKcE";

tokio::task_local! {
    /// Who makes the request at hand, for the events log.
    static REQUESTER: Requester;
}

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// The account itself, by its token or one of its keys.
    Account,
    /// A person.
    Person(Box<User>),
}

impl Caller {
    /// Refuses a person who has none of these roles.
    pub(crate) fn must_be(&self, roles: &[Role]) -> Result<(), ApiError> {
        match self {
            Self::Account => Ok(()),
            Self::Person(user) if roles.iter().any(|role| user.roles.contains(role)) => Ok(()),
            Self::Person(_) => Err(ApiError::new(
                catalog::FORBIDDEN,
                format!("This needs one of the roles {}", names(roles)),
            )),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| unauthorized("Credentials are missing"))
    }
}

/// Refuses credentials that are not the account's or one of its keys'.
pub(crate) async fn check_account(app: &App, headers: &HeaderMap) -> Result<(), ApiError> {
    account(app, headers).await.map(drop)
}

/// Lets only the account and its keys in.
pub(crate) async fn account_only(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let actor = account(&app, request.headers()).await?;
    Ok(let_in(Caller::Account, actor, request, next).await)
}

/// Lets the account, its keys and people in.
pub(crate) async fn account_or_person(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (caller, actor) = identify(&app, request.headers()).await?;
    if !request.headers().contains_key(header::AUTHORIZATION) {
        session::check_origin(request.method(), request.headers())?;
    }
    Ok(let_in(caller, actor, request, next).await)
}

/// Lets in the same, and pages of ours that nobody logged in to: for what is there in development mode only.
pub(crate) async fn also_our_pages(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if session::is_of_page(request.headers()) && is_reached_directly(&app, request.headers()) {
        return Ok(next.run(request).await);
    }
    account_or_person(State(app), request, next).await
}

/// Returns who asks: the account, by its token or a key, or a person by a session or a login.
pub(crate) async fn caller(app: &App, headers: &HeaderMap) -> Result<Caller, ApiError> {
    identify(app, headers).await.map(|(caller, _)| caller)
}

/// Returns who makes the request at hand; none outside of requests that were let in here.
pub(crate) fn requester() -> Option<Requester> {
    REQUESTER.try_with(Requester::clone).ok()
}

/// Returns who asks, and what the events log calls them.
async fn identify(app: &App, headers: &HeaderMap) -> Result<(Caller, Actor), ApiError> {
    if !headers.contains_key(header::AUTHORIZATION)
        && let Some(user) = session::person(app, headers).await?
    {
        return Ok(of_person(user));
    }
    let (name, secret) = credentials(headers)?;
    if let Some(actor) = account_actor(app, &name, &secret).await? {
        return Ok((Caller::Account, actor));
    }
    match person(app, &name, secret).await? {
        Some(user) => Ok(of_person(user)),
        None => Err(unauthorized("The login and its password do not match")),
    }
}

/// Returns the person with this login, if the password is right.
pub(crate) async fn person(app: &App, login: &str, password: String) -> Result<Option<User>, ApiError> {
    let account = app.account.to_string();
    let user: Option<User> = resources::by_name(&app.store, &account, &login.to_lowercase()).await?;
    let user = user.filter(|user| !user.is_disabled);
    // Who is not there is checked as well: the time must not tell which logins exist.
    let hash = user.as_ref().map_or(NOBODY, |user| &user.password_hash).to_owned();
    Ok(is_password(password, hash).await?.then_some(user).flatten())
}

/// Writes the value of an `Authorization` header.
pub fn basic_authorization(name: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")))
}

async fn let_in(caller: Caller, actor: Actor, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|info| info.0.0.ip());
    let address = ClientAddr::of(peer, request.headers()).known().map(Into::into);
    request.extensions_mut().insert(caller);
    REQUESTER.scope(Requester { actor, address }, next.run(request)).await
}

fn of_person(user: User) -> (Caller, Actor) {
    let actor = user.worker.map_or(Actor::User(user.sid), Actor::Worker);
    (Caller::Person(Box::new(user)), actor)
}

/// Returns the account or its key that asks.
async fn account(app: &App, headers: &HeaderMap) -> Result<Actor, ApiError> {
    let (name, secret) = credentials(headers)?;
    let actor = account_actor(app, &name, &secret).await?;
    actor.ok_or_else(|| unauthorized("The Account SID or API key and its secret do not match"))
}

fn credentials(headers: &HeaderMap) -> Result<(String, String), ApiError> {
    let given = headers.get(header::AUTHORIZATION).ok_or_else(|| unauthorized("Credentials are missing"))?;
    let read = || {
        let (scheme, token) = given.to_str().ok()?.split_once(' ')?;
        let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(token.trim()))?;
        let text = String::from_utf8(decoded.ok()?).ok()?;
        text.split_once(':').map(|(name, secret)| (name.to_owned(), secret.to_owned()))
    };
    read().ok_or_else(|| unauthorized("The Authorization header can not be read: Basic is expected"))
}

/// Tells whether the browser reached us by an address, not by a name that somebody else may have led here.
fn is_reached_directly(app: &App, headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let is_public = app.public_url.split_once("://").is_some_and(|(_, public)| public == host);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    is_public || name == "localhost" || name.parse::<std::net::IpAddr>().is_ok()
}

async fn account_actor(app: &App, name: &str, secret: &str) -> Result<Option<Actor>, ApiError> {
    if name == app.account.to_string() {
        return Ok(secrets::is_same(secret, &app.auth_token).then_some(Actor::Account(app.account)));
    }
    if !name.starts_with("SK") {
        return Ok(None);
    }
    let key: Option<Key> = resources::fetch(&app.store, name).await?;
    let key = key.filter(|key| secrets::is_same(&secrets::digest(secret), &key.secret_digest));
    Ok(key.map(|key| Actor::Key(key.sid)))
}

async fn is_password(password: String, hash: String) -> Result<bool, ApiError> {
    let Ok(Ok(_permit)) = tokio::time::timeout(CHECK_WAIT_MAX, CHECKS.acquire()).await else {
        return Err(ApiError::new(catalog::TOO_MANY_REQUESTS, "Too many logins are being checked"));
    };
    let checked = tokio::task::spawn_blocking(move || secrets::is_password(&password, &hash)).await;
    Ok(checked.unwrap_or(false))
}

fn unauthorized(message: &str) -> ApiError {
    ApiError::new(catalog::UNAUTHORIZED, format!("Authenticate: {message}"))
}

fn names(roles: &[Role]) -> String {
    let names: Vec<String> = roles.iter().map(|role| format!("{role:?}").to_lowercase()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nobody_takes_as_long_as_any_other() {
        let parameters = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        let other = secrets::hash_password("correct horse", "0123456789abcdef0123456789abcdef");
        assert_eq!(parameters(NOBODY), parameters(&other));
        assert!(!secrets::is_password("", NOBODY));
    }
}
