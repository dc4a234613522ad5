//! `patchboard flow test`: runs the scenarios of flows and reports what failed and what no scenario ever tried.

mod files;
mod golden;
mod junit;
mod outcome;
mod report;
mod suite;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::clock;
use crate::commands::say;
use outcome::{Broken, Outcome};

/// Options of `patchboard flow test`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Scenario files, or folders that are searched for *.test.yaml
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write what happened to the NAME.transcript files in place of comparing it
    #[arg(long)]
    update: bool,
    /// How the outcome is told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List the transitions that no scenario took
    #[arg(long)]
    coverage: bool,
    /// Run again whenever a scenario or a flow changes
    #[arg(long)]
    watch: bool,
    /// Run only the scenarios whose names hold this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,
}

/// How the outcome is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Junit,
}

/// Runs the scenarios once, or for as long as somebody watches.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    loop {
        let seen = watch::fingerprint(&options.paths);
        let outcome = run_once(options);
        if !options.watch {
            return outcome.map(|has_passed| if has_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        // A file that is half written is told of like a failure: the next change may mend it.
        if let Err(error) = outcome {
            say(&format!("{error:#}\n"));
        }
        watch::wait_for_change(&options.paths, &seen);
    }
}

/// Runs the scenarios and tells the outcome; returns whether all was as expected.
fn run_once(options: &Options) -> anyhow::Result<bool> {
    let began = clock::now();
    let files = files::scenario_files(&options.paths)?;
    let mut outcome = Outcome::default();
    for path in files {
        match suite::run(&path, options) {
            Ok(suite) => outcome.suites.push(suite),
            Err(error) => outcome.broken.push(Broken { path, error: format!("{error:#}") }),
        }
    }
    outcome.duration = clock::now().since(began);
    say(&match options.format {
        Format::Text => report::text(&outcome, options.coverage),
        Format::Junit => junit::xml(&outcome),
    });
    Ok(outcome.has_passed())
}
