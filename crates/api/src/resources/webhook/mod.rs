//! The webhook of a flow: drives the flow as TwiML for whoever has a call or a message.
//!
//! What is asked is told from the parameters: a call by `CallSid`, a message by `MessageSid` or `SmsSid`.

mod document;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::{AccountSid, FlowSid, StepSid};
use serde_json::{Map, Value};
use store::{FlowRecord, resources};

use crate::app::{App, Shared};
use crate::auth;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::parameters::Parameters;
use crate::payloads::webhook_url;
use crate::platform::{FlowContact, FlowRequest};

/// Says why the flow is asked.
const FLOW_EVENT: &str = "FlowEvent";

/// Names the visit whose verbs are done.
const FLOW_STEP: &str = "FlowStep";

/// Whatever has the contact gives it back to the flow.
const RETURN: &str = "return";

/// The contact comes back because the flow was busy.
const WAIT: &str = "wait";

/// The header of a signed request.
const SIGNATURE: &str = "x-twilio-signature";

/// What a flow's webhook is called with.
type Pairs = Vec<(String, String)>;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/webhooks/v1/Accounts/{account}/Flows/{flow}", get(ask).post(tell))
}

async fn ask(state: State<Shared>, path: Path<(AccountSid, FlowSid)>, uri: Uri, headers: HeaderMap) -> Reply {
    answer(&state.0, path.0, &uri, &headers, Vec::new()).await
}

async fn tell(
    state: State<Shared>,
    path: Path<(AccountSid, FlowSid)>,
    uri: Uri,
    headers: HeaderMap,
    Form(form): Form,
) -> Reply {
    answer(&state.0, path.0, &uri, &headers, pairs_of(&form)).await
}

type Reply = Result<Response, ApiError>;

async fn answer(
    app: &App,
    (account, flow): (AccountSid, FlowSid),
    uri: &Uri,
    headers: &HeaderMap,
    form: Pairs,
) -> Reply {
    check_sender(app, uri, headers, &form).await?;
    let record: Option<FlowRecord> = resources::fetch(&app.store, &flow.to_string()).await?;
    record.filter(|record| record.account == account).ok_or_else(ApiError::not_found)?;
    let query = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    let query = query
        .map_err(|reason| ApiError::new(catalog::INVALID, format!("The query can not be read: {reason}")))?;
    let pairs = pairs_of(&query).into_iter().chain(form);
    let answer = app.platform.drive_flow(request(flow, pairs)?).await?;
    let url = webhook_url(&app.public_url, account, flow);
    let document = document::of(answer, &url);
    Ok(([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document.to_xml()).into_response())
}

/// Reads what is told; a parameter of the body counts over one of the query.
fn request(flow: FlowSid, pairs: impl Iterator<Item = (String, String)>) -> Result<FlowRequest, ApiError> {
    let mut parameters: Map<String, Value> = pairs.map(|(name, value)| (name, Value::from(value))).collect();
    let mut take = |name| parameters.shift_remove(name).and_then(|value| value.as_str().map(str::to_owned));
    let (event, step) = (take(FLOW_EVENT).unwrap_or_default(), take(FLOW_STEP));
    let step: Option<StepSid> = match step.map(|step| step.parse()).transpose() {
        Ok(step) => step,
        Err(error) => return Err(ApiError::invalid(FLOW_STEP, error)),
    };
    Ok(FlowRequest {
        flow,
        contact: contact(&parameters)?,
        parameters,
        step,
        is_return: event == RETURN,
        is_waiting: event == WAIT,
    })
}

fn contact(parameters: &Map<String, Value>) -> Result<FlowContact, ApiError> {
    let filled = |name: &&str| parameters.get(*name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(call) = filled(&"CallSid") {
        return Ok(FlowContact::Call(call.to_owned()));
    }
    let message = ["MessageSid", "SmsMessageSid", "SmsSid"].iter().find_map(filled);
    message.map(|message| FlowContact::Message(message.to_owned())).ok_or_else(|| {
        let message = "Neither CallSid nor MessageSid is given: the parameters of a voice or messaging webhook are \
                       expected";
        ApiError::new(catalog::INVALID, message)
    })
}

/// Refuses a request that does not say that it comes from the account; on a developer's machine, any may come.
async fn check_sender(app: &App, uri: &Uri, headers: &HeaderMap, form: &Pairs) -> Result<(), ApiError> {
    if let Some(signature) = headers.get(SIGNATURE) {
        let signature = signature.to_str().unwrap_or_default();
        let is_signed =
            urls(app, uri, headers).iter().any(|url| app.platform.is_signed(url, form, signature));
        return if is_signed { Ok(()) } else { Err(forbidden("does not fit the URL and the parameters")) };
    }
    if headers.contains_key(header::AUTHORIZATION) {
        return auth::check_account(app, headers).await;
    }
    if app.is_development { Ok(()) } else { Err(forbidden("is missing")) }
}

fn forbidden(reason: &str) -> ApiError {
    let message = format!("X-Twilio-Signature {reason}: sign the request with the account's auth token");
    ApiError::new(catalog::FORBIDDEN, message)
}

/// Returns the URLs under which the sender may know this request: ours, and the host that it named.
fn urls(app: &App, uri: &Uri, headers: &HeaderMap) -> Vec<String> {
    let path = uri.path_and_query().map_or(uri.path(), |path| path.as_str());
    let mut urls = vec![format!("{}{path}", app.public_url)];
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    // A published host has its label as prefix here.
    let paths = [Some(path), path.strip_prefix("/webhooks")];
    for (host, path) in paths.into_iter().flatten().filter_map(|path| Some((host?, path))) {
        urls.extend(["https", "http"].map(|scheme| format!("{scheme}://{host}{path}")));
    }
    urls
}

fn pairs_of(parameters: &Parameters) -> Pairs {
    parameters.without(&[]).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
