//! What SIDs and names exist: read from a file, or asked of an installation.

use std::path::Path;

use anyhow::Context;
use flow::portable::{Bindings, PriorityOrder, ResourceKind};
use serde_json::{Map, Value, json};

use super::installation::{connect, is_url, list, text};
use super::read_text;
use crate::client::Client;

/// Reads bindings of a JSON or TOML file, the URL of a server or a data folder.
pub(super) async fn load(source: &str) -> anyhow::Result<Bindings> {
    let path = Path::new(source);
    if is_url(source) || path.is_dir() {
        return ask(&connect(source).await?).await;
    }
    let text = read_text(path)?;
    let is_toml = path.extension().is_some_and(|extension| extension == "toml");
    let bindings = if is_toml { toml::from_str(&text)? } else { serde_json::from_str(&text)? };
    Ok(bindings)
}

/// Asks an installation for its workflows, task channels and flows.
pub(super) async fn ask(client: &Client) -> anyhow::Result<Bindings> {
    let mut workspaces = Map::new();
    for workspace in list(client, "/taskrouter/v1/Workspaces", "workspaces").await? {
        let path = format!("/taskrouter/v1/Workspaces/{}", text(&workspace, "sid"));
        let workflows = list(client, &format!("{path}/Workflows"), "workflows").await?;
        let channels = list(client, &format!("{path}/TaskChannels"), "channels").await?;
        let order: PriorityOrder =
            serde_json::from_value(workspace["priority_order"].clone()).unwrap_or_default();
        let entry = json!({
            "workflows": names(&workflows, "friendly_name"),
            "task_channels": names(&channels, "unique_name"),
            "priority_order": order,
        });
        workspaces.insert(free_name(&workspaces, text(&workspace, "friendly_name"), &workspace), entry);
    }
    let flows = names(&list(client, "/studio/v2/Flows", "flows").await?, "friendly_name");
    serde_json::from_value(json!({ "workspaces": workspaces, "flows": flows }))
        .context("the names of this installation can not stand for SIDs")
}

/// Adds what a file says about resources of which the installation knows nothing, such as functions.
pub(super) async fn ask_and_add(client: &Client, file: Option<&Path>) -> anyhow::Result<Bindings> {
    let mut bindings = ask(client).await?;
    if let Some(file) = file {
        let more = load(&file.to_string_lossy()).await?;
        for kind in [
            ResourceKind::Service,
            ResourceKind::Environment,
            ResourceKind::Function,
            ResourceKind::ContentTemplate,
        ] {
            for name in more.names(kind) {
                let sid = more.sid(kind, name).unwrap_or_default();
                bindings.bind(kind, name, sid)?;
            }
        }
    }
    Ok(bindings)
}

fn names(resources: &[Value], key: &str) -> Map<String, Value> {
    let mut names = Map::new();
    for resource in resources {
        let name = free_name(&names, text(resource, key), resource);
        names.insert(name, resource["sid"].clone());
    }
    names
}

/// Names need not be unique in an installation: the second of a name has its SID behind it.
fn free_name(taken: &Map<String, Value>, name: &str, resource: &Value) -> String {
    if taken.contains_key(name) { format!("{name} ({})", text(resource, "sid")) } else { name.to_owned() }
}
