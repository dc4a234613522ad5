//! `patchboard flow check`: validates and lints flows, without a server.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use flow::portable::Bindings;
use flow::{Finding, Problem, Severity, validate_strictly};
use serde_json::Value;

use super::findings::{Found, as_json, as_sarif, as_text};
use super::positions::{Position, Positions};
use super::text_rules::{DUPLICATE_KEY, NOT_JSON, PUBLISHED_FORM};
use super::{bindings, read_text};
use crate::commands::say;

/// Options of `patchboard flow check`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files with flow definitions
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What SIDs and names exist: a JSON or TOML file, a server's URL or a data folder
    #[arg(long, value_name = "FILE|URL|DIR")]
    workspace: Option<String>,
    /// Refuse what the published service refuses too, such as numbers that are written as text
    #[arg(long)]
    strict: bool,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// What else makes the command fail
    #[arg(long, value_enum)]
    deny: Option<Deny>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For code review tools: SARIF 2.1.0
    Sarif,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Deny {
    Warnings,
}

/// Checks the files and prints what was found.
pub(crate) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let bindings = match &options.workspace {
        Some(source) => bindings::load(source).await?,
        None => Bindings::default(),
    };
    let mut found = Vec::new();
    for file in &options.files {
        found.extend(check(file, &read_text(file)?, &bindings, options.strict));
    }
    say(&match options.format {
        Format::Text => as_text(&found, options.files.len()),
        Format::Json => as_json(&found),
        Format::Sarif => as_sarif(&found),
    });
    let worst = if options.deny.is_some() { Severity::Warning } else { Severity::Error };
    let fails = found.iter().any(|found| found.finding.severity <= worst);
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Checks one text; what is found stands in the order of the text.
fn check(file: &Path, text: &str, bindings: &Bindings, is_strict: bool) -> Vec<Found> {
    let found = |position, finding| Found { file: file.to_owned(), position, finding };
    let definition = match serde_json::from_str(text) {
        Ok(definition) => definition,
        Err(error) => {
            let position = Position { line: error.line().max(1), column: error.column().max(1) };
            return vec![found(position, not_json(&error))];
        }
    };
    let positions = Positions::of(text);
    let duplicates =
        positions.duplicates.iter().map(|(path, position)| found(*position, duplicate_key(path)));
    let mut findings = flow::check(&definition, bindings);
    if is_strict {
        findings.extend(strict_findings(&definition, &findings));
    }
    let findings = findings.into_iter().map(|finding| found(positions.find(&finding.property_path), finding));
    let mut all: Vec<_> = duplicates.chain(findings).collect();
    all.sort_by_key(|found| found.position);
    all
}

/// Returns what only the strict check finds.
fn strict_findings(definition: &Value, known: &[Finding]) -> Vec<Finding> {
    let problems = validate_strictly(definition).errors.into_iter();
    let is_known = |problem: &Problem| {
        known.iter().any(|it| it.severity == Severity::Error && it.property_path == problem.property_path)
    };
    let finding = |Problem { message, property_path }| PUBLISHED_FORM.finding(&property_path, message);
    problems.filter(|problem| !is_known(problem)).map(finding).collect()
}

fn not_json(error: &serde_json::Error) -> Finding {
    NOT_JSON.finding("#", format!("the text is not JSON: {error}"))
}

fn duplicate_key(path: &str) -> Finding {
    let key = path.rsplit('/').next().unwrap_or_default();
    DUPLICATE_KEY.finding(path, format!("the key '{key}' is there twice: only the last one counts"))
}
