//! The API of 2010: everything lies below the account, paths end in `.json`, dates are RFC 2822.

pub(super) mod accounts;
pub(super) mod keys;
pub(super) mod media;
pub(super) mod messages;
pub(super) mod numbers;

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::AccountSid;
use serde::Deserialize;

use crate::app::Shared;
use crate::error::ApiError;
use crate::form::{Document, Path};

/// Returns the route of what lies below the account.
fn below_account(tail: &str) -> String {
    format!("/2010-04-01/Accounts/{{account}}{tail}")
}

/// Returns the path of what lies below the account.
fn uri(account: AccountSid, tail: &str) -> String {
    format!("/2010-04-01/Accounts/{account}{tail}")
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
