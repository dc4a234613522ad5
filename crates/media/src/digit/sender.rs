//! Sends keys one after the other, frame by frame: tone, gap, tone, with the pauses of `w` and `W`.

use std::collections::VecDeque;

use crate::frame::{FRAME_MS, Frame, Rate};
use crate::tone;

use super::event::TelephoneEvent;

/// Frames of a tone, the three that repeat its end left out, and of the gap after it: 100 ms each.
const TONE_FRAMES: u16 = 5;
const END_REPEATS: u16 = 3;
const GAP_FRAMES: u16 = 5;
/// What `w` and `W` stand for.
const HALF_SECOND_FRAMES: u16 = (500 / FRAME_MS) as u16;

/// What a frame of time is to carry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An event packet; the timestamp is that of the event's first frame, `age` frames ago.
    Event { event: TelephoneEvent, age: u16 },
    /// The pause between two keys.
    Gap,
}

/// The keys that a leg still has to send.
#[derive(Debug, Default)]
pub(crate) struct DigitSender {
    keys: VecDeque<char>,
    /// The key that is being sent, and how many frames of it have been.
    current: Option<(char, u16)>,
}

impl DigitSender {
    /// Appends keys; what is neither key nor pause is left out.
    pub(crate) fn push(&mut self, keys: &str) {
        let is_sendable = |key: &char| super::code_of(*key).is_some() || matches!(key, 'w' | 'W');
        self.keys.extend(keys.chars().filter(is_sendable));
    }

    /// Forgets what was not sent.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Tells whether nothing is left to send.
    pub(crate) fn is_idle(&self) -> bool {
        self.current.is_none() && self.keys.is_empty()
    }

    /// Returns what this frame carries, as telephone event; `ticks` is the RTP clock's length of a frame.
    pub(crate) fn next_event(&mut self, ticks: u32) -> Option<Step> {
        let (key, age) = self.next()?;
        let Some(code) = super::code_of(key).filter(|_| age < TONE_FRAMES + END_REPEATS - 1) else {
            return Some(Step::Gap);
        };
        let is_end = age >= TONE_FRAMES - 1;
        let duration = (u32::from(age.min(TONE_FRAMES - 1)) + 1) * ticks;
        Some(Step::Event { event: TelephoneEvent { code, is_end, duration: duration as u16 }, age })
    }

    /// Returns what this frame carries, as sound.
    pub(crate) fn next_sound(&mut self, rate: Rate) -> Option<Frame> {
        let (key, age) = self.next()?;
        if age >= TONE_FRAMES {
            return Some(Frame::silence(rate));
        }
        let tone = tone::key(key, u64::from(TONE_FRAMES) * FRAME_MS, rate);
        Some(Frame::of(rate, &tone[usize::from(age) * rate.samples()..]))
    }

    /// Returns the key of this frame and its age in frames.
    fn next(&mut self) -> Option<(char, u16)> {
        let (key, age) = match self.current.take() {
            Some(current) => current,
            None => (self.keys.pop_front()?, 0),
        };
        let frames = match key {
            'w' => HALF_SECOND_FRAMES,
            'W' => 2 * HALF_SECOND_FRAMES,
            _ => TONE_FRAMES + END_REPEATS + GAP_FRAMES,
        };
        self.current = (age + 1 < frames).then_some((key, age + 1));
        Some((key, age))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_grows_then_says_its_end_three_times() {
        let mut sender = DigitSender::default();
        sender.push("5?w");
        let step = |sender: &mut DigitSender| match sender.next_event(160) {
            Some(Step::Event { event, age }) => {
                format!("{age}:{}{}", event.duration, if event.is_end { "E" } else { "" })
            }
            Some(Step::Gap) => "gap".to_owned(),
            None => "idle".to_owned(),
        };
        let tone: Vec<_> = (0..8).map(|_| step(&mut sender)).collect();
        assert_eq!(tone, ["0:160", "1:320", "2:480", "3:640", "4:800E", "5:800E", "6:800E", "gap"]);
        let pause = (0..).take_while(|_| step(&mut sender) == "gap").count();
        assert_eq!(pause, 5 + 25);
        assert!(sender.is_idle());
    }
}
