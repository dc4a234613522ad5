//! The media service of conversations: files are uploaded here, and messages name them by SID.
//!
//! A file is never trusted: its type is what its bytes say, its name is only a name, and no browser runs it.

mod content;
mod tickets;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use domain::{ConversationServiceSid, MediaSid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{ConversationService, Medium, Unit, resources};

pub(crate) use self::content::{medium_of_message, serve, serve_message_medium};
pub use self::tickets::media_link;

use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Path;
use crate::paging::List;
use crate::reply::{Answer, Reply};
use crate::resources::sniffing;

/// What all paths begin with.
const BASE: &str = "/mcs/v1";

/// The largest file: no network that is reached from here takes more than 16 MB.
const SIZE_MAX: usize = 16 * 1024 * 1024;

/// The longest file name, in characters.
const FILENAME_MAX: usize = 255;

/// Returns the routes that need the account's credentials.
pub(super) fn routes() -> Router<Shared> {
    let all = format!("{BASE}/Services/{{service}}/Media");
    Router::new()
        .route(&all, post(create))
        .route(&format!("{all}/{{medium}}"), get(fetch).delete(remove))
        .route(&format!("{all}/{{medium}}/Content"), get(content::fetch))
}

/// Returns the route whose path itself is the leave to go it.
pub(super) fn ticketed() -> Router<Shared> {
    Router::new().route(&format!("{BASE}/Content/{{ticket}}"), get(content::redeem))
}

#[derive(Deserialize)]
struct InService {
    service: ConversationServiceSid,
}

/// The medium in a path.
#[derive(Deserialize)]
struct InPath {
    service: ConversationServiceSid,
    medium: MediaSid,
}

/// A file on its way.
pub(super) struct Upload {
    /// The name that it may be shown by.
    pub(super) filename: Option<String>,
    /// The request's headers, whose content type is believed of harmless types.
    pub(super) headers: HeaderMap,
    /// Its bytes.
    pub(super) body: Body,
}

async fn create(
    State(app): State<Shared>,
    Path(path): Path<InService>,
    headers: HeaderMap,
    list: List,
    body: Body,
) -> Answer {
    let service = service(&app, path.service).await?;
    let filename = list.query.filled("Filename").and_then(filename);
    let medium = keep(&app, service, Upload { filename, headers, body }).await?;
    Ok(Reply::created(present(&app, &medium)))
}

/// Takes what is uploaded into a service.
pub(super) async fn keep(
    app: &App,
    service: ConversationServiceSid,
    upload: Upload,
) -> Result<Medium, ApiError> {
    let bytes = to_bytes(upload.body, SIZE_MAX).await.map_err(|_| too_large())?;
    if bytes.is_empty() {
        return Err(ApiError::invalid("body", "it is empty: the bytes of the file are expected"));
    }
    let declared = upload.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut tick = app.platform.tick();
    let medium = Medium {
        sid: tick.sid(),
        account: app.account,
        service,
        size: bytes.len() as u64,
        content_type: content_type(&bytes, declared),
        filename: upload.filename,
        source_url: None,
        date_created: tick.now,
        date_updated: tick.now,
    };
    app.platform.keep_medium(medium.sid, bytes.to_vec()).await?;
    app.store.commit(Unit::new().with(resources::insert(&medium))).await?;
    Ok(medium)
}

async fn fetch(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, path.service, path.medium).await?)))
}

/// Messages that have it keep its facts; its content is gone.
async fn remove(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    let medium = find(&app, path.service, path.medium).await?;
    app.store.commit(Unit::new().with(resources::delete(&medium.sid.to_string()))).await?;
    app.platform.keep_medium(medium.sid, Vec::new()).await?;
    Ok(Reply::deleted())
}

/// Returns a medium of a service.
pub(super) async fn find(
    app: &App,
    service: ConversationServiceSid,
    sid: MediaSid,
) -> Result<Medium, ApiError> {
    let found: Option<Medium> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.filter(|medium| medium.service == service).ok_or_else(ApiError::not_found)
}

