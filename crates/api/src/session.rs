//! Sessions of browsers: a signed cookie says who logged in; nothing of it is kept on the server.
//!
//! A session ends with its time, with the person's password, and when the person is disabled.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Method, header};
use domain::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use store::{Key, User, resources};

use crate::app::App;
use crate::auth::own_key::own_key;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::secrets;

/// The header without which no session changes anything: pages of other origins can not send it unasked.
pub(crate) const PAGE_HEADER: &str = "x-patchboard-page";

/// How long a session lasts: a long shift.
const LIFETIME: Duration = Duration::from_secs(16 * 60 * 60);

const COOKIE: &str = "patchboard_session";

/// What tells a session from an access token, which the same key signs.
const CONTENT_TYPE: &str = "patchboard-session;v=1";

#[derive(Serialize, Deserialize)]
struct Claims {
    /// The person's SID.
    sub: String,
    /// When the session ends.
    exp: i64,
    /// A digest of the stored password, so that another password ends the session.
    pwd: String,
}

/// Returns the cookie of a person who has just logged in.
pub(crate) async fn begin(app: &App, user: &User) -> Result<HeaderValue, ApiError> {
    let expires_at = app.now() + LIFETIME;
    let claims = Claims { sub: user.sid.to_string(), exp: expires_at.as_secs(), pwd: password_mark(user) };
    let header = Header { cty: Some(CONTENT_TYPE.to_owned()), ..Header::new(Algorithm::HS256) };
    let key = own_key(app).await?;
    let token =
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret(&key))).map_err(|error| {
            ApiError::new(catalog::INTERNAL, format!("the session can not be signed: {error}"))
        })?;
    Ok(cookie(app, &token, LIFETIME))
}

/// Returns the cookie that makes a browser forget its session.
pub(crate) fn end(app: &App) -> HeaderValue {
    cookie(app, "", Duration::ZERO)
}

/// Returns the person whose session a request carries; none where it carries none that is good.
pub(crate) async fn person(app: &App, headers: &HeaderMap) -> Result<Option<User>, ApiError> {
    let Some(token) = token_of(headers) else { return Ok(None) };
    let Some(claims) = read(token, &own_key(app).await?, app.now()) else { return Ok(None) };
    let user: Option<User> = resources::fetch(&app.store, &claims.sub).await?;
    Ok(user.filter(|user| !user.is_disabled && secrets::is_same(&password_mark(user), &claims.pwd)))
}

/// Tells whether a request comes from a page of ours.
pub(crate) fn is_of_page(headers: &HeaderMap) -> bool {
    headers.contains_key(PAGE_HEADER)
}

/// Refuses a change that a page of another origin may have made a browser ask for.
pub(crate) fn check_origin(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    match method.is_safe() || is_of_page(headers) {
        true => Ok(()),
        false => Err(ApiError::new(
            catalog::FORBIDDEN,
            format!("A request with a session that changes something must have the header {PAGE_HEADER}"),
        )),
    }
}

fn token_of(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

fn read(token: &str, key: &Key, now: Timestamp) -> Option<Claims> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    if header.cty.as_deref() != Some(CONTENT_TYPE) {
        return None;
    }
    let mut validation = Validation::new(Algorithm::HS256);
    // The time is compared with the installation's clock, below.
    validation.validate_exp = false;
    let decoded =
        jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(secret(key)), &validation).ok()?;
    (decoded.claims.exp > now.as_secs()).then_some(decoded.claims)
}

fn secret(key: &Key) -> &[u8] {
    key.secret.as_deref().expect("our own key is made with its secret").as_bytes()
}

fn password_mark(user: &User) -> String {
    secrets::digest(&user.password_hash)
}

fn cookie(app: &App, value: &str, age: Duration) -> HeaderValue {
    let secure = if app.public_url.starts_with("https:") { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", age.as_secs());
    HeaderValue::try_from(text).expect("a token has only letters, digits, dots, dashes and underscores")
}
