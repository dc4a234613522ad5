//! The machine itself: room on the disk, files that may be open, and what speaks.

use std::path::Path;
use std::process::Command;

use media::Speech;

use super::finding::Finding;
use crate::config::SpeechConfig;
use crate::voice::{INSTALL_POCKETSPHINX, Recognition, Recognizer};

/// Below this the database may soon not grow; a recording of an hour takes 58 MB.
const FREE_MB_MIN: u64 = 200;
const FREE_MB_GOOD: u64 = 2_000;

/// Each call takes two sockets, each browser one.
const FILES_GOOD: u64 = 4_096;

/// Looks at the room that is left where the data is kept.
pub(super) fn disk(data: &Path) -> Finding {
    const NAME: &str = "disk";
    let place = data.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("."));
    let Some(free) = free_mb(place) else {
        return Finding::warn(NAME, "the room on the disk can not be told", "see df");
    };
    let detail = format!("{free} MB are free at {}", place.display());
    match free {
        ..FREE_MB_MIN => Finding::fail(NAME, detail, "make room, or name another folder with --data"),
        FREE_MB_MIN..FREE_MB_GOOD => {
            Finding::warn(NAME, detail, "recordings may fill it: watch it or set retention_days")
        }
        _ => Finding::ok(NAME, detail),
    }
}

/// Looks at how many files and sockets the server may have open.
pub(super) fn open_files() -> Finding {
    const NAME: &str = "open files";
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    match files_max(&limits) {
        Some(limit) if limit >= FILES_GOOD => Finding::ok(NAME, format!("{limit} may be open")),
        Some(limit) => Finding::warn(
            NAME,
            format!("{limit} may be open, enough for about {} calls", limit / 4),
            "raise it: ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit",
        ),
        None => Finding::warn(NAME, "the limit can not be told", "see ulimit -n"),
    }
}

/// Looks for what speaks.
pub(super) fn speech(config: &SpeechConfig) -> Finding {
    const NAME: &str = "speech";
    if let Some(service) = &config.speech {
        return Finding::ok(NAME, format!("{} speaks", service.provider.url));
    }
    match Speech::find().programs().as_slice() {
        [] => Finding::warn(
            NAME,
            "nothing on this machine can speak: <Say> and Say/Play stay silent",
            "install flite (English) or espeak-ng (100 languages): apt-get install flite espeak-ng",
        ),
        ["flite"] => Finding::warn(
            NAME,
            "flite speaks, in English only",
            "for other languages: apt-get install espeak-ng",
        ),
        programs => Finding::ok(NAME, format!("{} can speak", programs.join(" and "))),
    }
}

/// Looks for what puts callers' speech into words.
pub(super) fn recognition(config: &SpeechConfig) -> Finding {
    const NAME: &str = "callers' speech";
    match (&config.recognition, config.recognition.as_ref().and_then(Recognizer::find)) {
        (Some(Recognition::Service(service)), _) => {
            Finding::ok(NAME, format!("{} puts it into words", service.url))
        }
        (Some(Recognition::Pocketsphinx), Some(_)) => {
            Finding::ok(NAME, "pocketsphinx tells which hint of a document was said, in English")
        }
        (Some(Recognition::Pocketsphinx), None) => Finding::warn(
            NAME,
            "pocketsphinx or its model is not installed: callers answer by keys alone",
            INSTALL_POCKETSPHINX,
        ),
        (None, _) => Finding::ok(NAME, "not asked for: callers answer by keys (--speech-recognition-url)"),
    }
}

fn free_mb(place: &Path) -> Option<u64> {
    let shown = Command::new("df").args(["-Pk"]).arg(place).output().ok()?;
    free_of(&String::from_utf8_lossy(&shown.stdout))
}

/// Reads the fourth column of the second line that `df -Pk` writes: kibibytes that are free.
fn free_of(text: &str) -> Option<u64> {
    let kib: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kib / 1_024)
}

/// Reads the soft limit of open files.
fn files_max(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_writes_is_read() {
        let limits =
            "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024   1048576   files\n";
        assert_eq!(files_max(limits), Some(1_024));
        assert_eq!(files_max(&limits.replace("1024 ", "unlimited ")), Some(u64::MAX));
        let free = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a 9000 1 4096 1% /\n";
        assert_eq!(free_of(free), Some(4));
        assert_eq!(free_of(""), None);
    }
}
