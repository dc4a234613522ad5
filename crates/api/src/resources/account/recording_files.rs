//! The sound of recordings: whole, or the part that a `Range` asks for, as a player that seeks does.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use call::{RecordingRecord, RecordingStatus};
use domain::RecordingSid;

use super::recording_mp3::{self, Mp3Error};
use crate::app::App;
use crate::error::ApiError;
use crate::error_catalog as catalog;

/// The most bytes that one answer holds: players ask for the rest.
const PART_MAX: u64 = 64 * 1024 * 1024;

const WAV: &str = "audio/x-wav";
const MP3: &str = "audio/mpeg";

/// Answers with the sound of a recording as it is kept.
pub(super) async fn download(
    app: &App,
    recording: &RecordingRecord,
    channels: Option<u32>,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    if channels.is_some_and(|channels| channels != u32::from(recording.channels)) {
        let has = recording.channels;
        let reason = format!("the recording has {has}, and is given as it is");
        return Err(ApiError::invalid("RequestedChannels", reason));
    }
    let wav = path_of(app, complete(recording)?);
    in_background(recording.sid, headers, move |range| read(&wav, range, WAV)).await
}

/// Answers with the sound of a recording as MP3, where a program that encodes is installed.
pub(super) async fn download_mp3(
    app: &App,
    recording: &RecordingRecord,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let wav = path_of(app, complete(recording)?);
    in_background(recording.sid, headers, move |range| match recording_mp3::beside(&wav) {
        Ok(mp3) => read(&mp3, range, MP3),
        Err(error) => Err(Unreadable::NoMp3(error)),
    })
    .await
}

/// Removes the files of a recording; one that is not there is gone already.
pub(super) async fn remove(app: &App, sid: RecordingSid) {
    let wav = path_of(app, sid);
    for path in [wav.with_extension("mp3"), wav] {
        match tokio::fs::remove_file(path).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, recording = %sid, "the file of a recording can not be removed");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

fn complete(recording: &RecordingRecord) -> Result<RecordingSid, ApiError> {
    if recording.status == RecordingStatus::Completed {
        return Ok(recording.sid);
    }
    let message = format!("The recording {} is {}: it has no file", recording.sid, recording.status);
    Err(ApiError::new(catalog::NOT_FOUND, message))
}

/// Reads a file, or makes it first, where waiting does no harm.
async fn in_background(
    sid: RecordingSid,
    headers: &HeaderMap,
    read: impl FnOnce(Option<&str>) -> Result<Part, Unreadable> + Send + 'static,
) -> Result<Response, ApiError> {
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let done = tokio::task::spawn_blocking(move || read(range.as_deref())).await;
    match done.map_err(|_| ApiError::not_found())? {
        Ok(part) => Ok(part.into_response()),
        Err(Unreadable::NoMp3(error)) => {
            tracing::warn!(%error, recording = %sid, "a recording does not become MP3");
            Err(ApiError::new(catalog::RECORDING_FORMAT, format!("{error}; the recording is there as .wav")))
        }
        Err(Unreadable::Io(error)) => {
            tracing::warn!(%error, recording = %sid, "the file of a recording can not be read");
            Err(ApiError::not_found())
        }
    }
}

/// Why there is nothing to answer with.
enum Unreadable {
    /// There is no MP3 and none could be made.
    NoMp3(Mp3Error),
    /// The file can not be read.
    Io(std::io::Error),
}

impl From<std::io::Error> for Unreadable {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

fn path_of(app: &App, sid: RecordingSid) -> PathBuf {
    app.platform.recordings().join(format!("{sid}.wav"))
}

/// Some bytes of a file.
#[derive(Debug, PartialEq)]
struct Part {
    bytes: Bytes,
    first: u64,
    size: u64,
    status: StatusCode,
    media_type: &'static str,
}

impl IntoResponse for Part {
    fn into_response(self) -> Response {
        let end = self.first + self.bytes.len() as u64;
        let content_range = match self.status {
            StatusCode::PARTIAL_CONTENT => Some(format!("bytes {}-{}/{}", self.first, end - 1, self.size)),
            StatusCode::RANGE_NOT_SATISFIABLE => Some(format!("bytes */{}", self.size)),
            _ => None,
        };
        let mut response = (self.status, Body::from(self.bytes)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(self.media_type));
        headers.insert(header::ACCEPT_RANGES, header::HeaderValue::from_static("bytes"));
        if let Some(range) = content_range.and_then(|text| text.parse().ok()) {
            headers.insert(header::CONTENT_RANGE, range);
        }
        response
    }
}

fn read(path: &Path, range: Option<&str>, media_type: &'static str) -> Result<Part, Unreadable> {
    let mut file = std::fs::File::open(path)?;
    let size = file.metadata()?.len();
    let (first, length, status) = match range.map(|text| wanted(text, size)) {
        Some(Wanted::Bytes(first, length)) => (first, length.min(PART_MAX), StatusCode::PARTIAL_CONTENT),
        Some(Wanted::Nothing) => (0, 0, StatusCode::RANGE_NOT_SATISFIABLE),
        Some(Wanted::All) | None => (0, size, StatusCode::OK),
    };
    file.seek(SeekFrom::Start(first))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(Part { bytes: bytes.into(), first, size, status, media_type })
}

/// What a `Range` asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// From this byte on, so many.
    Bytes(u64, u64),
    /// Bytes that are not there.
    Nothing,
    /// Everything: it asks for several parts, or can not be read.
    All,
}

/// RFC 9110 §14.1.2: `bytes=0-99`, `bytes=100-`, `bytes=-100`.
fn wanted(range: &str, size: u64) -> Wanted {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|text| text.trim().split_once('-'))
    else {
        return Wanted::All;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), _) if first >= size => Wanted::Nothing,
        (Ok(first), Ok(last)) if last >= first => Wanted::Bytes(first, last.min(size - 1) - first + 1),
        (Ok(first), Err(_)) if last.is_empty() => Wanted::Bytes(first, size - first),
        (Err(_), Ok(0)) if first.is_empty() => Wanted::Nothing,
        (Err(_), Ok(count)) if first.is_empty() => {
            let count = count.min(size);
            Wanted::Bytes(size - count, count)
        }
        (Ok(_), Ok(_)) | (Ok(_), Err(_)) | (Err(_), Ok(_)) | (Err(_), Err(_)) => Wanted::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_players_write_it() {
        for (range, expected) in [
            ("bytes=0-99", Wanted::Bytes(0, 100)),
            ("bytes=900-2000", Wanted::Bytes(900, 100)),
            ("bytes=100-", Wanted::Bytes(100, 900)),
            ("bytes=-100", Wanted::Bytes(900, 100)),
            ("bytes=-5000", Wanted::Bytes(0, 1000)),
            ("bytes=1000-", Wanted::Nothing),
            ("bytes=9-3", Wanted::All),
            ("bytes=0-1,5-6", Wanted::All),
            ("seconds=0-1", Wanted::All),
        ] {
            assert_eq!(wanted(range, 1000), expected, "{range}");
        }
    }
}
