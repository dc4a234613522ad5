//! Whether a person or a machine answered: what waits for that, and who is told.

use domain::CallSid;
use twiml::{AnsweredBy, Callback};

use super::Exchange;
use crate::call::Role;
use crate::parameters::standard;
use crate::{Action, Link, MediaAction, Notice};

impl Exchange {
    /// Has it found out who answered, where that is wanted; returns whether the call's program waits for it.
    pub(super) fn screen(&mut self, call: CallSid) -> bool {
        let Some(live) = self.calls.get_mut(&call) else { return false };
        let detection = live.wishes.answer_detection.clone();
        if detection.machine_detection.is_none() {
            return false;
        }
        live.screening.is_awaited = live.role == Role::Own && !detection.is_async;
        let waits = live.screening.is_awaited;
        let detection = Box::new(detection);
        self.act(Action::Media(MediaAction::DetectAnswerer { leg: call, detection }));
        waits
    }

    /// Tells who answered, and starts what has waited for it.
    pub(super) fn answerer_known(&mut self, call: CallSid, answered_by: AnsweredBy, after_ms: u64) {
        let Some(live) = self.change(call) else { return };
        live.facts.answered_by = Some(answered_by.as_str().to_owned());
        live.screening.after_ms = Some(after_ms);
        let waits = std::mem::take(&mut live.screening.is_awaited);
        let callback = live.wishes.answer_detection.callback.clone();
        if waits {
            self.begin_waiting(call);
        } else {
            self.tell_answerer(call, &callback);
        }
    }

    fn tell_answerer(&mut self, call: CallSid, callback: &Callback) {
        let (Some(url), Some(live)) = (callback.url.clone(), self.calls.get(&call)) else { return };
        let parameters = standard(live, &self.settings);
        let link = Link { url, method: callback.method() };
        self.act(Action::Notify(Box::new(Notice { about: call.to_string(), link, parameters })));
    }
}
