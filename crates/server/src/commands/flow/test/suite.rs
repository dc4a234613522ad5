//! One scenario file: its flows are compiled once, its scenarios run one after the other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use simulation::rehearsal::{Coverage, Lined, RehearsedFlow, Run, Scenario, ScenarioSettings, read};

use super::outcome::{Suite, Verdict};
use super::{Options, files, golden};
use crate::clock;
use crate::commands::flow::load;

/// Runs the scenarios of a file that the filter lets through.
pub(super) fn run(path: &Path, options: &Options) -> anyhow::Result<Suite> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{shown} can not be read"))?;
    let scenarios = read(&text, &shown.to_string())?;
    let chosen = scenarios.iter().filter(|scenario| scenario.value.name.contains(&options.filter));
    let mut flows = Flows::default();
    let mut suite = Suite { path: path.to_owned(), verdicts: Vec::new(), coverage: BTreeMap::new() };
    for scenario in chosen {
        let flow_path = flow_path(path, &scenario.value);
        let flow = flows.load(&flow_path, &scenario.value.settings)?;
        let coverage = suite.coverage.entry(flow_path).or_insert_with(|| Coverage::of(flow));
        suite.verdicts.push(rehearse(scenario, flow, coverage));
    }
    let golden_path = files::beside(path, ".transcript");
    if options.update {
        golden::write(&golden_path, &suite.verdicts)?;
    } else {
        golden::compare(&golden_path, &mut suite.verdicts)?;
    }
    Ok(suite)
}

/// The flows of one file, compiled once for each way to run them.
#[derive(Default)]
struct Flows {
    compiled: BTreeMap<(PathBuf, ScenarioSettings), RehearsedFlow>,
}

impl Flows {
    fn load(&mut self, path: &Path, settings: &ScenarioSettings) -> anyhow::Result<&RehearsedFlow> {
        let key = (path.to_owned(), settings.clone());
        if !self.compiled.contains_key(&key) {
            let engine_settings = settings.settings().map_err(|error| anyhow!(error))?;
            self.compiled.insert(key.clone(), load::flow(path, engine_settings)?);
        }
        Ok(&self.compiled[&key])
    }
}

fn flow_path(scenarios: &Path, scenario: &Scenario) -> PathBuf {
    match &scenario.flow {
        Some(flow) => scenarios.with_file_name(flow),
        None => files::beside(scenarios, ".json"),
    }
}

fn rehearse(scenario: &Lined<Scenario>, flow: &RehearsedFlow, coverage: &mut Coverage) -> Verdict {
    let began = clock::now();
    let run = Run::of(&scenario.value, flow);
    coverage.add(&run);
    Verdict {
        name: scenario.value.name.clone(),
        line: scenario.line,
        duration: clock::now().since(began),
        failures: run.failures,
        transcript: run.transcript,
    }
}
