//! `<Gather>`: collects keys or speech while it asks. The time runs from the end of the prompts, and anew with each key.

use std::time::Duration;

use twiml::{Gather, Input};

use super::announce::Prompt;
use super::{Cut, Heard, Perform, Signal, Stage, Step, Told, WithoutAction};
use crate::parameters::{add, pairs};
use crate::{Action, Listening, MediaAction, Notice, Parameters};

#[derive(Debug)]
pub(super) struct Performance {
    gather: Gather,
    prompt: Prompt,
    digits: String,
    hearing: Hearing,
    /// How much of the caller's speech was told while it was heard.
    told: u32,
}

/// How far speech is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hearing {
    /// Nobody listens.
    Deaf,
    Listening,
    /// The caller speaks; keys do not count from here on.
    Speaking,
}

impl Performance {
    /// Makes the performance.
    pub(super) fn new(mut gather: Gather) -> Performance {
        let prompt = Prompt::of(std::mem::take(&mut gather.announcements));
        Performance { gather, prompt, digits: String::new(), hearing: Hearing::Deaf, told: 0 }
    }
}

impl Perform for Performance {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.answer();
        let is_prompting = self.prompt.next(stage);
        if self.gather.input().contains(&Input::Speech) {
            self.hearing = Hearing::Listening;
            let listening = Listening { leg: stage.call, gather: self.gather.clone() };
            stage.media(MediaAction::ListenForSpeech(Box::new(listening)));
        }
        if !is_prompting {
            self.wait(stage);
        }
        Step::Continue
    }

    fn on_signal(&mut self, stage: &mut Stage<'_>, signal: Signal) -> Step {
        if self.prompt.is_over(&signal) {
            if !self.prompt.next(stage) && self.hearing != Hearing::Speaking {
                self.wait(stage);
            }
            return Step::Continue;
        }
        match signal {
            Signal::Caller(Heard::Digit(digit)) if self.hears_keys() => self.hear_digit(stage, digit),
            Signal::Caller(Heard::SpeechBegan)
                if self.hearing == Hearing::Listening && self.digits.is_empty() =>
            {
                self.hear_voice(stage)
            }
            Signal::Caller(Heard::Speech { text, confidence, is_final }) if self.hearing != Hearing::Deaf => {
                self.hear_speech(stage, text, confidence, is_final)
            }
            Signal::Caller(Heard::SpeechFailed) => {
                self.hearing = Hearing::Deaf;
                if !self.prompt.is_going_on() {
                    self.wait(stage);
                }
                Step::Continue
            }
            Signal::TimeReached => self.finish(stage, None),
            Signal::PlaybackEnded(_)
            | Signal::Caller(_)
            | Signal::Leg(..)
            | Signal::Service(_)
            | Signal::Partner(_)
            | Signal::Queue(_) => Step::Continue,
        }
    }

    fn leave(&mut self, stage: &mut Stage<'_>, _: Cut) -> Option<Told> {
        self.clear(stage);
        None
    }
}

impl Performance {
    fn hears_keys(&self) -> bool {
        self.gather.input().contains(&Input::Dtmf) && self.hearing != Hearing::Speaking
    }

    fn wait(&mut self, stage: &mut Stage<'_>) {
        stage.set_timer(Some(Duration::from_secs(u64::from(self.gather.timeout_secs()))));
    }

    fn hear_digit(&mut self, stage: &mut Stage<'_>, digit: char) -> Step {
        if self.gather.barge_in() {
            self.prompt.stop(stage);
        }
        self.stop_listening(stage);
        if self.gather.is_finish_key(digit) {
            return self.finish(stage, Some(digit));
        }
        self.digits.push(digit);
        let is_complete = self.gather.digits_max.is_some_and(|max| self.digits.len() >= max as usize);
        if is_complete {
            return self.finish(stage, None);
        }
        if !self.prompt.is_going_on() {
            self.wait(stage);
        }
        Step::Continue
    }

    fn hear_voice(&mut self, stage: &mut Stage<'_>) -> Step {
        self.hearing = Hearing::Speaking;
        if self.gather.barge_in() {
            self.prompt.stop(stage);
        }
        // The recogniser ends speech by silence; this is for one that never does.
        let longest = self.gather.max_speech_time_secs() + self.gather.timeout_secs();
        stage.set_timer(Some(Duration::from_secs(u64::from(longest))));
        Step::Continue
    }

    fn hear_speech(
        &mut self,
        stage: &mut Stage<'_>,
        text: String,
        confidence: Option<f32>,
        is_final: bool,
    ) -> Step {
        if !is_final {
            self.tell_partial(stage, text);
            return Step::Continue;
        }
        if text.is_empty() {
            return self.finish(stage, None);
        }
        let mut parameters = pairs([("SpeechResult", text)]);
        add(&mut parameters, "Confidence", confidence);
        add(&mut parameters, "Language", Some(self.gather.language()));
        self.clear(stage);
        self.ask(parameters)
    }

    /// Ends the input: without any, the next verb follows unless the action wants to know of that too.
    fn finish(&mut self, stage: &mut Stage<'_>, key: Option<char>) -> Step {
        self.clear(stage);
        if self.digits.is_empty() && !self.gather.action_on_empty_result() {
            return Step::Next;
        }
        let mut parameters = pairs([("Digits", self.digits.clone())]);
        add(&mut parameters, "FinishedOnKey", key.filter(|_| !self.digits.is_empty()));
        self.ask(parameters)
    }

    fn ask(&self, parameters: Parameters) -> Step {
        let action = self.gather.action.clone();
        Step::Ask(Told { action, parameters }, WithoutAction::SameDocument)
    }

    fn clear(&mut self, stage: &mut Stage<'_>) {
        self.prompt.stop(stage);
        self.stop_listening(stage);
    }

    fn stop_listening(&mut self, stage: &mut Stage<'_>) {
        if self.hearing != Hearing::Deaf {
            self.hearing = Hearing::Deaf;
            stage.media(MediaAction::StopListening { leg: stage.call });
        }
    }

    fn tell_partial(&mut self, stage: &mut Stage<'_>, text: String) {
        let Some(link) = stage.link(&self.gather.partial_result_callback) else { return };
        let mut parameters = stage.parameters();
        parameters.extend(pairs([
            ("UnstableSpeechResult", text),
            ("StableSpeechResult", String::new()),
            ("SequenceNumber", self.told.to_string()),
        ]));
        self.told += 1;
        let notice = Notice { about: stage.call.to_string(), link, parameters };
        stage.exchange.act(Action::Notify(Box::new(notice)));
    }
}
