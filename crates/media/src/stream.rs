//! Media streams: a leg's sound to an application as µ-law, and the application's sound to the leg.

use std::collections::VecDeque;

use tokio::sync::mpsc::UnboundedSender;

use crate::codec::g711;
use crate::command::Track;
use crate::frame::{Frame, Rate};

/// Sound that an application has sent ahead, at most: a quarter of an hour.
const FED_BYTES_MAX: usize = 8_000 * 900;

/// Twenty milliseconds of a leg's sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamFrame {
    /// The stream.
    pub stream: u64,
    /// Which side is heard: [`Track::Inbound`] or [`Track::Outbound`].
    pub track: Track,
    /// 160 bytes.
    pub mu_law: Vec<u8>,
}

/// A stream under way.
pub(crate) struct Stream {
    pub leg: u64,
    pub track: Track,
    pub is_heard: bool,
    frames: UnboundedSender<StreamFrame>,
    fed: VecDeque<u8>,
    /// Marks with the number of bytes that stand before each.
    marks: VecDeque<(usize, String)>,
}

impl Stream {
    pub(crate) fn new(leg: u64, track: Track, is_heard: bool, frames: UnboundedSender<StreamFrame>) -> Self {
        Self { leg, track, is_heard, frames, fed: VecDeque::new(), marks: VecDeque::new() }
    }

    /// Hands a frame to the application.
    pub(crate) fn send(&self, stream: u64, track: Track, frame: &Frame) {
        let mu_law = frame.samples().iter().map(|&sample| g711::to_mu_law(sample)).collect();
        // An application that has gone closes the stream by its own way.
        let _ = self.frames.send(StreamFrame { stream, track, mu_law });
    }

    /// Takes sound of the application's; what is too far ahead is dropped.
    pub(crate) fn feed(&mut self, mu_law: &[u8]) {
        let room = FED_BYTES_MAX.saturating_sub(self.fed.len());
        self.fed.extend(&mu_law[..mu_law.len().min(room)]);
    }

    /// Sets a mark behind what was fed so far.
    pub(crate) fn mark(&mut self, name: String) {
        self.marks.push_back((self.fed.len(), name));
    }

    /// Forgets what was fed and returns all marks.
    pub(crate) fn clear(&mut self) -> Vec<String> {
        self.fed.clear();
        self.marks.drain(..).map(|(_, name)| name).collect()
    }

    /// Returns the frame that is due, if any, and the marks that stand before its end.
    pub(crate) fn next(&mut self) -> (Option<Frame>, Vec<String>) {
        let len = self.fed.len().min(Rate::Narrow.samples());
        let samples: Vec<i16> = self.fed.drain(..len).map(g711::from_mu_law).collect();
        self.marks.iter_mut().for_each(|(bytes, _)| *bytes = bytes.saturating_sub(len));
        let reached = self.marks.iter().take_while(|(bytes, _)| *bytes == 0).count();
        let names = self.marks.drain(..reached).map(|(_, name)| name).collect();
        ((len > 0).then(|| Frame::of(Rate::Narrow, &samples)), names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_back_when_what_stood_before_has_played_or_was_cleared() {
        let (frames, _received) = tokio::sync::mpsc::unbounded_channel();
        let mut stream = Stream::new(1, Track::Inbound, true, frames);
        stream.feed(&[0; 200]);
        stream.mark("a".to_owned());
        stream.feed(&[0; 400]);
        stream.mark("b".to_owned());
        let heard: Vec<_> =
            (0..3).map(|_| stream.next()).map(|(frame, marks)| (frame.is_some(), marks)).collect();
        assert_eq!(heard, [(true, vec![]), (true, vec!["a".to_owned()]), (true, vec![])]);
        assert_eq!(stream.clear(), ["b"]);
        assert_eq!(stream.next(), (None, vec![]));
    }
}
