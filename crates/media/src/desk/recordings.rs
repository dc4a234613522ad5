//! What the recordings of the desk keep of each frame of time.

use std::sync::mpsc;

use super::Desk;
use crate::command::{RecordingOf, RecordingOptions, Track};
use crate::frame::{Frame, Rate};
use crate::recording::recorder::Job;
use crate::recording::{Pause, Recording};

impl Desk {
    /// Begins a recording.
    pub(crate) fn record(&mut self, id: u64, of: RecordingOf, options: RecordingOptions) {
        let recording = Recording::new(of, &options);
        let channels = if options.is_dual { 2 } else { 1 };
        self.write(Job::Begin { recording: id, path: options.path, channels });
        self.recordings.insert(id, recording);
    }

    /// Pauses a recording or goes on with it.
    pub(crate) fn pause_recording(&mut self, recording: u64, pause: Pause) {
        if let Some(recording) = self.recordings.get_mut(&recording) {
            recording.pause = pause;
        }
    }

    /// Ends a recording.
    pub(crate) fn stop_recording(&mut self, id: u64) {
        if let Some(recording) = self.recordings.remove(&id) {
            self.write(Job::End { recording: id, ending: recording.end() });
        }
    }

    /// Ends all recordings and lets the thread that writes them go.
    pub(crate) fn stop_recordings(&mut self) {
        let ids: Vec<u64> = self.recordings.keys().copied().collect();
        ids.into_iter().for_each(|id| self.stop_recording(id));
        self.jobs = None;
    }

    /// Keeps this frame of time; a recording that is full or has lost what it is of ends.
    pub(super) fn keep_recordings(&mut self) {
        let mut ended = vec![];
        let ids: Vec<(u64, RecordingOf)> = self.recordings.iter().map(|(id, one)| (*id, one.of)).collect();
        for (id, of) in ids {
            let Some((first, second)) = self.sides(of) else {
                ended.push(id);
                continue;
            };
            let Some(recording) = self.recordings.get_mut(&id) else { continue };
            let piece = recording.push(&first, second.as_ref());
            if recording.is_full() {
                ended.push(id);
            }
            if let Some(samples) = piece {
                self.write(Job::Append { recording: id, samples });
            }
        }
        ended.into_iter().for_each(|id| self.stop_recording(id));
    }

    /// Returns what the sides of a recording say in this frame of time.
    fn sides(&mut self, of: RecordingOf) -> Option<(Frame, Option<Frame>)> {
        match of {
            RecordingOf::Leg(leg, track) => {
                let leg = self.legs.get_mut(&leg)?;
                Some(match track {
                    Track::Inbound => (leg.said(Rate::Narrow), None),
                    Track::Outbound => (leg.heard(), None),
                    Track::Both => (leg.said(Rate::Narrow), Some(leg.heard())),
                })
            }
            RecordingOf::Bridge(leg, other) => {
                let first = self.legs.get_mut(&leg)?.said(Rate::Narrow);
                Some((first, Some(self.legs.get_mut(&other)?.said(Rate::Narrow))))
            }
            RecordingOf::Mixer(mixer) => Some((self.mixes.get(&mixer)?.total_narrow(), None)),
        }
    }

    fn write(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The thread ends only after this sender is dropped.
            let _: Result<(), mpsc::SendError<Job>> = jobs.send(job);
        }
    }
}
