//! Recordings as MP3: made from the WAV by a program that is installed, once, at the first request.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// The programs that encode, the better one first, with what stands before, between and behind the two files.
const ENCODERS: [(&str, [&[&str]; 2]); 2] = [
    ("lame", [&["--quiet", "-V", "4"], &[]]),
    ("ffmpeg", [&["-loglevel", "error", "-y", "-i"], &["-q:a", "4", "-f", "mp3"]]),
];

/// Why there is no MP3.
#[derive(Debug, thiserror::Error)]
pub(super) enum Mp3Error {
    /// Neither program is there.
    #[error("No program that encodes MP3 is installed: install lame or ffmpeg")]
    NoEncoder,
    /// The program failed, or its file could not be kept.
    #[error("The recording can not be encoded as MP3 ({0})")]
    Failed(io::Error),
}

/// Returns the MP3 beside a WAV; it waits for the program where the file is not there yet.
pub(super) fn beside(wav: &Path) -> Result<PathBuf, Mp3Error> {
    let mp3 = wav.with_extension("mp3");
    if mp3.is_file() {
        return Ok(mp3);
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let (program, arguments) = installed(&folders).ok_or(Mp3Error::NoEncoder)?;
    // Two who ask at once write a file each, and the later one wins.
    static PARTS: AtomicU64 = AtomicU64::new(0);
    let part = mp3.with_extension(format!("{}.part", PARTS.fetch_add(1, Ordering::Relaxed)));
    let encoded = encode(&program, arguments, [wav, &part]).and_then(|()| std::fs::rename(&part, &mp3));
    encoded.map_err(|error| {
        // There may be nothing to remove.
        let _ = std::fs::remove_file(&part);
        Mp3Error::Failed(error)
    })?;
    Ok(mp3)
}

fn installed(folders: &OsStr) -> Option<(PathBuf, [&'static [&'static str]; 2])> {
    ENCODERS.into_iter().find_map(|(name, arguments)| {
        let path =
            std::env::split_paths(folders).map(|folder| folder.join(name)).find(|path| path.is_file())?;
        Some((path, arguments))
    })
}

fn encode(program: &Path, [before, between]: [&[&str]; 2], [wav, part]: [&Path; 2]) -> io::Result<()> {
    let outcome = Command::new(program)
        .args(before)
        .arg(wav)
        .args(between)
        .arg(part)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()?;
    if outcome.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&outcome.stderr).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_program_there_is_no_encoder() {
        let folder = tempfile::tempdir().unwrap();
        assert!(installed(folder.path().as_os_str()).is_none());
        std::fs::write(folder.path().join("ffmpeg"), "").unwrap();
        let (found, _) = installed(folder.path().as_os_str()).unwrap();
        assert_eq!(found, folder.path().join("ffmpeg"));
    }
}
