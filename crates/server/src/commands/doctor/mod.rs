//! `patchboard doctor`: what is missing on this machine for a configuration, and how to get it.
//!
//! It changes nothing and needs no running server; where one runs on the data folder, it is asked about its trunks.

mod carriers;
mod data;
mod finding;
mod machine;
mod network;
mod trunks;

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use self::finding::{Finding, Verdict};
use super::say;
use crate::config::{self, Config};

/// Options of `patchboard doctor`: those of `serve`, since it is their consequences that are looked at.
// A group of this name is in the options inside already.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Options {
    #[command(flatten)]
    serve: config::Options,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Looks at everything, says what it found, and exits with 1 where the server could not work.
pub(crate) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let findings = match Config::load(options.serve) {
        Ok(config) => examine(&config).await,
        Err(error) => vec![Finding::fail("configuration", format!("{error:#}"), "correct it and try again")],
    };
    say(&if options.json { as_json(&findings) } else { as_text(&findings) });
    let is_sick = findings.iter().any(|finding| finding.verdict == Verdict::Fail);
    Ok(if is_sick { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn examine(config: &Config) -> Vec<Finding> {
    let is_running = data::is_in_use(&config.data);
    let mut findings = vec![Finding::ok("configuration", network::summary(config))];
    findings.push(data::folder(&config.data, is_running));
    findings.push(machine::disk(&config.data));
    findings.push(machine::open_files());
    findings.push(machine::speech(&config.voice.speech));
    findings.push(machine::recognition(&config.voice.speech));
    findings.extend(network::listeners(config, is_running));
    findings.push(network::media_ports(config));
    findings.push(network::external_address(config));
    findings.push(network::public_url(config));
    findings.push(network::certificate(config));
    findings.extend(trunks::places(config, is_running).await);
    findings.extend(carriers::providers(config).await);
    findings
}

/// A line for each finding, with its hint on the next.
fn as_text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { name, verdict, detail, hint } in findings {
        text.push_str(&format!("{:<4}  {name:<16}  {detail}\n", verdict.name()));
        if let Some(hint) = hint {
            text.push_str(&format!("{:<24}hint: {hint}\n", ""));
        }
    }
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let (ok, warn, fail) = (count(Verdict::Ok), count(Verdict::Warn), count(Verdict::Fail));
    text + &format!("\n{ok} ok, {warn} to look at, {fail} in the way\n")
}

fn as_json(findings: &[Finding]) -> String {
    let checks: Vec<_> = findings
        .iter()
        .map(|finding| {
            json!({
                "name": finding.name,
                "status": finding.verdict.name(),
                "detail": finding.detail,
                "hint": finding.hint,
            })
        })
        .collect();
    format!("{:#}\n", json!({"checks": checks}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_is_a_line_with_its_hint_below() {
        let findings = [Finding::ok("disk", "9 GB are free"), Finding::warn("speech", "none", "install one")];
        let expected = "ok    disk              9 GB are free\n\
                        warn  speech            none\n                        hint: install one\n\n\
                        1 ok, 1 to look at, 0 in the way\n";
        assert_eq!(as_text(&findings), expected);
        assert!(as_json(&findings).contains("\"hint\": \"install one\""));
    }
}
