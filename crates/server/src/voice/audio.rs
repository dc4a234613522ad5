//! Audio: what the exchange wants played, mixed and recorded, on the media of its lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use call::{Event, Listening, MediaAction, Onto, Playback, RecordingOrder, Scene, Seat, Source, StreamOrder};
use domain::{CallSid, ConferenceSid, RecordingSid};
use media::{Clip, Media, Member, RecordingOf, RecordingOptions, Utterance};
use twiml::{RecordingTrack, Trim};

use super::answerers;
use super::clips::{self, Wanted};
use super::lines::Lines;
use super::recognition::Ears;
use super::streams::Streams;
use crate::house::House;

/// The longest that a recording may become: a day.
const RECORDING_MS_MAX: u64 = 24 * 60 * 60 * 1000;

/// What the exchange has asked of media.
pub(super) struct Audio {
    house: Arc<House>,
    media: Media,
    folder: PathBuf,
    /// What is played.
    playing: BTreeSet<Playback>,
    /// What is being fetched or spoken, with where it is to be played and how often.
    awaited: BTreeMap<Playback, (Onto, u32)>,
    mixers: BTreeMap<ConferenceSid, u64>,
    recordings: BTreeMap<u64, RecordingSid>,
    /// Recordings that end by silence, by the leg that is listened to.
    silences: BTreeMap<CallSid, RecordingSid>,
    streams: Streams,
    ears: Ears,
    next_id: u64,
}

impl Audio {
    /// Makes audio on media; recordings go into a folder.
    pub(super) fn new(house: Arc<House>, media: Media, folder: PathBuf) -> Self {
        Self {
            house,
            media,
            folder,
            playing: BTreeSet::new(),
            awaited: BTreeMap::new(),
            mixers: BTreeMap::new(),
            recordings: BTreeMap::new(),
            silences: BTreeMap::new(),
            streams: Streams::default(),
            ears: Ears::default(),
            next_id: 0,
        }
    }

    /// Does what the exchange wants done with audio; returns what is known of it at once.
    pub(super) fn perform(&mut self, action: MediaAction, lines: &Lines) -> Option<Event> {
        match action {
            MediaAction::Play { playback, onto, source, loops } => {
                return self.play(playback, onto, source, loops, lines);
            }
            MediaAction::StopPlaying { playback } => {
                self.awaited.remove(&playback);
                if self.playing.remove(&playback) {
                    self.media.stop(playback.0);
                }
            }
            MediaAction::Connect { a, b } => with_both(lines, a, b, |a, b| self.media.connect(a, b)),
            MediaAction::Disconnect { a, b } => with_both(lines, a, b, |a, b| self.media.disconnect(a, b)),
            MediaAction::Join { conference, leg, seat } | MediaAction::Update { conference, leg, seat } => {
                self.seat(conference, leg, seat, lines);
            }
            MediaAction::Leave { conference, leg } => {
                if let (Some(mixer), Some(audio)) = (self.mixers.get(&conference), lines.audio_of(leg)) {
                    self.media.leave(*mixer, audio);
                }
            }
            MediaAction::StartRecording(order) => return self.start_recording(*order, lines),
            MediaAction::PauseRecording { recording, keeps_silence } => {
                self.with_recording(recording, |media, id| media.pause_recording(id, keeps_silence));
            }
            MediaAction::ResumeRecording { recording } => {
                self.with_recording(recording, |media, id| media.resume_recording(id));
            }
            MediaAction::StopRecording { recording } => {
                self.with_recording(recording, |media, id| media.stop_recording(id));
            }
            MediaAction::ListenForSpeech(listening) => return self.listen(*listening, lines),
            MediaAction::DetectAnswerer { leg, detection } => {
                if let Some(audio) = lines.audio_of(leg) {
                    self.media.detect_answerer(audio, answerers::detection(&detection));
                }
            }
            MediaAction::StopListening { leg } => {
                self.ears.close(leg);
                if let Some(audio) = lines.audio_of(leg) {
                    self.media.stop_listening(audio);
                }
            }
            MediaAction::OpenStream(order) => return self.open_stream(*order, lines),
            MediaAction::CloseStream { stream } => self.streams.close(stream),
            MediaAction::StartEcho { leg } => {
                with_both(lines, leg, leg, |audio, itself| self.media.connect(audio, itself));
            }
            MediaAction::StopEcho { leg } => {
                with_both(lines, leg, leg, |audio, itself| self.media.disconnect(audio, itself));
            }
        }
        None
    }

