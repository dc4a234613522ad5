//! `<Record>`: records the caller after a tone, until a key, silence, the longest time or the hang-up.

use std::time::Duration;

use domain::RecordingSid;
use twiml::Record;

use super::{Cut, Heard, Perform, ServiceNews, Signal, Stage, Step, Told, WithoutAction};
use crate::exchange::{NewRecording, callback};
use crate::parameters::pairs;
use crate::{Parameters, Playback, RecordingSource, Scene, Source};

#[derive(Debug)]
pub(super) struct Performance {
    record: Record,
    beep: Option<Playback>,
    recording: Option<RecordingSid>,
}

impl Performance {
    /// Makes the performance.
    pub(super) fn new(record: Record) -> Performance {
        Performance { record, beep: None, recording: None }
    }
}

impl Perform for Performance {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.answer();
        if self.record.transcribe() {
            stage
                .report(13617, "<Record transcribe>: nobody transcribes here; the recording is made without");
        }
        if self.record.play_beep() {
            self.beep = Some(stage.play(Source::Beep, 1));
        } else {
            self.begin(stage);
        }
        Step::Continue
    }

    fn on_signal(&mut self, stage: &mut Stage<'_>, signal: Signal) -> Step {
        match signal {
            Signal::PlaybackEnded(playback) if self.beep == Some(playback) => {
                self.beep = None;
                self.begin(stage);
                Step::Continue
            }
            Signal::Caller(Heard::Digit(key))
                if self.recording.is_some() && self.record.is_finish_key(key) =>
            {
                self.finish(stage, pairs([("Digits", key.to_string())]))
            }
            Signal::TimeReached => self.finish(stage, Parameters::new()),
            Signal::Service(ServiceNews::Silence { recording, was_heard })
                if self.recording == Some(recording) =>
            {
                if was_heard {
                    return self.finish(stage, Parameters::new());
                }
                stage.exchange.stop_recording(recording);
                Step::Next
            }
            Signal::PlaybackEnded(_)
            | Signal::Caller(_)
            | Signal::Leg(..)
            | Signal::Service(_)
            | Signal::Partner(_)
            | Signal::Queue(_) => Step::Continue,
        }
    }

    fn leave(&mut self, stage: &mut Stage<'_>, cut: Cut) -> Option<Told> {
        if let Some(beep) = self.beep.take() {
            stage.stop(beep);
        }
        let parameters = self.told(stage, pairs([("Digits", "hangup".to_owned())]))?;
        (cut != Cut::Redirected).then(|| Told { action: self.record.action.clone(), parameters })
    }
}

impl Performance {
    fn begin(&mut self, stage: &mut Stage<'_>) {
        let silence = self.record.timeout_secs();
        let recording = NewRecording {
            scene: Scene::Inbound(stage.call),
            trim: self.record.trim(),
            silence_timeout_secs: (silence > 0).then_some(silence),
            callback: callback(&self.record.recording_status_callback, |url| stage.resolve(url)),
            ..NewRecording::of_call(stage.call, RecordingSource::RecordVerb)
        };
        self.recording = Some(stage.exchange.record(recording));
        stage.set_timer(Some(Duration::from_secs(u64::from(self.record.max_length_secs()))));
    }

    fn finish(&mut self, stage: &mut Stage<'_>, more: Parameters) -> Step {
        match self.told(stage, more) {
            Some(parameters) => {
                let action = self.record.action.clone();
                Step::Ask(Told { action, parameters }, WithoutAction::SameDocument)
            }
            None => Step::Next,
        }
    }

    /// Ends the recording; returns what its action is told, if there was one.
    fn told(&mut self, stage: &mut Stage<'_>, more: Parameters) -> Option<Parameters> {
        let recording = self.recording.take()?;
        let mut parameters = stage.exchange.recording_parameters(recording);
        parameters.extend(more);
        stage.exchange.stop_recording(recording);
        Some(parameters)
    }
}
