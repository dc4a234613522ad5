//! The API of 2010: everything lies below the account, paths end in `.json`, dates are RFC 2822.

pub(super) mod accounts;
pub(super) mod applications;
pub(super) mod available_numbers;
pub(super) mod call_form;
pub(super) mod call_notes;
pub(super) mod calls;
pub(super) mod conferences;
pub(super) mod credential_lists;
pub(super) mod credentials;
pub(super) mod ip_access_control_lists;
pub(super) mod ip_addresses;
pub(super) mod keys;
pub(super) mod media;
pub(super) mod message_feedback;
pub(super) mod message_form;
pub(super) mod messages;
pub(super) mod numbers;
pub(super) mod participants;
pub(super) mod queue_members;
pub(super) mod queues;
pub(super) mod recording_files;
mod recording_mp3;
pub(super) mod recordings;
pub(super) mod sip_domains;
pub(super) mod sip_mappings;
pub(super) mod streams;
pub(super) mod user_defined_messages;
pub(super) mod webhooks;

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{AccountSid, Timestamp};
use serde::Deserialize;

use crate::app::Shared;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Document, Path};
use crate::parameters::Parameters;

/// Returns the route of what lies below the account.
fn below_account(tail: &str) -> String {
    format!("/2010-04-01/Accounts/{{account}}{tail}")
}

/// Returns the path of what lies below the account.
fn uri(account: AccountSid, tail: &str) -> String {
    format!("/2010-04-01/Accounts/{account}{tail}")
}

/// Reads the borders of a date in a list's query: `Name` alone is a day, `Name>` its beginning, `Name<` its end.
fn day(query: &Parameters, name: &str) -> Result<[Option<Timestamp>; 2], ApiError> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let day = query.date(name)?;
    let from = query.date(&format!("{name}>"))?.or(day);
    Ok([from, query.date(&format!("{name}<"))?.or(day.map(|day| day + DAY))])
}

/// Says of what has a row but is no longer in the exchange that its state does not allow the request.
fn live<T, E: Into<ApiError>>(done: Result<T, E>, ended: &str) -> Result<T, ApiError> {
    done.map_err(|error| {
        let error: ApiError = error.into();
        match error.entry() == catalog::NOT_FOUND {
            true => ApiError::new(catalog::CALL_STATE, ended),
            false => error,
        }
    })
}

/// The account in a path, which must be the one that is served.
struct Ours;

#[derive(Deserialize)]
struct Variables {
    account: Document<AccountSid>,
}

impl FromRequestParts<Shared> for Ours {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let Path(Variables { account: Document(account) }) = Path::from_request_parts(parts, app).await?;
        match account == app.account {
            true => Ok(Self),
            false => Err(ApiError::not_found()),
        }
    }
}

/// What a path names below the account, by its last variable.
struct Named<T>(T);

#[derive(Deserialize)]
#[serde(bound = "T: FromStr<Err: Display>")]
struct Last<T> {
    sid: Document<T>,
}

impl<T: FromStr<Err: Display> + Send> FromRequestParts<Shared> for Named<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        Ours::from_request_parts(parts, app).await?;
        let Path(Last { sid: Document(sid) }) = Path::<Last<T>>::from_request_parts(parts, app).await?;
        Ok(Self(sid))
    }
}
