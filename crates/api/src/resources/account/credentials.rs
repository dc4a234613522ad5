//! SIP users: a name that stays, and a password that is never shown.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{CredentialListSid, CredentialSid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Credential, Unit, resources};

use super::credential_lists::find as find_list;
use super::{Ours, below_account, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Document, Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// The fewest characters of a password: whoever guesses one calls at our cost.
const PASSWORD_LENGTH_MIN: usize = 12;

/// The most characters of a user name.
const NAME_LENGTH_MAX: usize = 32;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    let below = |tail: &str| below_account(&format!("/SIP/CredentialLists/{{list}}/Credentials{tail}"));
    Router::new()
        .route(&below(".json"), get(list).post(create))
        .route(&below("/{sid}"), get(fetch).post(update).delete(remove))
}

#[derive(Deserialize)]
struct OfList {
    list: CredentialListSid,
}

#[derive(Deserialize)]
struct OneCredential {
    list: CredentialListSid,
    sid: Document<CredentialSid>,
}

async fn list(State(app): State<Shared>, _: Ours, Path(path): Path<OfList>, list: List) -> Answer {
    find_list(&app, path.list).await?;
    let found = resources::list::<Credential>(&app.store, &path.list.to_string(), &list.page()).await?;
    Ok(list.reply_2010("credentials", each(found, |it| present(&it))))
}

async fn create(State(app): State<Shared>, _: Ours, Path(path): Path<OfList>, Form(form): Form) -> Answer {
    find_list(&app, path.list).await?;
    let mut tick = app.platform.tick();
    let credential = Credential {
        sid: tick.sid(),
        account: app.account,
        list: path.list,
        username: username(&form.required("Username")?)?,
        password: password(&form)?,
        date_created: tick.now,
        date_updated: tick.now,
    };
    match app.store.commit(Unit::new().with(resources::insert(&credential))).await {
        Ok(()) => Ok(Reply::created(present(&credential))),
        Err(store::Error::Duplicate(_)) => {
            let message = format!("Username: '{}' is in this list already", credential.username);
            Err(ApiError::new(catalog::CONFLICT, message))
        }
        Err(error) => Err(error.into()),
    }
}

async fn fetch(State(app): State<Shared>, _: Ours, Path(path): Path<OneCredential>) -> Answer {
    Ok(Reply::ok(present(&find(&app, &path).await?)))
}

async fn update(
    State(app): State<Shared>,
    _: Ours,
    Path(path): Path<OneCredential>,
    Form(form): Form,
) -> Answer {
    let before = find(&app, &path).await?;
    let after = Credential { password: password(&form)?, date_updated: app.now(), ..before.clone() };
    app.store.commit(Unit::new().with(resources::update(&after, before.date_updated))).await?;
    Ok(Reply::ok(present(&after)))
}

async fn remove(State(app): State<Shared>, _: Ours, Path(path): Path<OneCredential>) -> Answer {
    let credential = find(&app, &path).await?;
    app.store.commit(Unit::new().with(resources::delete(&credential.sid.to_string()))).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, path: &OneCredential) -> Result<Credential, ApiError> {
    let found: Option<Credential> = resources::fetch(&app.store, &path.sid.0.to_string()).await?;
    found.filter(|it| it.list == path.list).ok_or_else(ApiError::not_found)
}

fn username(given: &str) -> Result<String, ApiError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(c);
    match given.chars().count() <= NAME_LENGTH_MAX && given.chars().all(is_plain) {
        true => Ok(given.to_owned()),
        false => Err(ApiError::invalid(
            "Username",
            format!(
                "'{given}': at most {NAME_LENGTH_MAX} characters that a SIP address can hold are expected"
            ),
        )),
    }
}

/// The rules are the published ones; the password itself is in no message.
fn password(form: &Parameters) -> Result<String, ApiError> {
    let password = form.required("Password")?;
    let has = |is_it: fn(char) -> bool| password.chars().any(is_it);
    let is_strong = password.chars().count() >= PASSWORD_LENGTH_MIN
        && has(|c| c.is_ascii_digit())
        && has(char::is_lowercase)
        && has(char::is_uppercase);
    match is_strong {
        true => Ok(password),
        false => Err(ApiError::invalid(
            "Password",
            format!(
                "it is too weak: at least {PASSWORD_LENGTH_MIN} characters with a digit, a small and a capital \
                 letter among them are expected"
            ),
        )),
    }
}

fn present(credential: &Credential) -> Value {
    let own = format!("/SIP/CredentialLists/{}/Credentials/{}.json", credential.list, credential.sid);
    json!({
        "sid": credential.sid,
        "account_sid": credential.account,
        "credential_list_sid": credential.list,
        "username": credential.username,
        "date_created": credential.date_created.to_rfc2822(),
        "date_updated": credential.date_updated.to_rfc2822(),
        "uri": uri(credential.account, &own),
    })
}
