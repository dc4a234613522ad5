//! The line between the caller and the flow: what keys, speech, silence and hanging up do to the verb that listens.
//!
//! Prompts take no time: silence is counted from their beginning, and a caller never has to wait for their end.

use std::time::Duration;

use domain::{StepSid, Tick, Timestamp};
use serde_json::{Map, Value, json};
use twiml::{Gather, Input, Record};

use super::world;

/// How sure speech recognition is unless a scenario says so.
const CONFIDENCE: &str = "0.9";

/// A call as the flow has it.
#[derive(Debug)]
pub(super) struct Line {
    /// The call's parameters, without its status.
    parameters: Map<String, Value>,
    is_up: bool,
    listener: Option<Listener>,
}

/// What became of a verb: the visit that asked for it, and the parameters of its action.
#[derive(Debug)]
pub(super) struct Performed {
    pub(super) request: StepSid,
    pub(super) parameters: Map<String, Value>,
}

/// A verb that listens to the caller.
#[derive(Debug)]
struct Listener {
    request: StepSid,
    since: Timestamp,
    /// When it stops to listen; `None` for never.
    due: Option<Timestamp>,
    ear: Ear,
}

/// What it listens for.
#[derive(Debug)]
enum Ear {
    /// Keys, of which these were pressed, or speech.
    Gather(Box<Gather>, String),
    /// Sound, of which there was some or none.
    Record(Box<Record>, bool),
}

impl Line {
    /// Takes up a call with these parameters.
    pub(super) fn of(mut parameters: Map<String, Value>) -> Self {
        parameters.remove("CallStatus");
        Self { parameters, is_up: true, listener: None }
    }

    /// Tells whether the call goes on.
    pub(super) fn is_up(&self) -> bool {
        self.is_up
    }

    /// Tells whether the caller is heard.
    pub(super) fn listens(&self) -> bool {
        self.listener.is_some()
    }

    /// Tells whether the caller has begun with what ends by silence.
    pub(super) fn is_collecting(&self) -> bool {
        self.listener.as_ref().is_some_and(|listener| match &listener.ear {
            Ear::Gather(_, digits) => !digits.is_empty(),
            Ear::Record(_, has_sound) => *has_sound,
        })
    }

    /// Returns the call's parameters with a status and what else is to be told.
    pub(super) fn told(&self, status: &str, more: Map<String, Value>) -> Map<String, Value> {
        let mut parameters = self.parameters.clone();
        parameters.insert("CallStatus".to_owned(), json!(status));
        parameters.extend(more);
        parameters
    }

    /// Listens for keys and speech.
    pub(super) fn gather(&mut self, request: StepSid, gather: Gather, now: Timestamp) {
        let due = Some(now + secs(gather.timeout_secs()));
        let ear = Ear::Gather(Box::new(gather), String::new());
        self.listener = Some(Listener { request, since: now, due, ear });
    }

    /// Records.
    pub(super) fn record(&mut self, request: StepSid, record: Record, now: Timestamp) {
        let due = Some(now + silence(&record));
        let ear = Ear::Record(Box::new(record), false);
        self.listener = Some(Listener { request, since: now, due, ear });
    }

    /// Returns when silence next ends something.
    pub(super) fn next_timeout(&self) -> Option<Timestamp> {
        self.listener.as_ref()?.due
    }

    /// Takes a key.
    pub(super) fn press(&mut self, key: char, tick: &mut Tick) -> Option<Performed> {
        let listener = self.listener.as_mut()?;
        match &mut listener.ear {
            Ear::Gather(gather, digits) => {
                let is_last = gather.is_finish_key(key);
                if !is_last {
                    digits.push(key);
                    listener.due = Some(tick.now + secs(gather.timeout_secs()));
                }
                let is_full = gather.digits_max.is_some_and(|most| digits.chars().count() >= most as usize);
                (is_last || is_full).then(|| self.finish_gather()).flatten()
            }
            Ear::Record(record, _) if record.is_finish_key(key) => {
                self.finish_record(&key.to_string(), "in-progress", tick)
            }
            Ear::Record(..) => None,
        }
    }

    /// Takes speech.
    pub(super) fn speak(
        &mut self,
        text: &str,
        parameters: &Map<String, Value>,
        now: Timestamp,
    ) -> Option<Performed> {
        let listener = self.listener.as_mut()?;
        match &mut listener.ear {
            // Keys came first: they win.
            Ear::Gather(gather, digits) if digits.is_empty() && gather.input().contains(&Input::Speech) => {
                let mut heard = world::object(json!({ "SpeechResult": text, "Confidence": CONFIDENCE }));
                heard.extend(parameters.clone());
                self.finish(heard, "in-progress")
            }
            Ear::Gather(..) => None,
            Ear::Record(record, has_sound) => {
                *has_sound = true;
                listener.due = Some(now + silence(record));
                None
            }
        }
    }

    /// Lets the silence last until it ends what listens.
    pub(super) fn reach_time(&mut self, tick: &mut Tick) -> Option<Performed> {
        match &self.listener.as_ref()?.ear {
            Ear::Gather(..) => self.finish_gather(),
            Ear::Record(_, true) => self.finish_record("", "in-progress", tick),
            // Nothing was said: there is no recording.
            Ear::Record(_, false) => self.finish(Map::new(), "in-progress"),
        }
    }

    /// Ends the call, and the recording that went on; returns nothing else, since nobody is left to hear of it.
    pub(super) fn hang_up(&mut self, tick: &mut Tick) -> Option<Performed> {
        self.is_up = false;
        let listener = self.listener.as_ref()?;
        let recording = matches!(&listener.ear, Ear::Record(_, true));
        let performed = recording.then(|| self.finish_record("hangup", "completed", tick)).flatten();
        self.listener = None;
        performed
    }

    fn finish_gather(&mut self) -> Option<Performed> {
        let Ear::Gather(_, digits) = &self.listener.as_ref()?.ear else { return None };
        let result = if digits.is_empty() { json!({}) } else { json!({ "Digits": digits }) };
        self.finish(world::object(result), "in-progress")
    }

    fn finish_record(&mut self, key: &str, status: &str, tick: &mut Tick) -> Option<Performed> {
        let length = tick.now.secs_since(self.listener.as_ref()?.since).max(1);
        let recording = world::recording(length, key, tick);
        self.finish(recording, status)
    }

    fn finish(&mut self, result: Map<String, Value>, status: &str) -> Option<Performed> {
        let Listener { request, .. } = self.listener.take()?;
        Some(Performed { request, parameters: self.told(status, result) })
    }
}

fn secs(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}

/// Returns how long a recording goes on without a sound; 0 does not listen for silence.
fn silence(record: &Record) -> Duration {
    let longest = record.max_length_secs();
    let timeout = record.timeout_secs();
    secs(if timeout == 0 { longest } else { timeout.min(longest) })
}
