//! `<Start>` and `<Stop>`: streams and recordings in the background. What nobody provides is logged and passed over.

use domain::{CallSid, StreamSid};
use twiml::{BackgroundService, Recording, RecordingChannels, Start as StartVerb, Stop as StopVerb, Stream};

use super::{Cut, Perform, ServiceNews, Signal, Stage, Step, Told, WithoutAction};
use crate::exchange::{Exchange, NewRecording, callback};
use crate::parameters::{add, pairs};
use crate::run::Lane;
use crate::{Action, MediaAction, Notice, Parameters, RecordingSource};

/// `<Start>`.
#[derive(Debug)]
pub(super) struct Start(pub(super) StartVerb);

/// `<Stop>`.
#[derive(Debug)]
pub(super) struct Stop(pub(super) StopVerb);

impl Perform for Start {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.answer();
        for service in std::mem::take(&mut self.0.services) {
            match service {
                BackgroundService::Stream(stream) => {
                    open_stream(stage, stream, false);
                }
                BackgroundService::Recording(recording) => record(stage, &recording),
                BackgroundService::Siprec(_) | BackgroundService::Transcription(_) => {
                    let name = service.name();
                    stage.report(12200, format!("<Start><{name}> is not performed here: it is passed over"));
                }
            }
        }
        let told = Told { action: self.0.action.clone(), parameters: Parameters::new() };
        Step::Ask(told, WithoutAction::NextVerb)
    }

    fn on_signal(&mut self, _: &mut Stage<'_>, _: Signal) -> Step {
        Step::Continue
    }

    fn leave(&mut self, _: &mut Stage<'_>, _: Cut) -> Option<Told> {
        None
    }
}

impl Perform for Stop {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        for service in std::mem::take(&mut self.0.services) {
            if let BackgroundService::Stream(stopped) = service {
                let streams = &stage.call().streams;
                let of_name = streams.iter().filter(|(_, open)| open.stream.name == stopped.name);
                for stream in of_name.map(|(sid, _)| *sid).collect::<Vec<_>>() {
                    stage.media(MediaAction::CloseStream { stream });
                }
            }
        }
        Step::Next
    }

    fn on_signal(&mut self, _: &mut Stage<'_>, _: Signal) -> Step {
        Step::Continue
    }

    fn leave(&mut self, _: &mut Stage<'_>, _: Cut) -> Option<Told> {
        None
    }
}

/// Opens a stream, or logs that it has no address to go to.
pub(super) fn open_stream(
    stage: &mut Stage<'_>,
    stream: Stream,
    is_bidirectional: bool,
) -> Option<StreamSid> {
    let written = stream.url.clone().unwrap_or_default();
    let callback = stage.link(&stream.status_callback);
    let opened = stage.exchange.open_stream(stage.call, stream, callback, is_bidirectional);
    if opened.is_none() {
        stage.report(31920, format!("<Stream> url '{written}': an address with wss:// is expected"));
    }
    opened
}

/// Takes note that a stream is closed, and tells whom it may concern.
pub(crate) fn end_stream(exchange: &mut Exchange, stream: StreamSid, error: Option<String>) {
    let Some(call) = exchange.call_of_stream(stream) else { return };
    let event = if error.is_some() { "stream-error" } else { "stream-stopped" };
    tell_of_stream(exchange, call, stream, event, error);
    if let Some(call) = exchange.calls.get_mut(&call) {
        call.streams.remove(&stream);
    }
    exchange.tell(call, Lane::Main, Signal::Service(ServiceNews::StreamEnded(stream)));
}

/// Tells a stream's callback what became of it.
pub(crate) fn tell_of_stream(
    exchange: &mut Exchange,
    call: CallSid,
    stream: StreamSid,
    event: &str,
    error: Option<String>,
) {
    let open = exchange.calls.get(&call).and_then(|call| call.streams.get(&stream)).cloned();
    let Some((open, link)) = open.and_then(|open| open.callback.clone().map(|link| (open, link))) else {
        return;
    };
    let mut parameters = pairs([
        ("AccountSid", exchange.settings.account_sid.to_string()),
        ("CallSid", call.to_string()),
        ("StreamSid", stream.to_string()),
        ("StreamEvent", event.to_owned()),
        ("Timestamp", exchange.now().to_rfc2822()),
    ]);
    add(&mut parameters, "StreamName", open.stream.name);
    add(&mut parameters, "StreamError", error);
    let notice = Notice { about: call.to_string(), link, parameters };
    exchange.act(Action::Notify(Box::new(notice)));
}

fn record(stage: &mut Stage<'_>, recording: &Recording) {
    let of_call = NewRecording::of_call(stage.call, RecordingSource::StartCallRecordingApi);
    let new = NewRecording {
        is_dual: recording.channels == Some(RecordingChannels::Dual),
        track: recording.track(),
        trim: recording.trim.unwrap_or(of_call.trim),
        callback: callback(&recording.status_callback, |url| stage.resolve(url)),
        ..of_call
    };
    stage.exchange.record(new);
}
