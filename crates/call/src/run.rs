//! A program at work: the verbs that are left, the one that is performed, and what follows when all are done.

use std::collections::VecDeque;

use domain::{CallSid, Timestamp};
use twiml::{Method, Verb};

use crate::pace::Pace;
use crate::performance::Perform;
use crate::{Application, Link, Question, Request};

/// Which of a call's two programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// The one that drives the call.
    Main,
    /// The one that is heard while a verb of the main one goes on.
    Aside,
}

/// What a program is for, and so what follows when its verbs are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Drives the call; the call is hung up, or the flow asked.
    Drive,
    /// Is heard by whoever was dialled, before they are connected to this call.
    Whisper(CallSid),
    /// Is heard by who waits in a queue; begins again.
    QueueWait,
    /// Is heard by who waits in a queue, before they are connected to this call.
    QueueWhisper(CallSid),
    /// Is heard until a conference starts, or on hold.
    ConferenceWait,
    /// Is heard once by a participant.
    Announcement,
}

/// Who says what comes next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Driver {
    /// A document: where it came from, and what is requested when a request fails.
    Document {
        /// The URL that relative URLs are of; `None` for verbs that came without one.
        url: Option<String>,
        /// How that was requested.
        method: Method,
        /// What is requested when a request fails.
        fallback: Option<Link>,
    },
    /// A flow.
    Flow,
    /// Nobody.
    Nobody,
}

/// A program at work.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) purpose: Purpose,
    pub(crate) driver: Driver,
    pub(crate) verbs: VecDeque<Verb>,
    pub(crate) performing: Option<Box<dyn Perform>>,
    /// The question whose answer is awaited.
    pub(crate) asking: Option<Request>,
    /// How fast it asks.
    pub(crate) pace: Pace,
    /// The question that has to wait since it asks too fast.
    pub(crate) held: Option<Question>,
    /// When its verbs were begun; a document that says nothing is not asked for without a pause.
    pub(crate) begun_at: Timestamp,
}

impl Run {
    /// Makes a program that has not begun.
    pub(crate) fn new(purpose: Purpose, driver: Driver, now: Timestamp) -> Run {
        Run {
            purpose,
            driver,
            verbs: VecDeque::new(),
            performing: None,
            asking: None,
            pace: Pace::new(now),
            held: None,
            begun_at: now,
        }
    }

    /// Returns the URL that relative URLs are of, and how it was requested.
    pub(crate) fn base(&self) -> Option<(&str, Method)> {
        match &self.driver {
            Driver::Document { url, method, .. } => url.as_deref().map(|url| (url, *method)),
            Driver::Flow | Driver::Nobody => None,
        }
    }

    /// Returns the URL that a written one means.
    pub(crate) fn resolve(&self, written: &str) -> String {
        let joined = self.base().and_then(|(base, _)| url::Url::parse(base).ok()?.join(written).ok());
        joined.map_or_else(|| written.to_owned(), String::from)
    }

    /// Says whether a verb may stand in a program for this purpose.
    pub(crate) fn allows(&self, verb: &Verb) -> bool {
        let is_heard = matches!(verb, Verb::Say(_) | Verb::Play(_) | Verb::Pause(_) | Verb::Redirect(_));
        match self.purpose {
            Purpose::Drive => true,
            Purpose::Whisper(_) => {
                is_heard || matches!(verb, Verb::Gather(_) | Verb::Hangup(_) | Verb::Record(_))
            }
            Purpose::QueueWait => {
                is_heard || matches!(verb, Verb::Gather(_) | Verb::Hangup(_) | Verb::Leave(_))
            }
            Purpose::QueueWhisper(_) | Purpose::ConferenceWait | Purpose::Announcement => is_heard,
        }
    }
}

impl Driver {
    /// Returns the driver of an application's documents.
    pub(crate) fn of(application: &Application) -> Driver {
        Driver::Document {
            url: Some(application.url.clone()),
            method: application.method,
            fallback: application.fallback.clone(),
        }
    }
}
