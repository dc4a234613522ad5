//! What a form says of a call to be placed: whom, by whom, what runs, and who is told.

use call::{Application, CallRecordingWish, CreateCall, Link, Program, ProgressCallback, Target};
use domain::{Address, FlowSid};
use store::{TwimlApplication, resources};
use twiml::{
    AnswerDetection, CallEvent, Callback, Document, MachineDetection, Method, RecordingChannels,
    RecordingEvent, RecordingTrack, StatusCallback, Trim,
};

use crate::app::App;
use crate::error::ApiError;
use crate::error_catalog::{self as catalog, Entry};
use crate::parameters::Parameters;
use crate::payloads::flow_of_url;
use crate::targets::target_of;

/// How long a call rings unless said otherwise, and at most, in seconds.
const RINGS_SECS: u32 = 60;
const RINGS_SECS_MAX: u32 = 600;

/// The longest that a call may last, in seconds: a day.
const LASTS_SECS_MAX: u32 = 86_400;

/// The most keys that are sent after the answer.
const DIGITS_MAX: usize = 32;

/// The most characters of a document that comes with the request.
const TWIML_LENGTH_MAX: usize = 4_000;

/// What runs on a call.
pub(super) struct Plan {
    /// The program.
    pub(super) program: Program,
    /// The flow, where the program is one.
    pub(super) flow: Option<FlowSid>,
    /// Who is told how the call goes, where an application says so.
    pub(super) progress: Option<ProgressCallback>,
}

/// Reads a call to be placed; its program is still nothing.
pub(crate) fn call(form: &Parameters) -> Result<CreateCall, ApiError> {
    let to = address(form, "To", catalog::CALL_TO_MISSING, catalog::TO_INVALID)?;
    let from = address(form, "From", catalog::CALL_FROM_MISSING, catalog::FROM_UNREADABLE)?;
    let shown = form
        .filled("CallerId")
        .map(|_| address(form, "CallerId", catalog::CALL_FROM_MISSING, catalog::FROM_UNREADABLE));
    let from = shown.unwrap_or(Ok(from))?;
    Ok(CreateCall {
        target: target(form, &to),
        to: bare(&to),
        from: bare(&from),
        caller_name: form.text("CallerDisplayName").unwrap_or_default(),
        program: Program::Nothing,
        progress: progress(form)?,
        timeout_secs: form.within("Timeout", 1..=RINGS_SECS_MAX)?.unwrap_or(RINGS_SECS),
        time_limit_secs: time_limit(form)?,
        send_digits: digits(form)?,
        recording: recording(form)?,
        answer_detection: answer_detection(form)?,
        parameters: call::Parameters::new(),
    })
}

/// Returns what a form wants to run; nothing where it says nothing.
pub(super) async fn plan(app: &App, form: &Parameters) -> Result<Option<Plan>, ApiError> {
    if let Some(sid) = form.filled("ApplicationSid") {
        return plan_of_application(app, sid.trim()).await.map(Some);
    }
    if form.text("Url").is_some_and(|url| !url.is_empty()) {
        return plan_of_url(app, form).map(Some);
    }
    let Some(text) = form.filled("Twiml") else { return Ok(None) };
    if text.chars().count() > TWIML_LENGTH_MAX {
        let reason = format!("it has more than {TWIML_LENGTH_MAX} characters: give a Url for a longer one");
        return Err(ApiError::invalid("Twiml", reason));
    }
    let parsed = Document::parse(text)
        .map_err(|error| ApiError::new(catalog::DOCUMENT_INVALID, format!("Twiml: {error}")))?;
    let program = Program::inline(parsed.document.verbs);
    Ok(Some(Plan { program, flow: None, progress: None }))
}

/// Makes the error of a call that nothing runs on.
pub(super) fn nothing_runs() -> ApiError {
    ApiError::new(
        catalog::URL_INVALID,
        "Url: none was given: one of Url, Twiml and ApplicationSid is expected",
    )
}

