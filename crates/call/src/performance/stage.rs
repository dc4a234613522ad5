//! What a performance can do: play to its caller, set its timer, ask the exchange for more.

use std::time::Duration;

use domain::CallSid;
use twiml::Callback;

use super::Signal;
use crate::call::Call;
use crate::exchange::Exchange;
use crate::run::Lane;
use crate::timer::Timer;
use crate::{Action, LegAction, Link, MediaAction, Onto, Parameters, Playback, Source};

/// The place of a performance: its call, and which of the call's programs it belongs to.
pub(crate) struct Stage<'a> {
    pub(crate) exchange: &'a mut Exchange,
    pub(crate) call: CallSid,
    pub(crate) lane: Lane,
}

impl Stage<'_> {
    /// Returns the call, which lives for as long as its performance.
    pub(crate) fn call(&self) -> &Call {
        self.exchange.calls.get(&self.call).expect("a performance is cut short before its call goes")
    }

    /// Answers the caller, unless that was done.
    pub(crate) fn answer(&mut self) {
        self.exchange.answer(self.call);
    }

    /// Plays something to the caller.
    pub(crate) fn play(&mut self, source: Source, loops: u32) -> Playback {
        self.exchange.play(Onto::Leg(self.call), source, loops)
    }

    /// Stops something that is played.
    pub(crate) fn stop(&mut self, playback: Playback) {
        self.exchange.stop_playing(playback);
    }

    /// Wakes the performance up after a time, or not any more.
    pub(crate) fn set_timer(&mut self, after: Option<Duration>) {
        let at = after.map(|after| self.exchange.now() + after);
        self.exchange.timers.set(Timer::Verb(self.call, self.lane), at);
    }

    /// Asks something of the caller's audio.
    pub(crate) fn media(&mut self, action: MediaAction) {
        self.exchange.act(Action::Media(action));
    }

    /// Asks something of the caller's signalling.
    pub(crate) fn leg(&mut self, action: LegAction) {
        self.exchange.act(Action::Leg(action));
    }

    /// Logs what the document did wrong.
    pub(crate) fn report(&mut self, code: u32, message: impl Into<String>) {
        self.exchange.report(self.call, code, message);
    }

    /// Tells another call's main program.
    pub(crate) fn tell(&mut self, call: CallSid, signal: Signal) {
        self.exchange.tell(call, Lane::Main, signal);
    }

    /// Returns the URL that a written one means.
    pub(crate) fn resolve(&self, written: &str) -> String {
        self.call().run(self.lane).map_or_else(|| written.to_owned(), |run| run.resolve(written))
    }

    /// Returns where a callback leads, if anywhere.
    pub(crate) fn link(&self, callback: &Callback) -> Option<Link> {
        let url = callback.url.as_deref().filter(|url| !url.is_empty())?;
        Some(Link { url: self.resolve(url), method: callback.method() })
    }

    /// Returns what every request about the call carries.
    pub(crate) fn parameters(&self) -> Parameters {
        crate::parameters::standard(self.call(), &self.exchange.settings)
    }
}
