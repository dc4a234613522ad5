//! Streams of calls to applications: opened and closed, which call one is of, and what its callback is told.

use domain::{CallSid, StreamSid};
use twiml::Stream;

use super::Exchange;
use crate::call::OpenStream;
use crate::performance::{named, tell_of_stream};
use crate::{
    Action, Link, MediaAction, Noun, Refusal, StartStream, StopStream, StreamName, StreamOrder, Subject,
};

impl Exchange {
    pub(super) fn start_stream(&mut self, command: StartStream) -> Result<Subject, Refusal> {
        let StartStream { call: sid, stream } = command;
        let call = self.calls.get(&sid).ok_or_else(|| Refusal::not_found(Noun::Call, sid))?;
        if !call.is_answered() {
            return Err(Refusal::wrong_state("the call is not in progress: nothing is heard of it yet"));
        }
        let name = stream.name.clone();
        if name.is_some() && call.streams.values().any(|open| open.stream.name == name) {
            let reason = format!("the call has a stream with the name '{}'", name.unwrap_or_default());
            return Err(Refusal::Conflict { reason });
        }
        let written = stream.url.clone().unwrap_or_default();
        let link = stream.status_callback.url.clone();
        let callback = link.map(|url| Link { url, method: stream.status_callback.method() });
        let opened = self.open_stream(sid, stream, callback, false);
        let expected = || format!("'{written}' can not be used: an address with wss:// is expected");
        opened.map(|stream| Subject::Stream(stream, name)).ok_or_else(|| Refusal::invalid("Url", expected()))
    }

    pub(super) fn stop_stream(&mut self, command: StopStream) -> Result<Subject, Refusal> {
        let call = self.calls.get(&command.call);
        let call = call.ok_or_else(|| Refusal::not_found(Noun::Call, command.call))?;
        let is_meant = |sid: &StreamSid, open: &OpenStream| match &command.stream {
            StreamName::Sid(wanted) => sid == wanted,
            StreamName::Name(wanted) => open.stream.name.as_ref() == Some(wanted),
        };
        let found = call.streams.iter().find(|(sid, open)| is_meant(sid, open));
        let found = found.map(|(sid, open)| (*sid, open.stream.name.clone()));
        let (stream, name) = found.ok_or_else(|| match command.stream {
            StreamName::Sid(sid) => Refusal::not_found(Noun::Stream, sid),
            StreamName::Name(name) => Refusal::not_found(Noun::Stream, name),
        })?;
        self.act(Action::Media(MediaAction::CloseStream { stream }));
        Ok(Subject::Stream(stream, name))
    }

    /// Opens a stream, unless it has no address to go to.
    pub(crate) fn open_stream(
        &mut self,
        call: CallSid,
        stream: Stream,
        callback: Option<Link>,
        is_bidirectional: bool,
    ) -> Option<StreamSid> {
        let url = stream.url.clone().filter(|url| url.starts_with("wss://") || url.starts_with("ws://"))?;
        let sid: StreamSid = self.sid();
        let order = StreamOrder {
            stream: sid,
            leg: call,
            url,
            track: stream.track(),
            is_bidirectional,
            parameters: named(stream.parameters.clone()),
        };
        if let Some(call) = self.calls.get_mut(&call) {
            call.streams.insert(sid, OpenStream { stream, callback });
        }
        self.act(Action::Media(MediaAction::OpenStream(Box::new(order))));
        Some(sid)
    }

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
