//! A conference's sum of voices: each member hears all the others, by the rules of mute, hold and coaching.

use std::collections::BTreeMap;

use crate::frame::{Frame, Rate};
use crate::resample::Resampler;

/// A leg's part in a mixer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// The others do not hear it.
    pub is_muted: bool,
    /// It neither hears nor is heard; what it hears meanwhile is played to its leg.
    pub is_on_hold: bool,
    /// It hears all, and only this leg hears it.
    pub coach_of: Option<u64>,
}

/// The members of one mixer.
#[derive(Debug, Default)]
pub(crate) struct Mixer {
    /// By leg.
    pub members: BTreeMap<u64, Member>,
}

/// What was said in one frame of time, ready to be heard by each member.
pub(crate) struct Mix {
    rate: Rate,
    /// The sum of all that speak to all, announcements included.
    sum: [i32; 320],
    /// Voices by leg, to be taken out of or added to what one member hears.
    voices: BTreeMap<u64, (Member, Frame)>,
}

impl Mixer {
    /// Tells whether what a member says matters to anyone.
    pub(crate) fn is_speaking(member: &Member) -> bool {
        !member.is_muted && !member.is_on_hold
    }
}

impl Mix {
    /// Begins with what is announced to all.
    pub(crate) fn new(rate: Rate, announcement: Option<&Frame>) -> Self {
        let mut mix = Self { rate, sum: [0; 320], voices: BTreeMap::new() };
        if let Some(frame) = announcement {
            mix.accumulate(frame);
        }
        mix
    }

    /// Adds what a speaking member says, at the mix's own rate.
    pub(crate) fn add(&mut self, leg: u64, member: Member, frame: Frame) {
        if member.coach_of.is_none() {
            self.accumulate(&frame);
        }
        self.voices.insert(leg, (member, frame));
    }

    /// Returns what a member hears: all but itself, and whoever coaches it.
    pub(crate) fn heard_by(&self, leg: u64, member: Member) -> Option<Frame> {
        if member.is_on_hold {
            return None;
        }
        let mut sum = self.sum;
        if let Some((own, frame)) = self.voices.get(&leg)
            && own.coach_of.is_none()
        {
            sum.iter_mut().zip(frame.samples()).for_each(|(sum, sample)| *sum -= i32::from(*sample));
        }
        for (coach, frame) in self.voices.values() {
            if coach.coach_of == Some(leg) {
                sum.iter_mut().zip(frame.samples()).for_each(|(sum, sample)| *sum += i32::from(*sample));
            }
        }
        Some(limited(self.rate, &sum))
    }

    /// Returns what all together say, as a recording keeps it.
    pub(crate) fn total_narrow(&self) -> Frame {
        Resampler::default().convert(&limited(self.rate, &self.sum), Rate::Narrow)
    }

    fn accumulate(&mut self, frame: &Frame) {
        self.sum.iter_mut().zip(frame.samples()).for_each(|(sum, sample)| *sum += i32::from(*sample));
    }
}

/// Above this the curve bends, so that many voices do not clip.
const KNEE: i32 = 24_000;

fn limited(rate: Rate, sum: &[i32; 320]) -> Frame {
    let mut frame = Frame::silence(rate);
    for (sample, &value) in frame.samples_mut().iter_mut().zip(sum) {
        let over = (value.abs() - KNEE).max(0);
        let room = i32::from(i16::MAX) - KNEE;
        // Grows ever slower toward full scale and never reaches it.
        let bent =
            value.abs().min(KNEE) + (i64::from(over) * i64::from(room) / i64::from(over + room)) as i32;
        *sample = (bent * value.signum()) as i16;
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Member = Member { is_muted: false, is_on_hold: false, coach_of: None };

    /// What each of the members hears, where leg n says n.
    fn heard(members: &[(u64, Member)]) -> Vec<Option<i16>> {
        let mut mix = Mix::new(Rate::Narrow, Some(&Frame::of(Rate::Narrow, &[1_000; 160])));
        for (leg, member) in members.iter().filter(|(_, member)| Mixer::is_speaking(member)) {
            mix.add(*leg, *member, Frame::of(Rate::Narrow, &[*leg as i16; 160]));
        }
        members
            .iter()
            .map(|(leg, member)| mix.heard_by(*leg, *member).map(|frame| frame.samples()[7]))
            .collect()
    }

    #[test]
    fn each_hears_the_others_by_the_rules() {
        let (muted, held) = (Member { is_muted: true, ..PLAIN }, Member { is_on_hold: true, ..PLAIN });
        let coach = Member { coach_of: Some(1), ..PLAIN };
        for (members, expected) in [
            (vec![(1, PLAIN), (2, PLAIN), (4, PLAIN)], vec![Some(1_006), Some(1_005), Some(1_003)]),
            (vec![(1, PLAIN), (2, muted), (4, PLAIN)], vec![Some(1_004), Some(1_005), Some(1_001)]),
            (vec![(1, PLAIN), (2, held), (4, PLAIN)], vec![Some(1_004), None, Some(1_001)]),
            (vec![(1, PLAIN), (2, PLAIN), (8, coach)], vec![Some(1_010), Some(1_001), Some(1_003)]),
            (
                vec![(1, PLAIN), (2, PLAIN), (8, Member { is_muted: true, ..coach })],
                vec![Some(1_002), Some(1_001), Some(1_003)],
            ),
        ] {
            assert_eq!(heard(&members), expected, "{members:?}");
        }
    }

    #[test]
    fn many_loud_voices_do_not_wrap() {
        let mut mix = Mix::new(Rate::Wide, None);
        (0..40).for_each(|leg| mix.add(leg, PLAIN, Frame::of(Rate::Wide, &[30_000; 320])));
        let sample = mix.total_narrow().samples()[100];
        assert!(sample > 32_000, "{sample}");
    }
}
