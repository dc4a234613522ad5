//! The list of verbs: a new verb is one file in `verbs/` and one line here.

use crate::schema::one_of;
use crate::verbs::*;

one_of! {
    /// One instruction of a document.
    pub enum Verb {
        Say,
        Play,
        Pause,
        Gather,
        Record,
        Dial,
        Enqueue,
        Leave,
        Redirect,
        Reject,
        Hangup,
        Refer,
        Start,
        Stop,
        Connect,
        Echo,
        Pay,
        Sms,
        Message,
    }
}
