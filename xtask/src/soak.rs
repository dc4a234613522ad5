//! `cargo xtask soak`: the random tests of the ordinary run again, for as long as it takes to be sure.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

/// How many sequences the router and its naive model are held against each other for where nothing is said.
const SEQUENCES: u64 = 2_000_000;

/// How often the server is killed under load where nothing is said.
const KILLS: u64 = 100;

/// The fault test over HTTP, and the interpreter that `./test` sets up for it.
const FAULT_TEST: &str = "tests/e2e/test_fault.py";
const PYTEST: &str = ".venv/bin/pytest";

/// Runs all of it; `arguments` say how many sequences the router takes, and how often the server is killed.
pub fn run(root: &Path, arguments: &[String]) -> anyhow::Result<()> {
    let number = |index: usize, usual: u64| match arguments.get(index) {
        Some(text) => {
            text.parse().with_context(|| format!("'{text}' is not a number: soak [SEQUENCES [KILLS]]"))
        }
        None => Ok(usual),
    };
    let (sequences, kills) = (number(0, SEQUENCES)?, number(1, KILLS)?);
    say(&format!("router: {sequences} random sequences beside the naive model\n"))?;
    let mut model = Command::new(env!("CARGO"));
    model.args([
        "test",
        "--release",
        "--locked",
        "-p",
        "router",
        "--test",
        "it",
        "agreement",
        "--",
        "--nocapture",
    ]);
    model.env("PATCHBOARD_ROUTER_CASES", sequences.to_string());
    check(root, model)?;
    if !root.join(FAULT_TEST).exists() || !root.join(PYTEST).exists() {
        return say(
            "left out: the fault test over HTTP, which needs tests/e2e and the .venv that ./test makes\n",
        );
    }
    say(&format!("fault test: killed {kills} times\n"))?;
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--locked", "--bin", "patchboard"]);
    check(root, build)?;
    let mut faults = Command::new(root.join(PYTEST));
    faults.arg(FAULT_TEST).env("ROUNDS", kills.to_string());
    check(root, faults)
}

fn check(root: &Path, mut command: Command) -> anyhow::Result<()> {
    let status = command.current_dir(root).status()?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
