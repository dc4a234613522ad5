//! Speech of callers: heard until they pause, and put into words by a recogniser.

use std::collections::BTreeMap;
use std::sync::Arc;

use call::{Event, Listening};
use domain::CallSid;
use media::{Clip, Media, StreamFrame, Track};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use twiml::{Gather, SpeechTimeout};

use super::recognizer::Wanted;
use crate::house::House;

/// The pause that ends a sentence where the document leaves that to the recogniser.
const AUTO_PAUSE_MS: u64 = 1_000;

/// What a call notes where nothing understands speech.
const NO_RECOGNIZER: &str = "no recogniser is there; hint: name a service or pocketsphinx (--speech-recognition-url), and see patchboard doctor";

/// How much is kept of what came before speech was noticed: a soft beginning belongs to the word.
const LEAD_IN_FRAMES: usize = 25;

const FRAMES_PER_SECOND: usize = 50;

/// The callers who are listened to.
#[derive(Default)]
pub(super) struct Ears {
    open: BTreeMap<CallSid, UnboundedSender<Change>>,
}

/// What a listener is told.
enum Change {
    /// The caller begins to speak.
    Began,
    /// The caller has paused for as long as the document says.
    Paused,
}

/// A listener with all that its job needs.
struct Job {
    house: Arc<House>,
    media: Media,
    call: CallSid,
    gather: Gather,
    stream: u64,
    changes: UnboundedReceiver<Change>,
}

/// What was heard so far.
struct Heard {
    mu_law: Vec<u8>,
    frames: usize,
    has_begun: bool,
    frames_max: usize,
}

impl Ears {
    /// Begins to listen to a leg; without a recogniser that fails at once.
    pub(super) fn open(
        &mut self,
        house: &Arc<House>,
        media: &Media,
        listening: Listening,
        ids: (u64, u64),
    ) -> Option<Event> {
        let Listening { leg: call, gather } = listening;
        let hints: Vec<&str> = gather.hints().collect();
        let objection = match &house.recognizer {
            Some(recognizer) => recognizer.objection(gather.language(), &hints),
            None => Some(NO_RECOGNIZER),
        };
        if let Some(reason) = objection {
            let reason = reason.to_owned();
            return Some(Event::SpeechFailed { call, reason });
        }
        let (stream, audio) = ids;
        let (send, frames) = unbounded_channel();
        media.open_stream(stream, audio, Track::Inbound, false, send);
        media.listen(audio, pause_ms(&gather));
        let (tell, changes) = unbounded_channel();
        self.open.insert(call, tell);
        let job = Job { house: Arc::clone(house), media: media.clone(), call, gather, stream, changes };
        tokio::spawn(job.run(frames));
        None
    }

    /// Ceases to listen to a leg.
    pub(super) fn close(&mut self, call: CallSid) {
        self.open.remove(&call);
    }

    /// Tells a listener that the caller begins to speak.
    pub(super) fn begin(&self, call: CallSid) {
        self.tell(call, Change::Began);
    }

    /// Tells a listener that the caller has paused; returns whether anybody listens.
    pub(super) fn pause(&self, call: CallSid, has_spoken: bool) -> bool {
        if has_spoken {
            self.tell(call, Change::Paused);
        }
        self.open.contains_key(&call)
    }

    fn tell(&self, call: CallSid, change: Change) {
        if let Some(open) = self.open.get(&call) {
            // A job that has just ended hears nothing any more.
            let _ = open.send(change);
        }
    }
}

impl Job {
    async fn run(mut self, frames: UnboundedReceiver<StreamFrame>) {
        let heard = self.hear(frames).await;
        self.media.close_stream(self.stream);
        // Without words the verb is over, or the caller is gone: nobody waits for what was said.
        let Some(mu_law) = heard else { return };
        let event = self.put_into_words(&mu_law).await;
        self.house.switchboard.tell(event).await;
    }

    /// Returns what the caller said, once they pause or have spoken for as long as is taken.
    async fn hear(&mut self, mut frames: UnboundedReceiver<StreamFrame>) -> Option<Vec<u8>> {
        let mut heard = Heard::new(self.gather.max_speech_time_secs() as usize * FRAMES_PER_SECOND);
        while !heard.is_full() {
            tokio::select! {
                frame = frames.recv() => heard.take(&frame?.mu_law),
                change = self.changes.recv() => match change? {
                    Change::Began => heard.has_begun = true,
                    Change::Paused => break,
                },
            }
        }
        Some(heard.mu_law)
    }

    async fn put_into_words(&self, mu_law: &[u8]) -> Event {
        let call = self.call;
        let Some(recognizer) = &self.house.recognizer else {
            return Event::SpeechFailed { call, reason: "the recogniser is gone".to_owned() };
        };
        let wanted = Wanted {
            sound: Clip::from_mu_law(mu_law),
            language: self.gather.language(),
            hints: self.gather.hints().collect(),
            model: self.gather.speech_model.as_deref(),
        };
        match recognizer.recognize(self.house.webhooks(), &wanted).await {
            Ok(words) => {
                Event::SpeechHeard { call, text: words.text, confidence: words.confidence, is_final: true }
            }
            Err(reason) => Event::SpeechFailed { call, reason },
        }
    }
}

impl Heard {
    fn new(frames_max: usize) -> Self {
        Self { mu_law: vec![], frames: 0, has_begun: false, frames_max: frames_max + LEAD_IN_FRAMES }
    }

    fn take(&mut self, mu_law: &[u8]) {
        if !self.has_begun && self.frames >= LEAD_IN_FRAMES {
            self.mu_law.drain(..self.mu_law.len() / self.frames);
            self.frames -= 1;
        }
        self.mu_law.extend_from_slice(mu_law);
        self.frames += 1;
    }

    fn is_full(&self) -> bool {
        self.frames >= self.frames_max
    }
}

fn pause_ms(gather: &Gather) -> u64 {
    match gather.speech_timeout() {
        SpeechTimeout::Auto => AUTO_PAUSE_MS,
        SpeechTimeout::Seconds(secs) => u64::from(secs.max(1)) * 1_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soft_beginning_is_kept_and_the_silence_before_it_is_not() {
        let mut heard = Heard::new(FRAMES_PER_SECOND);
        for frame in 0..100_u8 {
            heard.take(&[frame; 160]);
        }
        assert_eq!((heard.mu_law[0], heard.frames), (75, LEAD_IN_FRAMES));
        heard.has_begun = true;
        let mut taken = 0;
        while !heard.is_full() {
            heard.take(&[200; 160]);
            taken += 1;
        }
        assert_eq!((taken, heard.mu_law.len()), (FRAMES_PER_SECOND, 75 * 160));
    }
}