    /// Takes what media tells.
    pub(super) fn take(&mut self, sound: media::Event, lines: &Lines) -> Option<Event> {
        match sound {
            media::Event::Lost { leg } => lines.call_of_audio(leg).map(|call| Event::MediaLost { call }),
            media::Event::Digit { leg, digit } => {
                let call = lines.call_of_audio(leg)?;
                self.streams.press(call, digit);
                Some(Event::DigitPressed { call, digit })
            }
            media::Event::PlaybackEnded { playback } => {
                let playback = Playback(playback);
                self.playing.remove(&playback).then_some(Event::PlaybackEnded { playback })
            }
            media::Event::SpeechStarted { leg } => {
                let call = lines.call_of_audio(leg)?;
                self.ears.begin(call);
                Some(Event::SpeechBegan { call })
            }
            media::Event::SpeechEnded { leg, has_spoken } => {
                let call = lines.call_of_audio(leg)?;
                if self.ears.pause(call, has_spoken) {
                    return None;
                }
                let recording = *self.silences.get(&call)?;
                Some(Event::SilenceReached { recording, was_heard: has_spoken })
            }
            media::Event::AnswererKnown { leg, answerer, after_ms } => {
                let call = lines.call_of_audio(leg)?;
                let answered_by = answerers::word(answerer);
                Some(Event::AnswererKnown { call, answered_by, after_ms })
            }
            media::Event::RecordingEnded { recording, duration_ms, is_silent, error, .. } => {
                let recording = self.recordings.remove(&recording)?;
                self.silences.retain(|_, other| *other != recording);
                if let Some(error) = error {
                    tracing::error!(%recording, error, "a recording could not be written");
                }
                Some(Event::RecordingEnded { recording, duration_ms, is_silent })
            }
            media::Event::MarkReached { stream, name } => {
                self.streams.reach(stream, name);
                None
            }
            media::Event::Connected { .. } | media::Event::Statistics { .. } => None,
        }
    }

    /// Plays what was fetched or spoken, unless it was stopped meanwhile.
    pub(super) fn clip_ready(
        &mut self,
        playback: Playback,
        clip: Result<Arc<Clip>, String>,
        lines: &Lines,
    ) -> Option<Event> {
        let (onto, loops) = self.awaited.remove(&playback)?;
        match clip {
            Ok(clip) => self.start(playback, onto, media::Source::Clip(clip), loops, lines),
            Err(reason) => Some(Event::PlaybackFailed { playback, reason }),
        }
    }

    fn play(
        &mut self,
        playback: Playback,
        onto: Onto,
        source: Source,
        loops: u32,
        lines: &Lines,
    ) -> Option<Event> {
        let ready = match source {
            Source::Tones(digits) => media::Source::Digits(digits),
            Source::HoldMusic => media::Source::HoldMusic,
            Source::Ringing(country) => media::Source::Ringing(country.as_str().to_owned()),
            Source::Beep => media::Source::Beep,
            Source::Speech { parts, voice, language } => {
                let utterance = Utterance { parts, voice, language };
                return self.fetch(playback, onto, loops, Wanted::Speech(utterance));
            }
            Source::File(url) => return self.fetch(playback, onto, loops, Wanted::File(url)),
        };
        self.start(playback, onto, ready, loops, lines)
    }

    /// Has audio fetched or spoken; it comes back as a request to the exchange's loop.
    fn fetch(&mut self, playback: Playback, onto: Onto, loops: u32, wanted: Wanted) -> Option<Event> {
        self.awaited.insert(playback, (onto, loops));
        let house = Arc::clone(&self.house);
        tokio::spawn(async move { clips::fetch(&house, playback, wanted).await });
        None
    }