/// Returns a URL of the form with its method; an empty URL is none.
pub(crate) fn link(
    form: &Parameters,
    [url, method]: [&str; 2],
    default: Method,
) -> Result<Option<Link>, ApiError> {
    let Some(url) = absolute(form, url)? else { return Ok(None) };
    Ok(Some(Link { url, method: form.word(method, Method::ALL, Method::as_str)?.unwrap_or(default) }))
}

/// Returns who is told of recordings.
pub(super) fn recording_callback(
    form: &Parameters,
    name: &str,
) -> Result<StatusCallback<RecordingEvent>, ApiError> {
    let (method, event) = (format!("{name}Method"), format!("{name}Event"));
    Ok(StatusCallback {
        url: absolute(form, name)?,
        method: form.word(&method, Method::ALL, Method::as_str)?,
        events: form.words(&event, RecordingEvent::ALL, RecordingEvent::as_str)?,
    })
}

/// Returns how long a call may last.
pub(super) fn time_limit(form: &Parameters) -> Result<Option<u32>, ApiError> {
    form.within("TimeLimit", 1..=LASTS_SECS_MAX)
}

/// Returns an absolute URL of the form; an empty one is none.
pub(super) fn absolute(form: &Parameters, name: &str) -> Result<Option<String>, ApiError> {
    let Some(url) = form.filled(name).map(str::trim) else { return Ok(None) };
    let lower = url.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']));
    match has_host && !url.contains(char::is_whitespace) {
        true => Ok(Some(url.to_owned())),
        false => Err(ApiError::new(
            catalog::URL_INVALID,
            format!(
                "{name}: '{url}' is not a URL: an absolute one such as https://example.com/voice is expected"
            ),
        )),
    }
}

fn address(
    form: &Parameters,
    name: &str,
    missing: &'static Entry,
    invalid: &'static Entry,
) -> Result<String, ApiError> {
    let given =
        form.filled(name).ok_or_else(|| ApiError::new(missing, format!("{name}: an address is expected")))?;
    let unusable = || {
        let expected = "a number such as +15555550100, client:NAME or sip:NAME@HOST is expected";
        ApiError::new(invalid, format!("{name}: '{given}' can not be used: {expected}"))
    };
    let address: Address = given.parse().map_err(|_| unusable())?;
    match address.channel_type() {
        "sms" | "client" | "sip" | "sips" => Ok(address.to_string()),
        _ => Err(unusable()),
    }
}

/// What stands behind a question mark is for who is called, not for records.
fn bare(address: &str) -> String {
    address.split('?').next().unwrap_or_default().to_owned()
}

fn target(form: &Parameters, to: &str) -> Target {
    match target_of(to) {
        Target::Sip(mut targets) => {
            for target in &mut targets {
                target.username = form.text("SipAuthUsername").unwrap_or_default();
                target.password = form.text("SipAuthPassword").unwrap_or_default();
            }
            Target::Sip(targets)
        }
        other @ (Target::Number { .. } | Target::Client { .. }) => other,
    }
}

fn progress(form: &Parameters) -> Result<Option<ProgressCallback>, ApiError> {
    let events = form.words("StatusCallbackEvent", CallEvent::ALL, CallEvent::as_str)?;
    let link = link(form, ["StatusCallback", "StatusCallbackMethod"], Method::Post)?;
    Ok(link.map(|link| match events.is_empty() {
        true => ProgressCallback::of_end(link),
        false => ProgressCallback { link, events },
    }))
}

fn digits(form: &Parameters) -> Result<String, ApiError> {
    let digits = form.text("SendDigits").unwrap_or_default();
    let is_key = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#' | 'w' | 'W');
    match digits.len() <= DIGITS_MAX && digits.chars().all(is_key) {
        true => Ok(digits),
        false => Err(ApiError::new(
            catalog::DIGITS_INVALID,
            format!("SendDigits: '{digits}': at most {DIGITS_MAX} of 0 to 9, *, #, w and W are expected"),
        )),
    }
}

