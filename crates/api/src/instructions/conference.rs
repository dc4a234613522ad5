//! The conference instruction: the many ways in which caller and worker can be brought together.

use domain::ActivitySid;

use super::fields::{Fields, Method};
use super::{TIMEOUT_DEFAULT, TIMEOUT_MAX};
use crate::error::ApiError;

/// What of a conference's progress can be told.
const CONFERENCE_EVENTS: [&str; 7] = ["start", "end", "join", "leave", "mute", "hold", "speaker"];

/// The regions in which a conference can be mixed; here it is always mixed where the server runs.
const REGIONS: [(&str, &str); 8] = [
    ("us1", "us1"),
    ("us2", "us2"),
    ("ie1", "ie1"),
    ("de1", "de1"),
    ("sg1", "sg1"),
    ("br1", "br1"),
    ("au1", "au1"),
    ("jp1", "jp1"),
];

const JITTER_BUFFERS: [(&str, &str); 4] =
    [("small", "small"), ("medium", "medium"), ("large", "large"), ("off", "off")];

/// When a tone says that somebody comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beep {
    /// Both times.
    Always,
    /// At neither time.
    Never,
    /// When somebody comes.
    OnEnter,
    /// When somebody goes.
    OnExit,
}

/// Where something is told, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// The URL.
    pub url: Option<String>,
    /// How it is requested.
    pub method: Method,
}

/// How caller and worker are brought together in a conference, which is named as the task's SID.
#[derive(Debug, Clone, PartialEq)]
pub struct Conference {
    /// Whom to call; default the worker's `contact_uri`.
    pub to: Option<String>,
    /// What the worker sees.
    pub from: Option<String>,
    /// How long the worker's phone rings.
    pub timeout_secs: u32,
    /// What the worker does after the conference.
    pub post_work_activity_sid: Option<ActivitySid>,
    /// Where the progress of the worker's call is told.
    pub status_callback: Option<String>,
    /// How that is requested.
    pub status_callback_method: Method,
    /// What of it is told.
    pub status_callback_events: Vec<String>,
    /// Whether the worker's call is recorded.
    pub record: bool,
    /// Where the state of that recording is told.
    pub recording_status_callback: Callback,
    /// Whether that recording keeps both sides apart.
    pub is_recorded_dual: bool,
    /// Whether nobody hears the worker at first.
    pub muted: bool,
    /// When a tone says that somebody comes or goes.
    pub beep: Beep,
    /// Whether a tone says that the caller comes.
    pub beep_on_customer_entrance: bool,
    /// Whether the conference begins when the worker comes.
    pub start_conference_on_enter: bool,
    /// Whether it ends when the worker goes.
    pub end_conference_on_exit: bool,
    /// Whether it ends when the caller goes.
    pub end_conference_on_customer_exit: bool,
    /// What is heard until it begins.
    pub wait_url: Option<String>,
    /// How that is requested.
    pub wait_method: Method,
    /// Whether the ringing is heard.
    pub early_media: bool,
    /// How many may be in it.
    pub max_participants: u32,
    /// Where the progress of the conference is told.
    pub conference_status_callback: Callback,
    /// What of it is told.
    pub conference_status_callback_events: Vec<String>,
    /// Whether the conference is recorded.
    pub conference_record: bool,
    /// Whether silence is cut off that recording.
    pub conference_trim: bool,
    /// Where the state of that recording is told.
    pub conference_recording_status_callback: Callback,
    /// The region asked for.
    pub region: Option<&'static str>,
    /// The login for a SIP address.
    pub sip_auth_username: Option<String>,
    /// The password for a SIP address.
    pub sip_auth_password: Option<String>,
    /// How much the worker's audio is smoothed.
    pub jitter_buffer_size: Option<&'static str>,
}

/// Reads a conference instruction.
pub(super) fn read(fields: &Fields<'_>) -> Result<Conference, ApiError> {
    let beeps = [
        ("true", Beep::Always),
        ("false", Beep::Never),
        ("onEnter", Beep::OnEnter),
        ("onExit", Beep::OnExit),
    ];
    Ok(Conference {
        to: fields.text("To"),
        from: fields.text("From"),
        timeout_secs: fields.number("Timeout", 1..=TIMEOUT_MAX)?.unwrap_or(TIMEOUT_DEFAULT),
        post_work_activity_sid: fields.parsed("PostWorkActivitySid")?,
        status_callback: fields.text("StatusCallback"),
        status_callback_method: fields.method("StatusCallbackMethod")?,
        status_callback_events: fields.call_events(&["StatusCallbackEvent"])?,
        record: fields.flag("Record", false)?,
        recording_status_callback: callback(fields, "RecordingStatusCallback")?,
        is_recorded_dual: choice(fields, "RecordingChannels", [("mono", false), ("dual", true)], false)?,
        muted: fields.flag("Muted", false)?,
        beep: fields.one_of("Beep", &beeps)?.unwrap_or(Beep::Always),
        beep_on_customer_entrance: fields.flag("BeepOnCustomerEntrance", false)?,
        start_conference_on_enter: fields.flag("StartConferenceOnEnter", true)?,
        end_conference_on_exit: fields.flag("EndConferenceOnExit", false)?,
        end_conference_on_customer_exit: fields.flag("EndConferenceOnCustomerExit", false)?,
        wait_url: fields.text("WaitUrl"),
        wait_method: fields.method("WaitMethod")?,
        early_media: fields.flag("EarlyMedia", true)?,
        max_participants: fields.number("MaxParticipants", 2..=250)?.unwrap_or(250),
        conference_status_callback: callback(fields, "ConferenceStatusCallback")?,
        conference_status_callback_events: fields
            .events(&["ConferenceStatusCallbackEvent"], &CONFERENCE_EVENTS)?,
        conference_record: conference_record(fields)?,
        conference_trim: choice(
            fields,
            "ConferenceTrim",
            [("trim-silence", true), ("do-not-trim", false)],
            true,
        )?,
        conference_recording_status_callback: callback(fields, "ConferenceRecordingStatusCallback")?,
        region: fields.one_of("Region", &REGIONS)?,
        sip_auth_username: fields.text("SipAuthUsername"),
        sip_auth_password: fields.text("SipAuthPassword"),
        jitter_buffer_size: fields.one_of("JitterBufferSize", &JITTER_BUFFERS)?,
    })
}

fn callback(fields: &Fields<'_>, name: &str) -> Result<Callback, ApiError> {
    Ok(Callback { url: fields.text(name), method: fields.method(&format!("{name}Method"))? })
}

fn choice(
    fields: &Fields<'_>,
    name: &str,
    choices: [(&str, bool); 2],
    default: bool,
) -> Result<bool, ApiError> {
    Ok(fields.one_of(name, &choices)?.unwrap_or(default))
}

fn conference_record(fields: &Fields<'_>) -> Result<bool, ApiError> {
    let choices = [("true", true), ("false", false), ("record-from-start", true), ("do-not-record", false)];
    Ok(fields.one_of("ConferenceRecord", &choices)?.unwrap_or(false))
}
