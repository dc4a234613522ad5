//! The way of an execution: its steps, and the definition that it ran where they come from an installation.

use std::path::Path;

use domain::ExecutionSid;
use serde_json::Value;

use super::super::installation::{connect, is_url, list, text};
use super::super::read_json;
use crate::client::Client;

/// What an execution did.
#[derive(Debug)]
pub(super) struct Journey {
    /// Its steps, oldest first.
    pub(super) steps: Value,
    /// What it ran; `None` where only the steps are known.
    pub(super) definition: Option<Value>,
}

impl Journey {
    /// Reads the way of an execution: named by its SID in the installation `from`, by its URL, or by a file of steps.
    pub(super) async fn find(execution: &str, from: &str) -> anyhow::Result<Self> {
        if let Ok(sid) = execution.parse() {
            return Self::fetch(&connect(from).await?, sid).await;
        }
        match in_url(execution) {
            Some((server, sid)) => Self::fetch(&connect(server).await?, sid).await,
            None => Ok(Self { steps: read_json(Path::new(execution))?, definition: None }),
        }
    }

    async fn fetch(client: &Client, sid: ExecutionSid) -> anyhow::Result<Self> {
        let execution = client.get(&format!("/v1/executions/{sid}")).await?;
        let flow = format!("/studio/v2/Flows/{}", text(&execution, "flow_sid"));
        let revision = client.get(&format!("{flow}/Revisions/{}", execution["flow_version"])).await?;
        let steps = list(client, &format!("{flow}/Executions/{sid}/Steps"), "steps").await?;
        Ok(Self { steps: Value::Array(steps), definition: Some(revision["definition"].clone()) })
    }
}

/// Returns the server of a URL and the execution that its path names.
fn in_url(execution: &str) -> Option<(&str, ExecutionSid)> {
    let server_at = execution.find("://").filter(|_| is_url(execution))? + "://".len();
    let path_at = server_at + execution[server_at..].find('/')?;
    let (server, path) = execution.split_at(path_at);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    Some((server, path.split('/').find_map(|part| part.parse().ok())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_an_execution_or_of_its_steps_names_it() {
        let sid = format!("FN{}", "a".repeat(32));
        for tail in [String::new(), "/Steps?PageSize=50".to_owned()] {
            let url = format!("http://AC1:token@host:8080/studio/v2/Flows/FW1/Executions/{sid}{tail}");
            let found = in_url(&url).map(|(server, found)| (server, found.to_string()));
            assert_eq!(found, Some(("http://AC1:token@host:8080", sid.clone())));
        }
        for nothing in ["steps.json", "http://host", "http://host/studio/v2/Flows"] {
            assert_eq!(in_url(nothing), None, "{nothing}");
        }
    }
}
