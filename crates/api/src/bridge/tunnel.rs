//! The tunnel: one POST carries the method, path and parameters of a request, with the token of who asks.
//!
//! The envelope is JSON whatever the Content-Type says: version 2 of the SDK calls it a form, version 3 plain text.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use domain::WorkspaceSid;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Bridge;
use super::requests::{self, Call, Method};
use super::token;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{IfMatch, malformed, read_body};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

#[derive(Deserialize)]
struct Envelope {
    url: String,
    method: String,
    #[serde(default)]
    params: Option<Map<String, Value>>,
    #[serde(default)]
    token: String,
}

/// Carries out a request in an envelope.
pub(super) async fn carry(
    State(bridge): State<Bridge>,
    IfMatch(if_match): IfMatch,
    request: Request,
) -> Answer {
    check_version(request.headers())?;
    let body = read_body(request.into_body()).await?;
    let envelope: Envelope = serde_json::from_slice(&body).map_err(|error| {
        malformed(&format!("JSON with url, method, params and token is expected: {error}"))
    })?;
    let bearer = token::check(&bridge.app, &envelope.token).await?;
    let path = path_below(&envelope.url, bearer.workspace)?;
    let method = method(&envelope.method)?;
    let parameters = Parameters::from_object(&envelope.params.unwrap_or_default());
    let call = Call { app: &bridge.app, bearer, if_match, parameters };
    let payload = requests::carry_out(&call, method, &path).await?;
    Ok(Reply::ok(json!({ "payload": payload })))
}

/// Both versions of the API are read in the same way; another one is not known.
fn check_version(headers: &HeaderMap) -> Result<(), ApiError> {
    const NAME: &str = "apiVersion";
    match headers.get(NAME).map(|value| value.to_str().unwrap_or_default()) {
        None | Some("v1" | "v2") => Ok(()),
        Some(other) => Err(ApiError::invalid(NAME, format!("'{other}' is not known: v1 or v2 is expected"))),
    }
}

fn method(name: &str) -> Result<Method, ApiError> {
    match name {
        "GET" => Ok(Method::Get),
        "POST" => Ok(Method::Post),
        _ => Err(ApiError::invalid("method", format!("'{name}' is not known: GET or POST is expected"))),
    }
}

/// Returns the segments of a path below the workspace that the token opens.
fn path_below(url: &str, workspace: WorkspaceSid) -> Result<Vec<&str>, ApiError> {
    let mut segments = url.trim_matches('/').split('/');
    let (Some("Workspaces"), Some(named)) = (segments.next(), segments.next()) else {
        return Err(ApiError::invalid("url", "Workspaces/WS…/… is expected"));
    };
    let named: WorkspaceSid = named.parse().map_err(|_| ApiError::not_found())?;
    match named == workspace {
        true => Ok(segments.collect()),
        false => {
            Err(ApiError::new(catalog::FORBIDDEN, format!("The access token opens {workspace}, not {named}")))
        }
    }
}
