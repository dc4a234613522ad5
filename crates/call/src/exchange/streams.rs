//! Streams of calls to applications: which call one is of, and what its callback is told.

use domain::{CallSid, StreamSid};

use super::Exchange;
use crate::performance::tell_of_stream;
use crate::{Action, MediaAction};

impl Exchange {
    /// Returns the call of a stream.
    pub(crate) fn call_of_stream(&self, stream: StreamSid) -> Option<CallSid> {
        self.calls.values().find(|call| call.streams.contains_key(&stream)).map(|call| call.facts.sid)
    }

    pub(super) fn stream_starts(&mut self, stream: StreamSid) {
        if let Some(call) = self.call_of_stream(stream) {
            tell_of_stream(self, call, stream, "stream-started", None);
        }
    }

    /// Closes what streams a call has, since it is over.
    pub(super) fn close_streams(&mut self, call: CallSid) {
        let open = self.calls.get(&call).map(|call| call.streams.keys().copied().collect::<Vec<_>>());
        for stream in open.unwrap_or_default() {
            self.act(Action::Media(MediaAction::CloseStream { stream }));
            tell_of_stream(self, call, stream, "stream-stopped", None);
        }
    }
}
