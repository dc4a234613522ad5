//! People who log in. An agent is tied to a worker, made on the spot where none is named.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{UserSid, WorkerSid, WorkspaceSid};
use router::{Command, CreateWorker};
use serde_json::{Value, json};
use store::{Role, Unit, User, resources};

use crate::app::{App, Shared, View};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};
use crate::secrets;

/// The workspace in which agents work unless another is named.
const DEFAULT_WORKSPACE: &str = "Flex Task Assignment";

/// The most characters of a login.
const LOGIN_LENGTH_MAX: usize = 64;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/users", get(list).post(create))
        .route("/v1/users/{name}", get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, caller: Caller, list: List) -> Answer {
    caller.must_be(&[Role::Admin, Role::Supervisor])?;
    let found = resources::list::<User>(&app.store, &app.account.to_string(), &list.page()).await?;
    Ok(list.reply("users", each(found, |user| present(&app, &user))))
}

async fn create(State(app): State<Shared>, caller: Caller, Form(form): Form) -> Answer {
    caller.must_be(&[Role::Admin])?;
    let mut tick = app.platform.tick();
    let login = login(&form.required("Login")?)?;
    if by_login(&app, &login).await?.is_some() {
        return Err(ApiError::new(catalog::CONFLICT, format!("Login: '{login}' is taken")));
    }
    let password = form.text("Password").ok_or_else(|| ApiError::missing("Password"))?;
    let mut user = User {
        sid: tick.sid(),
        account: app.account,
        friendly_name: form.filled("FriendlyName").unwrap_or(&login).to_owned(),
        roles: roles(&form)?.unwrap_or_default(),
        password_hash: hash(&app, password).await?,
        login,
        is_disabled: form.boolean("Disabled")?.unwrap_or(false),
        workspace: form.parsed("WorkspaceSid")?,
        worker: form.parsed("WorkerSid")?,
        date_created: tick.now,
        date_updated: tick.now,
    };
    tie_to_worker(&app, &mut user).await?;
    app.store.commit(Unit::new().with(resources::insert(&user))).await?;
    Ok(Reply::created(present(&app, &user)))
}

async fn fetch(State(app): State<Shared>, caller: Caller, Path(name): Path<String>) -> Answer {
    let user = find(&app, &name).await?;
    if !is_self(&caller, &user) {
        caller.must_be(&[Role::Admin, Role::Supervisor])?;
    }
    Ok(Reply::ok(present(&app, &user)))
}

/// Changes a person; people may change their own password and name, the rest is an admin's.
async fn update(
    State(app): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
    Form(form): Form,
) -> Answer {
    let before = find(&app, &name).await?;
    let roles = roles(&form)?;
    let is_disabled = form.boolean("Disabled")?;
    let (workspace, worker) = (form.parsed("WorkspaceSid")?, form.parsed("WorkerSid")?);
    let is_administered = roles.is_some() || is_disabled.is_some() || workspace.is_some() || worker.is_some();
    if is_administered || !is_self(&caller, &before) {
        caller.must_be(&[Role::Admin])?;
    }
    let mut user = User {
        friendly_name: form.filled("FriendlyName").unwrap_or(&before.friendly_name).to_owned(),
        roles: roles.unwrap_or_else(|| before.roles.clone()),
        is_disabled: is_disabled.unwrap_or(before.is_disabled),
        workspace: workspace.or(before.workspace),
        worker: worker.or(before.worker),
        date_updated: app.now(),
        ..before.clone()
    };
    if let Some(password) = form.text("Password") {
        user.password_hash = hash(&app, password).await?;
    }
    tie_to_worker(&app, &mut user).await?;
    app.store.commit(Unit::new().with(resources::update(&user, before.date_updated))).await?;
    Ok(Reply::ok(present(&app, &user)))
}

/// Deletes a person; the worker stays, with its history.
async fn remove(State(app): State<Shared>, caller: Caller, Path(name): Path<String>) -> Answer {
    caller.must_be(&[Role::Admin])?;
    let user = find(&app, &name).await?;
    app.store.commit(Unit::new().with(resources::delete(&user.sid.to_string()))).await?;
    Ok(Reply::deleted())
}

fn is_self(caller: &Caller, user: &User) -> bool {
    matches!(caller, Caller::Person(person) if person.sid == user.sid)
}

/// Returns the person with this SID or login.
async fn find(app: &App, name: &str) -> Result<User, ApiError> {
    let found = match name.parse::<UserSid>() {
        Ok(sid) => resources::fetch(&app.store, &sid.to_string()).await?,
        Err(_) => by_login(app, name).await?,
    };
    found.ok_or_else(ApiError::not_found)
}

async fn by_login(app: &App, login: &str) -> Result<Option<User>, ApiError> {
    Ok(resources::by_name(&app.store, &app.account.to_string(), &login.to_lowercase()).await?)
}

/// A login is also the identity that a browser registers under, and must not look like an API key or an account.
fn login(given: &str) -> Result<String, ApiError> {
    let login = given.trim();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+');
    let looks_like_sid = login.len() == 34 && (login.starts_with("AC") || login.starts_with("SK"));
    if login.chars().count() > LOGIN_LENGTH_MAX || !login.chars().all(is_plain) || looks_like_sid {
        let expected = format!("letters, digits and . _ - @ + are expected, at most {LOGIN_LENGTH_MAX}");
        return Err(ApiError::invalid("Login", format!("'{login}' can not be used: {expected}")));
    }
    Ok(login.to_owned())
}

