//! `patchboard flow …`: flows as files, without a server. One file each, one line each in the list below.

mod load;
mod run;
mod test;

use std::process::ExitCode;

use clap::Subcommand;

/// The commands about flows.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenario files in virtual time; ends with 1 where one failed
    Test(test::Options),
    /// Talk to a flow in the terminal
    Run(run::Options),
}

/// Runs a command about flows.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Test(options) => test::run(&options),
        Command::Run(options) => run::run(&options),
    }
}
