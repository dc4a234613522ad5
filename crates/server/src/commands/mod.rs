//! The commands of the binary: one file each, one line each in the list below.

mod credentials;
mod doctor;
mod flow;
mod serve;
mod user;

use std::future::Future;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

/// A self-hosted contact centre that runs Twilio Studio flows, TaskRouter and Flex hand-offs.
#[derive(Debug, Parser)]
#[command(name = "patchboard", version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server
    Serve(Box<crate::config::Options>),
    /// Show the account's SID and token, and the first logins
    Credentials(credentials::Options),
    /// Say what is missing on this machine for the options of `serve`, and how to get it
    Doctor(Box<doctor::Options>),
    /// Check, test, draw, export and import flows, or talk to one
    #[command(subcommand)]
    Flow(flow::Command),
    /// Add, change, list or disable people who log in
    #[command(subcommand)]
    User(user::Command),
}

/// Where a command finds the installation that it is about.
#[derive(Debug, Args)]
pub(crate) struct Installation {
    /// Folder with the installation's data
    #[arg(long, env = "PATCHBOARD_DATA", value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// Runs the command that the process was started with, and says what went wrong where something did.
pub fn run() -> ExitCode {
    Arguments::parse().perform().unwrap_or_else(|error| {
        complain(&error);
        ExitCode::FAILURE
    })
}

impl Arguments {
    fn perform(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Serve(options) => block_on(serve::run(*options)),
            Command::Credentials(options) => credentials::run(&options),
            Command::Doctor(options) => block_on(doctor::run(*options)),
            Command::Flow(command) => block_on(flow::run(command)),
            Command::User(command) => block_on(user::run(command)),
        }
    }
}

/// Says what went wrong, each cause on a line of its own.
fn complain(error: &anyhow::Error) {
    let mut lines = error.chain().map(ToString::to_string);
    let mut text = format!("error: {}\n", lines.next().unwrap_or_default());
    for cause in lines {
        text.push_str(&format!("  because: {cause}\n"));
    }
    // Nobody is left to hear of a standard error that is closed.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Writes to standard output; a reader who has gone, as in `| head`, is no error.
pub(crate) fn say(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

fn block_on(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Runtime::new().context("the runtime can not be started")?.block_on(work)
}