/// Reads `Role` or `Roles`, repeated or with commas; none when neither is given.
fn roles(form: &Parameters) -> Result<Option<Vec<Role>>, ApiError> {
    if form.text("Role").is_none() && form.text("Roles").is_none() {
        return Ok(None);
    }
    let names = form.list("Role").into_iter().chain(form.list("Roles"));
    let mut roles: Vec<Role> = names.map(|name| role(&name)).collect::<Result<_, _>>()?;
    roles.sort_unstable();
    roles.dedup();
    Ok(Some(roles))
}

fn role(name: &str) -> Result<Role, ApiError> {
    match name.to_lowercase().as_str() {
        "agent" => Ok(Role::Agent),
        "supervisor" => Ok(Role::Supervisor),
        "admin" => Ok(Role::Admin),
        "author" => Ok(Role::Author),
        _ => {
            let expected = "agent, supervisor, admin or author is expected";
            Err(ApiError::invalid("Role", format!("'{name}' is not known: {expected}")))
        }
    }
}

async fn hash(app: &App, password: String) -> Result<String, ApiError> {
    let length = password.chars().count();
    if length < secrets::PASSWORD_LENGTH_MIN {
        let expected = format!("at least {} are expected", secrets::PASSWORD_LENGTH_MIN);
        return Err(ApiError::invalid("Password", format!("it has {length} characters: {expected}")));
    }
    let salt = app.platform.secret();
    let hashed = tokio::task::spawn_blocking(move || secrets::hash_password(&password, &salt)).await;
    hashed.map_err(|_| ApiError::new(catalog::INTERNAL, catalog::INTERNAL.title))
}

/// Sees to an agent's worker: the one that is named must exist, and one is made where none is named.
async fn tie_to_worker(app: &App, user: &mut User) -> Result<(), ApiError> {
    if let Some(worker) = user.worker {
        user.workspace = Some(workspace_of(app, worker, user.workspace).await?);
    } else if user.roles.contains(&Role::Agent) {
        let workspace = match user.workspace {
            Some(workspace) => workspace,
            None => default_workspace(app).await?,
        };
        user.worker = Some(make_worker(app, workspace, user).await?);
        user.workspace = Some(workspace);
    }
    Ok(())
}

async fn workspace_of(
    app: &App,
    worker: WorkerSid,
    named: Option<WorkspaceSid>,
) -> Result<WorkspaceSid, ApiError> {
    for workspace in named.map_or_else(|| app.platform.workspaces(), |workspace| vec![workspace]) {
        if app.look(workspace, move |view| view.workspace.worker(worker).is_some()).await? {
            return Ok(workspace);
        }
    }
    Err(ApiError::invalid("WorkerSid", format!("there is no worker {worker}")))
}

async fn default_workspace(app: &App) -> Result<WorkspaceSid, ApiError> {
    let all = app.platform.workspaces();
    for workspace in &all {
        if app.look(*workspace, |view| *view.workspace.settings().friendly_name == *DEFAULT_WORKSPACE).await?
        {
            return Ok(*workspace);
        }
    }
    match all.as_slice() {
        [only] => Ok(*only),
        _ => {
            let expected = format!("there is no workspace '{DEFAULT_WORKSPACE}': name the agent's workspace");
            Err(ApiError::invalid("WorkspaceSid", expected))
        }
    }
}

/// Makes the agent's worker, or takes the one with the agent's name that an interrupted request left behind.
async fn make_worker(app: &App, workspace: WorkspaceSid, user: &User) -> Result<WorkerSid, ApiError> {
    if let Some(worker) = worker_named(app, workspace, &user.login).await? {
        return Ok(worker);
    }
    let attributes = json!({ "contact_uri": format!("client:{}", user.login), "roles": user.roles });
    let command = CreateWorker {
        friendly_name: user.login.clone(),
        activity_sid: None,
        attributes: Some(attributes.to_string()),
    };
    app.route(workspace, Command::CreateWorker(command)).await?;
    worker_named(app, workspace, &user.login).await?.ok_or_else(ApiError::not_found)
}

async fn worker_named(app: &App, workspace: WorkspaceSid, name: &str) -> Result<Option<WorkerSid>, ApiError> {
    let name = name.to_owned();
    let find = move |view: &View<'_>| {
        let mut workers = view.workspace.workers();
        workers.find(|worker| worker.friendly_name.eq_ignore_ascii_case(&name)).map(|worker| worker.sid)
    };
    app.look(workspace, find).await
}

pub(super) fn present(app: &App, user: &User) -> Value {
    json!({
        "sid": user.sid,
        "account_sid": user.account,
        "login": user.login,
        "friendly_name": user.friendly_name,
        "roles": user.roles,
        "disabled": user.is_disabled,
        "workspace_sid": user.workspace,
        "worker_sid": user.worker,
        "date_created": user.date_created.to_iso8601(),
        "date_updated": user.date_updated.to_iso8601(),
        "url": format!("{}/v1/users/{}", app.public_url, user.sid),
    })
}
