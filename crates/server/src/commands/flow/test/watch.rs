//! Watching: looks every so often whether a file below the paths has changed.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::files;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_millis(200);

/// What tells a changed file: its path, time and size.
pub(super) type Fingerprint = Vec<(PathBuf, Option<SystemTime>, u64)>;

/// Returns what the scenario files and everything beside them look like.
pub(super) fn fingerprint(paths: &[PathBuf]) -> Fingerprint {
    let scenarios = files::scenario_files(paths).unwrap_or_default();
    let mut folders: Vec<&Path> = scenarios.iter().filter_map(|path| path.parent()).collect();
    folders.sort();
    folders.dedup();
    let mut found: Fingerprint = folders.into_iter().flat_map(files_in).collect();
    found.sort();
    found
}

/// Returns once something differs from `seen`.
pub(super) fn wait_for_change(paths: &[PathBuf], seen: &Fingerprint) {
    while fingerprint(paths) == *seen {
        std::thread::sleep(EVERY);
    }
}

/// Golden transcripts are left out: updating them would be a change without end.
fn files_in(folder: &Path) -> Fingerprint {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| {
        let path = entry.path();
        let is_source = path.extension().is_some_and(|ending| ending == "yaml" || ending == "json");
        let facts = entry.metadata().ok().filter(|facts| facts.is_file() && is_source)?;
        Some((path, facts.modified().ok(), facts.len()))
    });
    files.collect()
}
