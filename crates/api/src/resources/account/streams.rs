//! Streams of a call's audio to an application, begun and closed while the call goes on.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use call::{Command, StartStream, StopStream, StreamName, Subject};
use domain::{CallSid, StreamSid};
use serde::Deserialize;
use serde_json::{Value, json};
use twiml::{Callback, Method, Parameter, Stream, Track};

use super::{Ours, below_account, call_form, calls, live, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Document, Form, Path};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// How many pairs a form can name, `Parameter1.Name` to `Parameter99.Value`.
const PARAMETERS_MAX: usize = 99;

/// The only state that a stream can be brought to.
const STOPPED: [&str; 1] = ["stopped"];

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Calls/{call}/Streams.json"), post(start))
        .route(&below_account("/Calls/{call}/Streams/{sid}"), post(stop))
}

#[derive(Deserialize)]
struct OfCall {
    call: CallSid,
}

#[derive(Deserialize)]
struct OneStream {
    call: CallSid,
    sid: Document<String>,
}

async fn start(
    State(app): State<Shared>,
    _: Ours,
    Path(OfCall { call }): Path<OfCall>,
    Form(form): Form,
) -> Answer {
    calls::find(&app, call).await?;
    let command = Command::StartStream(Box::new(StartStream { call, stream: stream(&form)? }));
    Ok(Reply::ok(done(&app, call, command, "in-progress").await?))
}

async fn stop(
    State(app): State<Shared>,
    _: Ours,
    Path(OneStream { call, sid: Document(name) }): Path<OneStream>,
    Form(form): Form,
) -> Answer {
    calls::find(&app, call).await?;
    form.required("Status")?;
    form.word("Status", &STOPPED, |status| status)?;
    let stream = name.parse::<StreamSid>().map_or(StreamName::Name(name), StreamName::Sid);
    let command = Command::StopStream(StopStream { call, stream });
    Ok(Reply::ok(done(&app, call, command, "stopped").await?))
}

fn stream(form: &Parameters) -> Result<Stream, ApiError> {
    let parameters = (1..=PARAMETERS_MAX).filter_map(|at| {
        let name = form.filled(&format!("Parameter{at}.Name"))?;
        let value = form.filled(&format!("Parameter{at}.Value")).unwrap_or_default();
        Some(Parameter { name: Some(name.to_owned()), value: Some(value.to_owned()) })
    });
    Ok(Stream {
        name: form.filled("Name").map(str::to_owned),
        url: Some(form.required("Url")?),
        track: form.word("Track", Track::ALL, Track::as_str)?,
        status_callback: Callback {
            url: call_form::absolute(form, "StatusCallback")?,
            method: form.word("StatusCallbackMethod", Method::ALL, Method::as_str)?,
        },
        parameters: parameters.collect(),
        ..Stream::default()
    })
}

async fn done(app: &App, call: CallSid, command: Command, status: &str) -> Result<Value, ApiError> {
    let done = app.platform.command_call(command).await;
    let subject = live(done, &format!("The call {call} has ended, or has no such stream"))?;
    let Subject::Stream(stream, name) = subject else { return Err(ApiError::not_found()) };
    Ok(json!({
        "sid": stream,
        "account_sid": app.account,
        "call_sid": call,
        "name": name,
        "status": status,
        "date_updated": app.now().to_rfc2822(),
        "uri": uri(app.account, &format!("/Calls/{call}/Streams/{stream}.json")),
    }))
}
