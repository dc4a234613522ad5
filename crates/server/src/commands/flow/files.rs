//! `patchboard flow export` and `flow import`: flows as files, one for each, named after the flow.
//!
//! A file has the canonical form, so that versions can be compared, and names in the place of SIDs, so that it fits
//! every installation.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use flow::portable::{Bindings, ResourceKind, canonical, canonical_text, with_names, with_sids};
use flow::{Finding, Severity};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::bindings::ask_and_add;
use super::installation::{connect, list, text};
use super::read_json;
use crate::client::Client;
use crate::commands::say;

/// What the names of files can not hold on every system, and the sign that stands for it.
const FILE_NAME_ESCAPED: &AsciiSet = &CONTROLS
    .add(b'/')
    .add(b'\\')
    .add(b':')
    .add(b'*')
    .add(b'?')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'|')
    .add(b'%');

/// Options of `patchboard flow export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Names or SIDs of flows [default: all]
    #[arg(value_name = "FLOW")]
    flows: Vec<String>,
    /// The server's URL, or the data folder
    #[arg(long, value_name = "URL|DIR", env = "PATCHBOARD_DATA", default_value = "data")]
    from: String,
    /// The folder for the files
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// File with further names, such as those of functions
    #[arg(long, value_name = "FILE")]
    bindings: Option<PathBuf>,
    /// Leave SIDs as they are
    #[arg(long)]
    sids: bool,
}

/// Options of `patchboard flow import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files with flows; a file's name is the flow's
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The server's URL, or the data folder
    #[arg(long, value_name = "URL|DIR", env = "PATCHBOARD_DATA", default_value = "data")]
    to: String,
    /// File with further names, such as those of functions
    #[arg(long, value_name = "FILE")]
    bindings: Option<PathBuf>,
    /// Save drafts; live traffic keeps what is published
    #[arg(long)]
    draft: bool,
    /// What the history of the flow says about this change
    #[arg(long, value_name = "TEXT", default_value = "Imported from a file")]
    message: String,
}

/// One file on its way in.
struct Incoming {
    file: PathBuf,
    name: String,
    definition: Value,
}

