//! Requests about conferences and their participants.

use domain::{CallSid, ConferenceSid};
use twiml::Conference;

use crate::{CreateCall, Link};

/// End a conference for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndConference {
    /// The conference.
    pub conference: ConferenceSid,
}

/// Play a document to everybody in a conference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The conference.
    pub conference: ConferenceSid,
    /// The document: Play, Say, Pause, Redirect.
    pub link: Link,
}

/// Call somebody into a conference; `call.program` is not looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateParticipant {
    /// The call to place.
    pub call: CreateCall,
    /// The conference's name, and how the participant takes part.
    pub conference: Conference,
}

/// Change a participant; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateParticipant {
    /// The conference.
    pub conference: ConferenceSid,
    /// The participant's call SID or label.
    pub participant: String,
    /// Whether it is not heard.
    pub is_muted: Option<bool>,
    /// Whether it is on hold.
    pub is_on_hold: Option<bool>,
    /// What is heard on hold; the default music unless given.
    pub hold: Option<Link>,
    /// What is played to this participant.
    pub announce: Option<Link>,
    /// What is heard until the conference starts.
    pub wait: Option<Link>,
    /// Whether a tone is played when it leaves.
    pub beeps_on_exit: Option<bool>,
    /// Whether the conference ends with it.
    pub ends_on_exit: Option<bool>,
    /// Whether only one other hears it.
    pub is_coaching: Option<bool>,
    /// Who that is.
    pub coaches: Option<CallSid>,
}

impl UpdateParticipant {
    /// Returns a change of a participant that changes nothing yet.
    pub fn of(conference: ConferenceSid, participant: impl Into<String>) -> UpdateParticipant {
        UpdateParticipant {
            conference,
            participant: participant.into(),
            is_muted: None,
            is_on_hold: None,
            hold: None,
            announce: None,
            wait: None,
            beeps_on_exit: None,
            ends_on_exit: None,
            is_coaching: None,
            coaches: None,
        }
    }
}

/// Remove a participant; the call goes on behind its `<Dial>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KickParticipant {
    /// The conference.
    pub conference: ConferenceSid,
    /// The participant's call SID or label.
    pub participant: String,
}
