//! The table of facts: what each event means, and to whom.

use domain::{CallSid, TaskSid};

use super::Exchange;
use crate::performance::{self, Heard, LegNews, QueueNews, ServiceNews, Signal};
use crate::run::Lane;
use crate::{Event, Onto, Playback, TaskFault};

impl Exchange {
    /// Applies one event.
    pub(super) fn apply(&mut self, event: Event) {
        match event {
            Event::CallArrived(arrival) => self.arrive(*arrival),
            Event::LegRang { call } => self.leg_rings(call),
            Event::EarlyMediaBegan { call } => self.tell_dialler(call, LegNews::EarlyMedia),
            Event::LegAnswered { call } => self.leg_answers(call),
            Event::AnswererKnown { call, answered_by, after_ms } => {
                self.answerer_known(call, answered_by, after_ms);
            }
            Event::LegFailed { call, status, reason } => self.leg_fails(call, status, reason),
            Event::LegHungUp { call } => self.leg_hangs_up(call),
            Event::MediaLost { call } => self.lose_media(call),
            Event::DigitPressed { call, digit } => self.tell_top(call, Signal::Caller(Heard::Digit(digit))),
            Event::LegReferred { call, to } => self.leg_refers(call, to),
            Event::ReferAnswered { call, status, notified } => {
                self.tell(call, Lane::Main, Signal::Service(ServiceNews::Referred { status, notified }));
            }
            Event::PlaybackEnded { playback } => self.playback_ends(playback),
            Event::PlaybackFailed { playback, reason } => self.playback_fails(playback, reason),
            Event::RecordingEnded { recording, duration_ms, is_silent } => {
                self.finish_recording(recording, duration_ms, is_silent);
            }
            Event::SilenceReached { recording, was_heard } => self.silence_reached(recording, was_heard),
            Event::SpeechBegan { call } => self.tell_top(call, Signal::Caller(Heard::SpeechBegan)),
            Event::SpeechHeard { call, text, confidence, is_final } => {
                self.tell_top(call, Signal::Caller(Heard::Speech { text, confidence, is_final }));
            }
            Event::SpeechFailed { call, reason } => {
                self.report(call, 13334, format!("speech is not recognised: {reason}; keys still count"));
                self.tell_top(call, Signal::Caller(Heard::SpeechFailed));
            }
            Event::SpeakerChanged { conference, call, is_speaking } => {
                self.speaker_changes(conference, call, is_speaking);
            }
            Event::StreamStarted { stream } => self.stream_starts(stream),
            Event::StreamEnded { stream, error } => performance::end_stream(self, stream, error),
            Event::DocumentReady { request, base_url, verbs } => self.take_answer(request, base_url, verbs),
            Event::DocumentFailed { request, code, reason } => self.take_failure(request, code, reason),
            Event::TaskCreated { call, task } => self.task_exists(call, task),
            Event::TaskRefused { call, fault, reason } => {
                let is_system_fault = fault == TaskFault::System;
                self.tell(
                    call,
                    Lane::Main,
                    Signal::Queue(QueueNews::TaskRefused { is_system_fault, reason }),
                );
            }
            Event::TaskEnded { task, ending } => {
                self.tell_caller_of(task, Signal::Queue(QueueNews::TaskEnded(ending)))
            }
            Event::ReservationEnded { reservation } => self.reservation_ends(reservation),
            Event::TimeReached => self.reach_time(),
        }
    }

    /// Tells the call that dials this leg.
    pub(super) fn tell_dialler(&mut self, leg: CallSid, news: LegNews) {
        if let Some(parent) = self.dialler_of(leg) {
            self.tell(parent, Lane::Main, Signal::Leg(leg, news));
        }
    }

    /// Tells whichever program hears the caller.
    fn tell_top(&mut self, call: CallSid, signal: Signal) {
        if let Some(lane) = self.calls.get(&call).map(crate::call::Call::top_lane) {
            self.tell(call, lane, signal);
        }
    }

    fn tell_caller_of(&mut self, task: TaskSid, signal: Signal) {
        if let Some(call) = self.calls_by_task.get(&task).copied() {
            self.tell(call, Lane::Main, signal);
        }
    }

    /// What was played belongs to one program of a call; the other knows that it is not its own.
    fn playback_ends(&mut self, playback: Playback) {
        match self.playing.remove(&playback) {
            Some(Onto::Leg(call)) => {
                for lane in [Lane::Aside, Lane::Main] {
                    self.tell(call, lane, Signal::PlaybackEnded(playback));
                }
            }
            Some(Onto::Conference(conference)) => self.announcement_played(conference, playback),
            None => {}
        }
    }

    fn playback_fails(&mut self, playback: Playback, reason: String) {
        if let Some(Onto::Leg(call)) = self.playing.get(&playback) {
            self.report(*call, 13400, format!("can not be played: {reason}; it is passed over"));
        }
        self.playback_ends(playback);
    }
}
