//! The session of a browser: who is logged in, logging in and out. Open to everybody, since it is the way in.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::get;
use serde_json::{Value, json};
use store::User;

use super::users;
use crate::app::{App, Shared};
use crate::auth;
use crate::auth::login_limit::LoginLimit;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Form;
use crate::reply::{Answer, Reply};
use crate::session;

#[derive(Clone)]
struct Entrance {
    app: Shared,
    limit: Arc<LoginLimit>,
}

/// Returns the routes.
pub(crate) fn routes(app: &Shared) -> Router<Shared> {
    let entrance = Entrance { app: Arc::clone(app), limit: Arc::default() };
    Router::new().route("/v1/session", get(fetch).post(create).delete(remove)).with_state(entrance)
}

/// Says who is logged in, with what a page must know before anybody is.
async fn fetch(State(Entrance { app, .. }): State<Entrance>, headers: HeaderMap) -> Answer {
    let user = session::person(&app, &headers).await?;
    Ok(Reply::ok(present(&app, user.as_ref())))
}

/// Logs in.
async fn create(
    State(Entrance { app, limit }): State<Entrance>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<impl IntoResponse, ApiError> {
    session::check_origin(&Method::POST, &headers)?;
    let login = form.required("Login")?.to_lowercase();
    let password = form.text("Password").ok_or_else(|| ApiError::missing("Password"))?;
    if !limit.allows(&login, app.now()) {
        let reason = format!("The login '{login}' was tried too often: try again in a minute");
        return Err(ApiError::new(catalog::TOO_MANY_REQUESTS, reason));
    }
    let Some(user) = auth::person(&app, &login, password).await? else {
        limit.count_failure(&login, app.now());
        return Err(ApiError::new(catalog::UNAUTHORIZED, "The login and its password do not match"));
    };
    limit.forgive(&login);
    let cookie = session::begin(&app, &user).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Reply::created(present(&app, Some(&user)))))
}

/// Logs out.
async fn remove(
    State(Entrance { app, .. }): State<Entrance>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    session::check_origin(&Method::DELETE, &headers)?;
    Ok((AppendHeaders([(header::SET_COOKIE, session::end(&app))]), Reply::deleted()))
}

fn present(app: &App, user: Option<&User>) -> Value {
    json!({
        "development": app.is_development,
        "user": user.map(|user| users::present(app, user)),
    })
}
