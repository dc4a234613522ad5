//! `<Say>`, `<Play>` and `<Pause>`, alone or one after the other inside a `<Gather>`.

use std::collections::VecDeque;
use std::time::Duration;

use twiml::{Announcement, Digits};

use super::{Cut, Perform, Signal, Stage, Step, Told};
use crate::{Playback, Source};

/// The URL by which programs of ours play our own music.
pub(crate) const HOLD_MUSIC: &str = "hold-music:default";

/// Says whether a URL is one of the published service's music, in whose place ours is played.
pub(crate) fn is_published_music(url: &str) -> bool {
    url.contains("com.twilio.music.") || url.contains("com.twilio.sounds.music")
}

/// What the caller hears, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Prompt {
    pieces: VecDeque<Announcement>,
    playing: Option<Playback>,
    is_pausing: bool,
}

impl Prompt {
    /// Makes a prompt that has not begun.
    pub(super) fn of(pieces: impl IntoIterator<Item = Announcement>) -> Prompt {
        Prompt { pieces: pieces.into_iter().collect(), ..Prompt::default() }
    }

    /// Begins the next piece; says whether there was one.
    pub(super) fn next(&mut self, stage: &mut Stage<'_>) -> bool {
        (self.playing, self.is_pausing) = (None, false);
        while let Some(piece) = self.pieces.pop_front() {
            match piece {
                Announcement::Say(say) if say.speech.is_empty() => {}
                Announcement::Say(say) => {
                    let loops = say.loop_count();
                    let (voice, language) = (say.voice, say.language);
                    let source = Source::Speech { parts: say.speech, voice, language };
                    self.playing = Some(stage.play(source, loops));
                    return true;
                }
                Announcement::Play(play) => {
                    let loops = play.loop_count();
                    if let Some(source) = file(stage, &play.url, play.digits.as_ref()) {
                        self.playing = Some(stage.play(source, loops));
                        return true;
                    }
                }
                Announcement::Pause(pause) => {
                    self.is_pausing = true;
                    stage.set_timer(Some(Duration::from_secs(u64::from(pause.length_secs()))));
                    return true;
                }
            }
        }
        false
    }

    /// Says whether a signal means that the piece at hand is over.
    pub(super) fn is_over(&self, signal: &Signal) -> bool {
        match signal {
            Signal::PlaybackEnded(playback) => self.playing == Some(*playback),
            Signal::TimeReached => self.is_pausing,
            Signal::Caller(_)
            | Signal::Leg(..)
            | Signal::Service(_)
            | Signal::Partner(_)
            | Signal::Queue(_) => false,
        }
    }

    /// Says whether anything is played or paused for.
    pub(super) fn is_going_on(&self) -> bool {
        self.playing.is_some() || self.is_pausing
    }

    /// Ends it.
    pub(super) fn stop(&mut self, stage: &mut Stage<'_>) {
        self.pieces.clear();
        self.is_pausing = false;
        if let Some(playback) = self.playing.take() {
            stage.stop(playback);
        }
    }
}

/// One announcement as a verb of its own.
#[derive(Debug)]
pub(super) struct Announce {
    prompt: Prompt,
    is_pause: bool,
}

impl Announce {
    /// Makes the performance.
    pub(super) fn of(announcement: Announcement) -> Announce {
        let is_pause = matches!(announcement, Announcement::Pause(_));
        Announce { prompt: Prompt::of([announcement]), is_pause }
    }
}

impl Perform for Announce {
    /// A pause delays the answer; the others answer.
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        if !self.is_pause {
            stage.answer();
        }
        if self.prompt.next(stage) { Step::Continue } else { Step::Next }
    }

    fn on_signal(&mut self, _: &mut Stage<'_>, signal: Signal) -> Step {
        if self.prompt.is_over(&signal) { Step::Next } else { Step::Continue }
    }

    fn leave(&mut self, stage: &mut Stage<'_>, _: Cut) -> Option<Told> {
        self.prompt.stop(stage);
        None
    }
}

fn file(stage: &mut Stage<'_>, url: &str, digits: Option<&Digits>) -> Option<Source> {
    if let Some(digits) = digits {
        return Some(Source::Tones(digits.as_str().to_owned()));
    }
    if url.is_empty() {
        stage.report(13420, "<Play> has neither a URL nor digits: it is passed over");
        return None;
    }
    let is_music = url == HOLD_MUSIC || is_published_music(url);
    Some(if is_music { Source::HoldMusic } else { Source::File(stage.resolve(url)) })
}
