//! `patchboard flow …`: the tools for authors, on the same engine as the server. One file each, one line each below.

mod bindings;
mod check;
mod files;
mod findings;
mod graph;
mod installation;
mod load;
mod positions;
mod run;
mod test;
mod text_rules;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use serde_json::Value;

/// The commands about flows.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look for what is wrong with flows; exit 1 when something is
    Check(check::Options),
    /// Run scenario files in virtual time; exit 1 when one failed
    Test(test::Options),
    /// Talk to a flow in the terminal
    Run(run::Options),
    /// Draw a flow
    Graph(graph::Options),
    /// Write the flows of an installation to files, with names in the place of SIDs
    Export(files::Export),
    /// Bring files with flows into an installation
    Import(files::Import),
}

/// Runs a command about flows.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(options) => check::run(&options).await,
        Command::Test(options) => test::run(&options),
        Command::Run(options) => run::run(&options),
        Command::Graph(options) => graph::run(&options).await,
        Command::Export(options) => files::export(&options).await,
        Command::Import(options) => files::import(&options).await,
    }
}

fn read_text(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} can not be read", file.display()))
}

fn read_json(file: &Path) -> anyhow::Result<Value> {
    serde_json::from_str(&read_text(file)?).with_context(|| format!("{} is not JSON", file.display()))
}
