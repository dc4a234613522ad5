//! Finds scenario files, and what belongs to one.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// How the names of scenario files end.
const SCENARIOS: &str = ".test.yaml";

/// Folders that hold other people's files.
const SKIPPED: [&str; 2] = ["node_modules", "target"];

/// Returns the scenario files that the paths name or hold, in order, each once.
pub(super) fn scenario_files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            search(path, &mut files)?;
        } else if path.is_file() {
            files.push(path.clone());
        } else {
            bail!("{} is not there", path.display());
        }
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        bail!(
            "no scenarios were found\n  hint: their files are named NAME{SCENARIOS}, beside the flow NAME.json"
        );
    }
    Ok(files)
}

/// Returns the path beside a scenario file with another ending.
pub(super) fn beside(scenarios: &Path, ending: &str) -> PathBuf {
    let name = scenarios.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.strip_suffix(SCENARIOS).or_else(|| name.rsplit_once('.').map(|(stem, _)| stem));
    scenarios.with_file_name(format!("{}{ending}", stem.unwrap_or(&name)))
}

fn search(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{} can not be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_skipped = name.starts_with('.') || SKIPPED.contains(&name.as_str());
        // A link to a folder may lead back up: only real folders are entered.
        if path.is_dir() && !path.is_symlink() && !is_skipped {
            search(&path, files)?;
        } else if name.ends_with(SCENARIOS) {
            files.push(path);
        }
    }
    Ok(())
}