    fn start(
        &mut self,
        playback: Playback,
        onto: Onto,
        source: media::Source,
        loops: u32,
        lines: &Lines,
    ) -> Option<Event> {
        let place = match onto {
            Onto::Leg(leg) => lines.audio_of(leg).map(media::Onto::Leg),
            Onto::Conference(conference) => self.mixers.get(&conference).copied().map(media::Onto::Mixer),
        };
        let Some(place) = place else {
            let reason = "nobody is there who could hear it".to_owned();
            return Some(Event::PlaybackFailed { playback, reason });
        };
        self.playing.insert(playback);
        self.media.play(playback.0, place, source, loops);
        None
    }

    fn seat(&mut self, conference: ConferenceSid, leg: CallSid, seat: Seat, lines: &Lines) {
        let mixer = match self.mixers.get(&conference) {
            Some(mixer) => *mixer,
            None => {
                let mixer = self.next_id();
                self.mixers.insert(conference, mixer);
                mixer
            }
        };
        if let Some(audio) = lines.audio_of(leg) {
            let coach_of = seat.coaches.and_then(|coached| lines.audio_of(coached));
            let member = Member { is_muted: seat.is_muted, is_on_hold: seat.is_on_hold, coach_of };
            self.media.join(mixer, audio, member);
        }
    }

    fn start_recording(&mut self, order: RecordingOrder, lines: &Lines) -> Option<Event> {
        let id = self.next_id();
        let failed = Event::RecordingEnded { recording: order.recording, duration_ms: 0, is_silent: true };
        let Some(of) = self.scene(&order, lines) else { return Some(failed) };
        let options = RecordingOptions {
            path: self.folder.join(format!("{}.wav", order.recording)),
            is_dual: order.is_dual,
            trims_silence: order.trim == Trim::TrimSilence,
            length_ms_max: RECORDING_MS_MAX,
        };
        self.recordings.insert(id, order.recording);
        self.media.record(id, of, options);
        if let (Some(secs), Scene::Inbound(leg) | Scene::Leg(leg)) = (order.silence_timeout_secs, order.scene)
            && let Some(audio) = lines.audio_of(leg)
        {
            self.silences.insert(leg, order.recording);
            self.media.listen(audio, u64::from(secs) * 1000);
        }
        None
    }

    fn scene(&self, order: &RecordingOrder, lines: &Lines) -> Option<RecordingOf> {
        let track = match order.track {
            RecordingTrack::Inbound => media::Track::Inbound,
            RecordingTrack::Outbound => media::Track::Outbound,
            RecordingTrack::Both => media::Track::Both,
        };
        Some(match order.scene {
            Scene::Inbound(leg) => RecordingOf::Leg(lines.audio_of(leg)?, media::Track::Inbound),
            Scene::Leg(leg) => RecordingOf::Leg(lines.audio_of(leg)?, track),
            Scene::Conference(conference) => RecordingOf::Mixer(*self.mixers.get(&conference)?),
        })
    }

    fn with_recording(&self, recording: RecordingSid, act: impl FnOnce(&Media, u64)) {
        let found = self.recordings.iter().find(|(_, other)| **other == recording);
        if let Some((id, _)) = found {
            act(&self.media, *id);
        }
    }

    fn listen(&mut self, listening: Listening, lines: &Lines) -> Option<Event> {
        let Some(audio) = lines.audio_of(listening.leg) else {
            let reason = "nobody is there who could be heard".to_owned();
            return Some(Event::SpeechFailed { call: listening.leg, reason });
        };
        let stream = self.next_id();
        self.ears.open(&self.house, &self.media, listening, (stream, audio))
    }

    fn open_stream(&mut self, order: StreamOrder, lines: &Lines) -> Option<Event> {
        let Some(audio) = lines.audio_of(order.leg) else {
            let error = Some("nobody is there who could be heard".to_owned());
            return Some(Event::StreamEnded { stream: order.stream, error });
        };
        let id = self.next_id();
        self.streams.open(&self.house, &self.media, order, (id, audio));
        None
    }

    fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

fn with_both(lines: &Lines, a: CallSid, b: CallSid, act: impl FnOnce(u64, u64)) {
    if let (Some(a), Some(b)) = (lines.audio_of(a), lines.audio_of(b)) {
        act(a, b);
    }
}
