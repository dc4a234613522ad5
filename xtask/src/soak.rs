//! `cargo xtask soak`: the random tests of the ordinary run again, for as long as it takes to be sure.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::ensure;

/// How many sequences the router and its naive model are held against each other for where nothing is said.
const SEQUENCES: u64 = 2_000_000;

/// How often the server is killed under load.
const KILLS: &str = "100";

/// The fault test over HTTP, and the interpreter that `./test` sets up for it.
const FAULT_TEST: &str = "tests/e2e/test_fault.py";
const PYTEST: &str = ".venv/bin/pytest";

/// Runs all of it; `sequences` says how many sequences the router takes.
pub fn run(root: &Path, sequences: Option<&str>) -> anyhow::Result<()> {
    let sequences = sequences.map_or(Ok(SEQUENCES), str::parse)?;
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
    say(&format!("fault test: killed {KILLS} times\n"))?;
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--locked", "--bin", "patchboard"]);
    check(root, build)?;
    let mut faults = Command::new(root.join(PYTEST));
    faults.arg(FAULT_TEST).env("ROUNDS", KILLS);
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