/// Writes flows to files.
pub(crate) async fn export(options: &Export) -> anyhow::Result<ExitCode> {
    let client = connect(&options.from).await?;
    let bindings = match options.sids {
        true => Bindings::default(),
        false => ask_and_add(&client, options.bindings.as_deref()).await?,
    };
    fs::create_dir_all(&options.out).with_context(|| format!("{} can not be made", options.out.display()))?;
    for flow in chosen(&client, &options.flows).await? {
        let whole = client.get(&format!("/studio/v2/Flows/{}", text(&flow, "sid"))).await?;
        let file = options.out.join(file_name(text(&flow, "friendly_name")));
        let definition = canonical_text(&with_names(&whole["definition"], &bindings));
        fs::write(&file, definition).with_context(|| format!("{} can not be written", file.display()))?;
        say(&format!("{}\n", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Creates flows of files, or changes those that have the names of the files; nothing is changed when one is in error.
pub(crate) async fn import(options: &Import) -> anyhow::Result<ExitCode> {
    let client = connect(&options.to).await?;
    let mut bindings = ask_and_add(&client, options.bindings.as_deref()).await?;
    let mut waiting = options.files.iter().map(|file| incoming(file)).collect::<anyhow::Result<Vec<_>>>()?;
    check(&waiting, &bindings)?;
    while !waiting.is_empty() {
        // A flow that another one runs has to be there first.
        let (ready, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|one| errors(&one.definition, &bindings).is_empty());
        if ready.is_empty() {
            bail!("{} run each other as subflows: none can be imported first", listed(&later));
        }
        for one in ready {
            save(&client, options, &one, &mut bindings).await?;
        }
        waiting = later;
    }
    Ok(ExitCode::SUCCESS)
}

async fn chosen(client: &Client, wanted: &[String]) -> anyhow::Result<Vec<Value>> {
    let mut flows = list(client, "/studio/v2/Flows", "flows").await?;
    let is_named =
        |flow: &Value, name: &str| text(flow, "sid") == name || text(flow, "friendly_name") == name;
    if let Some(missing) = wanted.iter().find(|name| !flows.iter().any(|flow| is_named(flow, name))) {
        let names: Vec<_> = flows.iter().map(|flow| text(flow, "friendly_name")).collect();
        bail!("there is no flow '{missing}'\n  hint: there are {}", names.join(", "));
    }
    flows.retain(|flow| wanted.is_empty() || wanted.iter().any(|name| is_named(flow, name)));
    Ok(flows)
}

fn incoming(file: &Path) -> anyhow::Result<Incoming> {
    let stem = file.file_stem().with_context(|| format!("{} names no file", file.display()))?;
    let name = percent_decode_str(&stem.to_string_lossy()).decode_utf8_lossy().into_owned();
    Ok(Incoming { file: file.to_owned(), name, definition: read_json(file)? })
}

/// Refuses the whole import when a file is in error, as if all other files were there already.
fn check(incoming: &[Incoming], bindings: &Bindings) -> anyhow::Result<()> {
    let mut bindings = bindings.clone();
    for (place, one) in incoming.iter().enumerate() {
        if bindings.sid(ResourceKind::Flow, &one.name).is_none() {
            bindings.bind(ResourceKind::Flow, &one.name, &format!("FW of file {place}"))?;
        }
    }
    let mut faults = String::new();
    for one in incoming {
        for Finding { property_path, message, hint, .. } in errors(&one.definition, &bindings) {
            let file = one.file.display();
            faults.push_str(&format!("\n  {file}: {property_path}: {message}\n    hint: {hint}"));
        }
    }
    if !faults.is_empty() {
        bail!("nothing was imported, since there are errors:{faults}");
    }
    Ok(())
}

fn errors(definition: &Value, bindings: &Bindings) -> Vec<Finding> {
    let findings = flow::check(definition, bindings).into_iter();
    findings.filter(|finding| finding.severity == Severity::Error).collect()
}

async fn save(
    client: &Client,
    options: &Import,
    incoming: &Incoming,
    bindings: &mut Bindings,
) -> anyhow::Result<()> {
    let definition = with_sids(&incoming.definition, bindings);
    let status = if options.draft { "draft" } else { "published" };
    let text_of_definition = definition.to_string();
    let mut form = vec![
        ("Status", status),
        ("Definition", text_of_definition.as_str()),
        ("CommitMessage", &options.message),
    ];
    let done = match bindings.sid(ResourceKind::Flow, &incoming.name) {
        None => {
            form.push(("FriendlyName", &incoming.name));
            let created = client.post("/studio/v2/Flows", &form).await?;
            bindings.bind(ResourceKind::Flow, &incoming.name, text(&created, "sid"))?;
            "created"
        }
        Some(sid) => {
            let path = format!("/studio/v2/Flows/{sid}");
            let present = client.get(&path).await?;
            if canonical(&present["definition"]) == definition && text(&present, "status") == status {
                "unchanged"
            } else {
                client.post(&path, &form).await?;
                "changed"
            }
        }
    };
    say(&format!("{done} {}\n", incoming.name));
    Ok(())
}

fn listed(incoming: &[Incoming]) -> String {
    let names: Vec<_> = incoming.iter().map(|one| one.name.as_str()).collect();
    names.join(", ")
}

/// Returns the name of the file for a flow of this name.
pub(super) fn file_name(flow: &str) -> String {
    format!("{}.json", utf8_percent_encode(flow, FILE_NAME_ESCAPED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_gets_back_its_name_from_its_file() {
        for name in ["Voice IVR", "a/b: 50% \"off\"", "Größe", "..", "a.json"] {
            let file = Path::new("flows").join(file_name(name));
            assert_eq!(file.parent(), Some(Path::new("flows")));
            let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
            assert_eq!(percent_decode_str(&stem).decode_utf8_lossy(), name);
        }
    }
}
