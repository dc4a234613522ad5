//! Who is told how a call goes: initiated, ringing, answered, completed, each once and in this order.

use domain::CallSid;
use twiml::CallEvent;

use super::Exchange;
use crate::parameters::{add, standard};
use crate::{Action, CallStatus, Notice};

impl Exchange {
    /// Tells the call's status callback of an event, if it wants to know.
    pub(crate) fn tell_progress(&mut self, call: CallSid, event: CallEvent) {
        let now = self.now();
        let Some(live) = self.calls.get_mut(&call).filter(|call| call.progress.wants(event)) else { return };
        let sequence = live.progress.sequence;
        live.progress.sequence += 1;
        let mut parameters = standard(live, &self.settings);
        if event == CallEvent::Initiated {
            parameters.insert("CallStatus".to_owned(), "initiated".into());
        }
        if event == CallEvent::Completed {
            let duration = live.facts.duration_secs(now);
            add(&mut parameters, "CallDuration", Some(duration));
            add(&mut parameters, "Duration", Some(duration.div_ceil(60)));
            let code =
                (live.facts.status != CallStatus::Completed).then_some(live.facts.sip_status).flatten();
            add(&mut parameters, "SipResponseCode", code);
        }
        add(&mut parameters, "Timestamp", Some(now.to_rfc2822()));
        add(&mut parameters, "CallbackSource", Some("call-progress-events"));
        add(&mut parameters, "SequenceNumber", Some(sequence));
        let callback = live.progress.callback.clone().expect("only a callback wants to be told");
        let notice = Notice { about: call.to_string(), link: callback.link, parameters };
        self.act(Action::Notify(Box::new(notice)));
    }
}
