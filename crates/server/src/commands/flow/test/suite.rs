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
    let mut compiled: BTreeMap<Production, RehearsedFlow> = BTreeMap::new();
    let mut suite = Suite { path: path.to_owned(), verdicts: Vec::new(), coverage: BTreeMap::new() };
    for scenario in chosen {
        let production = Production::of(&scenario.value, path);
        if !compiled.contains_key(&production) {
            compiled.insert(production.clone(), production.compile()?);
        }
        let flow = &compiled[&production];
        let coverage = suite.coverage.entry(production.flow).or_insert_with(|| Coverage::of(flow));
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

/// What a scenario runs: scenarios that run the same share what was compiled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Production {
    flow: PathBuf,
    /// `None` for those that are not there.
    subflows: BTreeMap<String, Option<PathBuf>>,
    settings: ScenarioSettings,
}

impl Production {
    fn of(scenario: &Scenario, path: &Path) -> Self {
        let flow = match &scenario.flow {
            Some(flow) => path.with_file_name(flow),
            None => files::beside(path, ".json"),
        };
        let file = |file: &String| path.with_file_name(file);
        let subflows = scenario.subflows.iter();
        Self {
            flow,
            subflows: subflows.map(|(sid, name)| (sid.clone(), name.as_ref().map(file))).collect(),
            settings: scenario.settings.clone(),
        }
    }

    fn compile(&self) -> anyhow::Result<RehearsedFlow> {
        let settings = self.settings.settings().map_err(|error| anyhow!(error))?;
        load::flow_with_subflows(&self.flow, settings, &self.subflows)
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
