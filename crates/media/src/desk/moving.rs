//! Moves legs from one thread's desk to another's, with all that belongs to them.

use std::collections::BTreeMap;

use super::Desk;
use crate::command::{Onto, RecordingOf};
use crate::leg::Leg;
use crate::media::Circle;
use crate::mixer::Mixer;
use crate::playout::Playback;
use crate::recording::Recording;
use crate::stream::Stream;

/// What leaves one desk for another; each map is by the id that its desk had it under.
#[derive(Default)]
pub(crate) struct Luggage {
    pub legs: BTreeMap<u64, Leg>,
    mixers: BTreeMap<u64, (Mixer, Option<Playback>)>,
    streams: BTreeMap<u64, Stream>,
    recordings: BTreeMap<u64, Recording>,
    playbacks: BTreeMap<u64, Onto>,
}

impl Desk {
    /// Takes a circle out, without a word to anybody: it goes on elsewhere.
    pub(crate) fn pack(&mut self, circle: &Circle) -> Luggage {
        let has_leg = |leg: &u64| circle.legs.contains(leg);
        let has_mixer = |mixer: &u64| circle.mixers.contains(mixer);
        let is_of = |of: RecordingOf| match of {
            RecordingOf::Leg(leg, _) | RecordingOf::Bridge(leg, _) => has_leg(&leg),
            RecordingOf::Mixer(mixer) => has_mixer(&mixer),
        };
        let is_onto = |onto: &Onto| match onto {
            Onto::Leg(leg) => has_leg(leg),
            Onto::Mixer(mixer) => has_mixer(mixer),
        };
        Luggage {
            legs: self.legs.extract_if(.., |leg, _| has_leg(leg)).collect(),
            mixers: self.mixers.extract_if(.., |mixer, _| has_mixer(mixer)).collect(),
            streams: self.streams.extract_if(.., |_, stream| has_leg(&stream.leg)).collect(),
            recordings: self.recordings.extract_if(.., |_, recording| is_of(recording.of)).collect(),
            playbacks: self.playbacks.extract_if(.., |_, onto| is_onto(onto)).collect(),
        }
    }

    /// Takes a circle in, which goes on where it was.
    pub(crate) fn unpack(&mut self, luggage: Luggage) {
        self.legs.extend(luggage.legs);
        self.mixers.extend(luggage.mixers);
        self.streams.extend(luggage.streams);
        self.recordings.extend(luggage.recordings);
        self.playbacks.extend(luggage.playbacks);
    }
}
