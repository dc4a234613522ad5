//! The content of media: pictures are shown, all else is downloaded, and nothing of it runs.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use store::{Medium, resources};

use super::{InPath, find, tickets};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::resources::sniffing;

/// Types that say nothing to a browser that it would run, and that networks want to know.
const HARMLESS: [&str; 8] = [
    "application/pdf",
    "audio/amr",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "text/plain",
    "video/mp4",
    "video/webm",
];

/// Answers whoever has the account's credentials.
pub(super) async fn fetch(State(app): State<Shared>, Path(path): Path<InPath>) -> Result<Response, ApiError> {
    serve(&app, &find(&app, path.service, path.medium).await?).await
}

/// Answers whoever has a link that was given out lately.
pub(super) async fn redeem(
    State(app): State<Shared>,
    Path(ticket): Path<String>,
) -> Result<Response, ApiError> {
    let sid = tickets::read(&app.auth_token, &ticket, app.now()).ok_or_else(ApiError::not_found)?;
    let found: Option<Medium> = resources::fetch(&app.store, &sid.to_string()).await?;
    serve(&app, &found.ok_or_else(ApiError::not_found)?).await
}

async fn serve(app: &App, medium: &Medium) -> Result<Response, ApiError> {
    if let Some(url) = &medium.source_url {
        return Ok(Redirect::temporary(url).into_response());
    }
    let content = app.platform.medium(medium.sid).await?.ok_or_else(ApiError::not_found)?;
    let is_shown = sniffing::is_shown(&medium.content_type);
    let is_told = is_shown || HARMLESS.contains(&medium.content_type.as_str());
    let content_type = if is_told { medium.content_type.as_str() } else { "application/octet-stream" };
    let mut response = content.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_DISPOSITION, &disposition(medium, is_shown)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        let value = HeaderValue::from_str(value).map_err(|_| ApiError::not_found())?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// RFC 6266 §4.3: the name is encoded whole, so that nothing in it can end the header.
fn disposition(medium: &Medium, is_shown: bool) -> String {
    let kind = if is_shown { "inline" } else { "attachment" };
    let name = medium.filename.as_deref().unwrap_or("attachment");
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("{kind}; filename*=UTF-8''{name}")
}
