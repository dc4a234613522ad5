//! Reads the definition of a flow from a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use flow::{Problem, Settings};
use serde_json::Value;
use simulation::rehearsal::RehearsedFlow;

use super::files::file_name;

/// Reads and compiles a flow, or says all that is wrong with it.
pub(super) fn flow(path: &Path, settings: Settings) -> anyhow::Result<RehearsedFlow> {
    RehearsedFlow::parse(&definition(path)?, settings).map_err(|problems| refusal(path, &problems))
}

/// Reads and compiles a flow with those that it runs inside itself: their files are given by SID or name, or stand
/// beside it under their names; `None` says that one is not there.
pub(super) fn flow_with_subflows(
    path: &Path,
    settings: Settings,
    subflows: &BTreeMap<String, Option<PathBuf>>,
) -> anyhow::Result<RehearsedFlow> {
    let flow = flow(path, settings)?;
    let mut files = subflows.clone();
    for reference in flow.flow().subflows_wanted() {
        let beside = path.with_file_name(file_name(&reference.flow_sid));
        if beside.is_file() {
            files.entry(reference.flow_sid.clone()).or_insert(Some(beside));
        }
    }
    let definitions: BTreeMap<String, Value> = files
        .iter()
        .filter_map(|(sid, file)| Some((sid, file.as_ref()?)))
        .map(|(sid, file)| Ok((sid.clone(), definition(file)?)))
        .collect::<anyhow::Result<_>>()?;
    flow.with_subflows(&definitions)
        .map_err(|problems| refusal(path, &problems).context("a flow that it runs can not run"))
}

fn definition(path: &Path) -> anyhow::Result<Value> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{shown} can not be read"))?;
    serde_json::from_str(&text).with_context(|| format!("{shown} is not JSON"))
}

fn refusal(path: &Path, problems: &[Problem]) -> anyhow::Error {
    let lines = problems.iter().map(|problem| format!("\n  {}: {}", problem.property_path, problem.message));
    anyhow!("{} can not run:{}", path.display(), lines.collect::<String>())
}
