//! Records: the complete published facts of calls, queues, conferences and recordings, as rows keep them.

use domain::{CallSid, ConferenceSid, QueueSid, RecordingSid, TaskSid, Timestamp};
use serde::{Deserialize, Serialize};
use twiml::{RecordingTrack, Trim};

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Record {
    /// A call.
    Call(Box<CallRecord>),
    /// A queue.
    Queue(Box<QueueRecord>),
    /// A queue that is gone.
    QueueDeleted(QueueSid),
    /// Somebody who waits in a queue.
    QueueMember(Box<QueueMemberRecord>),
    /// Somebody who waits no more.
    QueueMemberLeft(QueueSid, CallSid),
    /// A conference.
    Conference(Box<ConferenceRecord>),
    /// A participant of a conference.
    Participant(Box<ParticipantRecord>),
    /// A recording.
    Recording(Box<RecordingRecord>),
}

/// Makes an enum of published words.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Returns the published word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// How far a call is.
    pub enum CallStatus {
        /// It was not placed yet.
        Queued = "queued",
        /// It rings.
        Ringing = "ringing",
        /// They talk.
        InProgress = "in-progress",
        /// It was answered, and is over.
        Completed = "completed",
        /// The other side was busy.
        Busy = "busy",
        /// Nobody answered.
        NoAnswer = "no-answer",
        /// It could not be placed.
        Failed = "failed",
        /// It was given up before the answer.
        Canceled = "canceled",
    }
}

words! {
    /// Who began a call.
    pub enum Direction {
        /// Somebody called us.
        Inbound = "inbound",
        /// The API, a flow or TaskRouter.
        OutboundApi = "outbound-api",
        /// A `<Dial>`.
        OutboundDial = "outbound-dial",
    }
}

words! {
    /// How far a conference is.
    pub enum ConferenceStatus {
        /// Participants wait.
        Init = "init",
        /// They talk.
        InProgress = "in-progress",
        /// It is over.
        Completed = "completed",
    }
}

words! {
    /// How far a participant is.
    pub enum ParticipantStatus {
        /// The conference has not started, or the participant was not called yet.
        Queued = "queued",
        /// The participant is being called.
        Ringing = "ringing",
        /// It takes part.
        Connected = "connected",
        /// It has left.
        Complete = "complete",
        /// It was called and did not come.
        Failed = "failed",
    }
}

words! {
    /// Why a conference ended.
    pub enum ConferenceEnding {
        /// By the API.
        ViaApi = "conference-ended-via-api",
        /// The last participant left.
        LastLeft = "last-participant-left",
        /// The last participant was removed.
        LastKicked = "last-participant-kicked",
        /// A participant left with whom it ends.
        EndOnExitLeft = "participant-with-end-conference-on-exit-left",
        /// A participant was removed with whom it ends.
        EndOnExitKicked = "participant-with-end-conference-on-exit-kicked",
    }
}

words! {
    /// How far a recording is.
    pub enum RecordingStatus {
        /// It runs.
        InProgress = "in-progress",
        /// It is interrupted.
        Paused = "paused",
        /// It was stopped, and its file is being written.
        Stopped = "stopped",
        /// Its file is there.
        Completed = "completed",
        /// Nothing was heard.
        Absent = "absent",
    }
}

words! {
    /// What asked for a recording.
    pub enum RecordingSource {
        /// `<Dial record>`.
        DialVerb = "DialVerb",
        /// `<Conference record>`.
        Conference = "Conference",
        /// A call created by the API with `Record`.
        OutboundApi = "OutboundAPI",
        /// `<Record>`.
        RecordVerb = "RecordVerb",
        /// The API, or `<Start><Recording>`, on a call.
        StartCallRecordingApi = "StartCallRecordingAPI",
        /// The API on a conference.
        StartConferenceRecordingApi = "StartConferenceRecordingAPI",
    }
}

/// The facts of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The call.
    pub sid: CallSid,
    /// The call whose verb placed it.
    pub parent: Option<CallSid>,
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// The name that the caller shows.
    pub caller_name: Option<String>,
    /// Who forwarded it.
    pub forwarded_from: Option<String>,
    /// Who began it.
    pub direction: Direction,
    /// How far it is.
    pub status: CallStatus,
    /// Who answered, where that was found out.
    pub answered_by: Option<String>,
    /// The number's SID.
    pub phone_number_sid: Option<String>,
    /// The SIP status with which it ended, if it was not answered.
    pub sip_status: Option<u16>,
    /// When it came or was asked for.
    pub date_created: Timestamp,
    /// When anything changed last.
    pub date_updated: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How long it waited in queues, in milliseconds.
    pub queue_time_ms: u64,
}

impl CallRecord {
    /// Returns how long they talked, in seconds.
    pub fn duration_secs(&self, now: Timestamp) -> u64 {
        self.answered_at.map_or(0, |from| self.ended_at.unwrap_or(now).secs_since(from))
    }
}

/// The facts of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRecord {
    /// The queue.
    pub sid: QueueSid,
    /// Its name.
    pub friendly_name: String,
    /// How many may wait.
    pub max_size: u32,
    /// How many wait.
    pub current_size: u32,
    /// How long those who wait have waited on the average when this was written, in seconds.
    pub average_wait_secs: u64,
    /// When it was made.
    pub date_created: Timestamp,
    /// When anything changed last.
    pub date_updated: Timestamp,
}

/// The facts of somebody who waits in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueMemberRecord {
    /// The queue.
    pub queue: QueueSid,
    /// The call.
    pub call: CallSid,
    /// The task that finds a worker, once it exists.
    pub task: Option<TaskSid>,
    /// Since when.
    pub enqueued_at: Timestamp,
}

/// The facts of a conference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConferenceRecord {
    /// The conference.
    pub sid: ConferenceSid,
    /// Its name.
    pub friendly_name: String,
    /// How far it is.
    pub status: ConferenceStatus,
    /// The region that was named, which changes nothing here.
    pub region: Option<String>,
    /// Why it ended.
    pub ending: Option<ConferenceEnding>,
    /// Who ended it by leaving.
    pub ended_by: Option<CallSid>,
    /// When the first participant came.
    pub date_created: Timestamp,
    /// When anything changed last.
    pub date_updated: Timestamp,
}

/// The facts of a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantRecord {
    /// The conference.
    pub conference: ConferenceSid,
    /// The call.
    pub call: CallSid,
    /// Its label.
    pub label: Option<String>,
    /// How far it is.
    pub status: ParticipantStatus,
    /// Whether it is not heard.
    pub is_muted: bool,
    /// Whether it is on hold.
    pub is_on_hold: bool,
    /// Who alone hears it, if it coaches.
    pub coaches: Option<CallSid>,
    /// Whether the conference starts with it.
    pub starts_on_enter: bool,
    /// Whether the conference ends with it.
    pub ends_on_exit: bool,
    /// When it came.
    pub date_created: Timestamp,
    /// When anything changed last.
    pub date_updated: Timestamp,
}

/// The facts of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordingRecord {
    /// The recording.
    pub sid: RecordingSid,
    /// The call; of a conference, that of who began it.
    pub call: CallSid,
    /// The conference, if it is one's.
    pub conference: Option<ConferenceSid>,
    /// What asked for it.
    pub source: RecordingSource,
    /// How far it is.
    pub status: RecordingStatus,
    /// One or two.
    pub channels: u8,
    /// Which side.
    pub track: RecordingTrack,
    /// What becomes of silence.
    pub trim: Trim,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it is, once it has ended.
    pub duration_ms: Option<u64>,
}
