//! The frames of media streams: what an application hears of a call, and what it says back. All numbers are strings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{AccountSid, CallSid, StreamSid};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How long one frame of sound is, in milliseconds.
const FRAME_MS: u64 = 20;

/// Which side of a call is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamTrack {
    /// What the caller says.
    Inbound,
    /// What the caller hears.
    Outbound,
}

/// Writes the frames of one stream, which are numbered.
#[derive(Debug)]
pub struct StreamWriter {
    account: AccountSid,
    call: CallSid,
    stream: StreamSid,
    sequence: u64,
    /// How many frames of sound each track has had.
    chunks: [u64; 2],
}

/// What an application says into a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromStream {
    /// Sound to play, µ-law.
    Sound(Vec<u8>),
    /// A mark behind the sound so far, told back once that was heard.
    Mark(String),
    /// Forget the sound that was not heard yet.
    Clear,
}

impl StreamTrack {
    fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

impl StreamWriter {
    /// Makes the writer of a stream.
    pub fn new(account: AccountSid, call: CallSid, stream: StreamSid) -> Self {
        Self { account, call, stream, sequence: 0, chunks: [0; 2] }
    }

    /// Returns the greeting, which comes first and has no number.
    pub fn connected(&self) -> String {
        json!({ "event": "connected", "protocol": "Call", "version": "1.0.0" }).to_string()
    }

    /// Returns the frame that says what the stream is of.
    pub fn start(&mut self, tracks: &[StreamTrack], parameters: &[(String, String)]) -> String {
        let names: Vec<_> = tracks.iter().map(|track| track.name()).collect();
        let parameters: Map<String, Value> =
            parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let start = json!({
            "accountSid": self.account,
            "streamSid": self.stream,
            "callSid": self.call,
            "tracks": names,
            "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1 },
            "customParameters": parameters,
        });
        self.frame("start", start)
    }

    /// Returns twenty milliseconds of sound.
    pub fn sound(&mut self, track: StreamTrack, mu_law: &[u8]) -> String {
        let chunks = &mut self.chunks[usize::from(track == StreamTrack::Outbound)];
        *chunks += 1;
        let media = json!({
            "track": track.name(),
            "chunk": chunks.to_string(),
            "timestamp": (*chunks * FRAME_MS).to_string(),
            "payload": STANDARD.encode(mu_law),
        });
        self.frame("media", media)
    }

    /// Returns a key that the caller pressed.
    pub fn digit(&mut self, digit: char) -> String {
        self.frame("dtmf", json!({ "track": "inbound_track", "digit": digit.to_string() }))
    }

    /// Returns a mark of the application's that was reached.
    pub fn mark(&mut self, name: &str) -> String {
        self.frame("mark", json!({ "name": name }))
    }

    /// Returns the last frame.
    pub fn stop(&mut self) -> String {
        self.frame("stop", json!({ "accountSid": self.account, "callSid": self.call }))
    }

    fn frame(&mut self, event: &str, body: Value) -> String {
        self.sequence += 1;
        json!({
            "event": event,
            "sequenceNumber": self.sequence.to_string(),
            event: body,
            "streamSid": self.stream,
        })
        .to_string()
    }
}

impl FromStream {
    /// Reads a frame of an application's; an error says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let frame: Frame = serde_json::from_str(text).map_err(|error| format!("not a frame: {error}"))?;
        match frame.event.as_str() {
            "media" => {
                let sound = STANDARD.decode(&frame.media.payload);
                sound.map(Self::Sound).map_err(|error| format!("the payload is not base64: {error}"))
            }
            "mark" => Ok(Self::Mark(frame.mark.name)),
            "clear" => Ok(Self::Clear),
            other => Err(format!("'{other}' is not an event of a stream: media, mark or clear is expected")),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Frame {
    event: String,
    media: Media,
    mark: Mark,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Media {
    payload: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Mark {
    name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_numbered_and_their_numbers_are_text() {
        let (account, call, stream) = ("AC", "CA", "MZ");
        let sid = |prefix: &str| format!("{prefix}{}", "0".repeat(32));
        let mut writer = StreamWriter::new(
            sid(account).parse().unwrap(),
            sid(call).parse().unwrap(),
            sid(stream).parse().unwrap(),
        );
        let start = writer.start(&[StreamTrack::Inbound], &[("order".to_owned(), "17".to_owned())]);
        let start: Value = serde_json::from_str(&start).unwrap();
        assert_eq!(start["sequenceNumber"], "1");
        assert_eq!(start["start"]["customParameters"], json!({ "order": "17" }));
        writer.sound(StreamTrack::Inbound, &[255; 160]);
        let sound: Value = serde_json::from_str(&writer.sound(StreamTrack::Inbound, &[255, 0])).unwrap();
        let expected = json!({ "track": "inbound", "chunk": "2", "timestamp": "40", "payload": "/wA=" });
        assert_eq!((&sound["media"], &sound["sequenceNumber"]), (&expected, &json!("3")));
    }

    #[test]
    fn an_application_says_sound_marks_and_clear() {
        for (text, expected) in [
            (
                r#"{"event":"media","streamSid":"MZ1","media":{"payload":"/wA="}}"#,
                Ok(FromStream::Sound(vec![255, 0])),
            ),
            (r#"{"event":"mark","mark":{"name":"end"}}"#, Ok(FromStream::Mark("end".to_owned()))),
            (r#"{"event":"clear"}"#, Ok(FromStream::Clear)),
            (
                r#"{"event":"stop"}"#,
                Err("'stop' is not an event of a stream: media, mark or clear is expected".to_owned()),
            ),
        ] {
            assert_eq!(FromStream::read(text), expected);
        }
        assert!(FromStream::read("[]").is_err());
    }
}
