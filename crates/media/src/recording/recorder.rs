//! The thread that writes recordings: a slow disk holds nobody's sound up.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;

use super::Ending;
use super::wav::WavFile;
use crate::event::Event;
use crate::frame::{FRAME_MS, Rate};

/// What is to be written.
#[derive(Debug)]
pub(crate) enum Job {
    Begin { recording: u64, path: PathBuf, channels: u16 },
    Append { recording: u64, samples: Vec<i16> },
    End { recording: u64, ending: Ending },
}

/// Starts the thread, which ends when the sender is dropped.
pub(crate) fn start(events: UnboundedSender<Event>) -> io::Result<(mpsc::Sender<Job>, JoinHandle<()>)> {
    let (jobs, queue) = mpsc::channel();
    let thread =
        std::thread::Builder::new().name("recorder".to_owned()).spawn(move || run(&queue, &events))?;
    Ok((jobs, thread))
}

fn run(queue: &mpsc::Receiver<Job>, events: &UnboundedSender<Event>) {
    let mut files: BTreeMap<u64, io::Result<WavFile>> = BTreeMap::new();
    for job in queue {
        match job {
            Job::Begin { recording, path, channels } => {
                files.insert(recording, WavFile::create(&path, channels));
            }
            Job::Append { recording, samples } => {
                if let Some(file) = files.get_mut(&recording) {
                    append(file, &samples);
                }
            }
            Job::End { recording, ending } => {
                let file = files.remove(&recording).unwrap_or_else(|| Err(io::Error::other("was not begun")));
                let _ = events.send(end(recording, file, &ending));
            }
        }
    }
}

/// The first error of a file stays with it until its end.
fn append(file: &mut io::Result<WavFile>, samples: &[i16]) {
    if let Err(error) = file.as_mut().map_or(Ok(()), |wav| wav.append(samples)) {
        *file = Err(error);
    }
}

fn end(recording: u64, mut file: io::Result<WavFile>, ending: &Ending) -> Event {
    append(&mut file, &ending.samples);
    let samples_max = ending.frames * Rate::Narrow.samples() as u64;
    let (bytes, error) = match file.and_then(|wav| wav.finish(samples_max)) {
        Ok(bytes) => (bytes, None),
        Err(error) => (0, Some(error.to_string())),
    };
    let duration_ms = ending.frames * FRAME_MS;
    Event::RecordingEnded { recording, duration_ms, bytes, is_silent: ending.is_silent, error }
}
