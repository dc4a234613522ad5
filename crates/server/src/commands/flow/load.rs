//! Reads the definition of a flow from a file.

use std::path::Path;

use anyhow::{Context, bail};
use flow::Settings;
use serde_json::Value;
use simulation::rehearsal::RehearsedFlow;

/// Reads and compiles a flow, or says all that is wrong with it.
pub(super) fn flow(path: &Path, settings: Settings) -> anyhow::Result<RehearsedFlow> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{shown} can not be read"))?;
    let definition: Value = serde_json::from_str(&text).with_context(|| format!("{shown} is not JSON"))?;
    let problems = match RehearsedFlow::parse(&definition, settings) {
        Ok(flow) => return Ok(flow),
        Err(problems) => problems,
    };
    let lines = problems.iter().map(|problem| format!("\n  {}: {}", problem.property_path, problem.message));
    bail!("{shown} can not run:{}", lines.collect::<String>())
}