/// Returns the service, which is there from the beginning where it is the account's own.
async fn service(app: &App, sid: ConversationServiceSid) -> Result<ConversationServiceSid, ApiError> {
    let is_own = super::conversations::settings(app).await?.default_service_sid == sid;
    let found: Option<ConversationService> = resources::fetch(&app.store, &sid.to_string()).await?;
    if is_own || found.is_some() { Ok(sid) } else { Err(ApiError::not_found()) }
}

fn too_large() -> ApiError {
    let megabytes = SIZE_MAX / 1024 / 1024;
    ApiError::new(catalog::TOO_LARGE, format!("The file has more than {megabytes} MB: send a smaller one"))
}

/// Returns the type of a medium: one that browsers show must be what the bytes say; any other is as it was declared.
pub fn content_type(bytes: &[u8], declared: Option<&str>) -> String {
    let declared =
        declared.map(|text| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let declared = declared.filter(|text| text.contains('/') && text.is_ascii() && text.len() <= 100);
    let found = sniffing::content_type(bytes);
    match (declared, found) {
        (Some(declared), Some("text/plain") | None) if !sniffing::is_shown(&declared) => declared,
        (_, Some(found)) => found.to_owned(),
        (_, None) => "application/octet-stream".to_owned(),
    }
}

/// Returns the name of a file without folders and what can not be shown.
pub fn filename(given: &str) -> Option<String> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    // Marks that change the direction of writing make `exe.png` of `gnp.exe`.
    let is_shown = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = last.chars().filter(is_shown).take(FILENAME_MAX).collect();
    let name = name.trim().trim_start_matches('.').to_owned();
    Some(name).filter(|name| !name.is_empty())
}

fn present(app: &App, medium: &Medium) -> Value {
    let url = format!("{}{BASE}/Services/{}/Media/{}", app.public_url, medium.service, medium.sid);
    json!({
        "sid": medium.sid,
        "account_sid": medium.account,
        "service_sid": medium.service,
        "size": medium.size,
        "content_type": medium.content_type,
        "filename": medium.filename,
        "category": "media",
        "author": null,
        "is_multipart_upstream": false,
        "date_created": medium.date_created.to_iso8601(),
        "date_updated": medium.date_updated.to_iso8601(),
        "date_upload_updated": medium.date_created.to_iso8601(),
        "url": url,
        "links": {
            "content": format!("{url}/Content"),
            "content_direct_temporary": media_link(&app.public_url, &app.auth_token, medium.sid, app.now()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_names() {
        for (given, kept) in [
            ("cat.png", Some("cat.png")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Windows\\x.exe", Some("x.exe")),
            ("a\r\nSet-Cookie: x", Some("aSet-Cookie: x")),
            ("photo\u{202e}gnp.exe", Some("photognp.exe")),
            (".htaccess", Some("htaccess")),
            ("\"><script>.png", Some("\"><script>.png")),
            ("..", None),
            ("/", None),
        ] {
            assert_eq!(filename(given).as_deref(), kept, "{given:?}");
        }
    }

    #[test]
    fn a_type_that_browsers_show_is_what_the_bytes_say() {
        let png = b"\x89PNG\r\n\x1a\n....";
        for (bytes, declared, kept) in [
            (&png[..], Some("text/html"), "image/png"),
            (b"<svg onload=alert(1)>", Some("image/svg+xml"), "image/svg+xml"),
            (b"<script>", Some("image/png"), "text/plain"),
            (b"MZ\x90\x00\xff", Some("image/png"), "application/octet-stream"),
            (b"hello", Some("text/csv; charset=utf-8"), "text/csv"),
            (b"hello", None, "text/plain"),
        ] {
            assert_eq!(content_type(bytes, declared), kept, "{declared:?}");
        }
    }
}