fn recording(form: &Parameters) -> Result<Option<CallRecordingWish>, ApiError> {
    let wish = CallRecordingWish {
        channels: form.word("RecordingChannels", RecordingChannels::ALL, RecordingChannels::as_str)?,
        track: form.word("RecordingTrack", RecordingTrack::ALL, RecordingTrack::as_str)?,
        trim: form.word("Trim", Trim::ALL, Trim::as_str)?,
        status_callback: recording_callback(form, "RecordingStatusCallback")?,
    };
    Ok(form.boolean("Record")?.unwrap_or(false).then_some(wish))
}

fn answer_detection(form: &Parameters) -> Result<AnswerDetection, ApiError> {
    let callback = Callback {
        url: absolute(form, "AsyncAmdStatusCallback")?.or(absolute(form, "AmdStatusCallback")?),
        method: form.word("AsyncAmdStatusCallbackMethod", Method::ALL, Method::as_str)?.or(form.word(
            "AmdStatusCallbackMethod",
            Method::ALL,
            Method::as_str,
        )?),
    };
    Ok(AnswerDetection {
        machine_detection: form.word("MachineDetection", MachineDetection::ALL, MachineDetection::as_str)?,
        callback,
        is_async: form.boolean("AsyncAmd")?.unwrap_or(false),
        timeout_secs: form.within("MachineDetectionTimeout", 3..=59)?,
        speech_threshold_ms: form.within("MachineDetectionSpeechThreshold", 1000..=6000)?,
        speech_end_threshold_ms: form.within("MachineDetectionSpeechEndThreshold", 500..=5000)?,
        silence_timeout_ms: form.within("MachineDetectionSilenceTimeout", 2000..=10_000)?,
    })
}

/// One of our flows' webhook URLs runs the flow in this process.
fn plan_of_url(app: &App, form: &Parameters) -> Result<Plan, ApiError> {
    let link = link(form, ["Url", "Method"], Method::Post)?.ok_or_else(nothing_runs)?;
    let fallback = self::link(form, ["FallbackUrl", "FallbackMethod"], Method::Post)?;
    Ok(run(app, link, fallback))
}

async fn plan_of_application(app: &App, sid: &str) -> Result<Plan, ApiError> {
    let unknown = || {
        ApiError::new(
            catalog::APPLICATION_INVALID,
            format!("ApplicationSid: there is no application '{sid}'"),
        )
    };
    let found: Option<TwimlApplication> = resources::fetch(&app.store, sid).await?;
    let application = found.ok_or_else(unknown)?;
    let link = |url: &Option<String>, method: Option<&str>| {
        url.clone().map(|url| Link { url, method: method_of(method) })
    };
    let voice = &application.voice;
    let first = link(&voice.url, voice.method.as_deref()).ok_or_else(|| {
        ApiError::new(
            catalog::URL_INVALID,
            format!("ApplicationSid: the application '{sid}' has no VoiceUrl"),
        )
    })?;
    let fallback = link(&voice.fallback_url, voice.fallback_method.as_deref());
    let told = link(&application.status_callback, Some(&application.status_callback_method));
    Ok(Plan { progress: told.map(ProgressCallback::of_end), ..run(app, first, fallback) })
}

fn run(app: &App, link: Link, fallback: Option<Link>) -> Plan {
    match flow_of_url(&link.url, app.account) {
        Some(flow) => Plan { program: Program::Flow, flow: Some(flow), progress: None },
        None => {
            let application = Application { url: link.url, method: link.method, fallback };
            Plan { program: Program::Url(application), flow: None, progress: None }
        }
    }
}

fn method_of(word: Option<&str>) -> Method {
    match word {
        Some(word) if word.eq_ignore_ascii_case("GET") => Method::Get,
        Some(_) | None => Method::Post,
    }
}
