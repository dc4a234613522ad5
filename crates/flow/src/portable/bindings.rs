//! Bindings: the resources of an installation by name and SID, for flows that are kept as files.
//!
//! Names and SIDs are a one-to-one map, so that taking names in and out of a definition loses nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a SID in a definition can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    /// A workflow of a workspace.
    Workflow,
    /// A task channel of a workspace.
    TaskChannel,
    /// A flow, as subflow.
    Flow,
    /// A function service.
    Service,
    /// An environment of a function service.
    Environment,
    /// A function.
    Function,
    /// A content template of messages.
    ContentTemplate,
}

/// Which tasks go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorityOrder {
    /// The larger number goes first.
    #[default]
    LargestFirst,
    /// The smaller number goes first.
    ZeroFirst,
}

/// The resources that exist, by kind, name and SID; a kind that is not listed is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "File")]
pub struct Bindings {
    sids: BTreeMap<ResourceKind, BTreeMap<String, String>>,
    names: BTreeMap<ResourceKind, BTreeMap<String, String>>,
    /// By the workflow's SID.
    priority_orders: BTreeMap<String, PriorityOrder>,
}

/// Why resources can not be told apart by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingError(String);

/// The form of a file of bindings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    workspaces: BTreeMap<String, Workspace>,
    workflows: Option<Names>,
    task_channels: Option<Names>,
    flows: Option<Names>,
    services: Option<Names>,
    environments: Option<Names>,
    functions: Option<Names>,
    content_templates: Option<Names>,
    #[serde(default)]
    priority_order: PriorityOrder,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Workspace {
    workflows: Option<Names>,
    task_channels: Option<Names>,
    #[serde(default)]
    priority_order: PriorityOrder,
}

/// SIDs by name.
type Names = BTreeMap<String, String>;

impl ResourceKind {
    /// Returns the kind of what a property with SIDs of this prefix names.
    pub fn of_prefix(prefix: &str) -> Option<Self> {
        Some(match prefix {
            "WW" => Self::Workflow,
            "TC" => Self::TaskChannel,
            "FW" => Self::Flow,
            "ZS" => Self::Service,
            "ZE" => Self::Environment,
            // Older functions have the second.
            "ZH" | "ZN" => Self::Function,
            "HX" => Self::ContentTemplate,
            _ => return None,
        })
    }

    /// Returns the word for one of the kind.
    pub fn label(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::TaskChannel => "task channel",
            Self::Flow => "flow",
            Self::Service => "function service",
            Self::Environment => "environment",
            Self::Function => "function",
            Self::ContentTemplate => "content template",
        }
    }
}

impl Bindings {
    /// Adds a resource; a kind is known from its first resource on.
    pub fn bind(&mut self, kind: ResourceKind, name: &str, sid: &str) -> Result<(), BindingError> {
        let (sids, names) = (self.sids.entry(kind).or_default(), self.names.entry(kind).or_default());
        let label = kind.label();
        let fault = if sid.get(..2).and_then(ResourceKind::of_prefix) != Some(kind) {
            Some(format!("'{sid}' is not the SID of a {label}"))
        } else if name.trim().is_empty() || name.contains("{{") || name.contains("{%") {
            Some(format!("'{name}' can not be the name of a {label}: text without Liquid is expected"))
        } else if sids.contains_key(name) || names.contains_key(name) {
            Some(format!("two resources are the {label} '{name}': give each a name of its own"))
        } else if let Some(other) = names.get(sid) {
            Some(format!("the {label} {sid} is called '{name}' and '{other}': leave one of them out"))
        } else if sids.contains_key(sid) {
            Some(format!("'{sid}' is the SID of one {label} and the name of another: rename that one"))
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(BindingError(fault));
        }
        sids.insert(name.to_owned(), sid.to_owned());
        names.insert(sid.to_owned(), name.to_owned());
        Ok(())
    }

    /// Says which tasks of a workflow go first.
    pub fn set_priority_order(&mut self, workflow_sid: &str, order: PriorityOrder) {
        self.priority_orders.insert(workflow_sid.to_owned(), order);
    }

    /// Tells whether the resources of this kind are listed.
    pub fn knows(&self, kind: ResourceKind) -> bool {
        self.sids.contains_key(&kind)
    }

    /// Returns the SID of what has this name.
    pub fn sid(&self, kind: ResourceKind, name: &str) -> Option<&str> {
        self.sids.get(&kind)?.get(name).map(String::as_str)
    }

    /// Returns the name of what has this SID.
    pub fn name(&self, kind: ResourceKind, sid: &str) -> Option<&str> {
        self.names.get(&kind)?.get(sid).map(String::as_str)
    }

    /// Returns the names of all that is listed of this kind.
    pub fn names(&self, kind: ResourceKind) -> impl Iterator<Item = &str> {
        self.sids.get(&kind).into_iter().flat_map(BTreeMap::keys).map(String::as_str)
    }

    /// Returns which tasks of a workflow go first, when the workflow is listed under this name or SID.
    pub fn priority_order(&self, workflow: &str) -> Option<PriorityOrder> {
        let sid = self.sid(ResourceKind::Workflow, workflow).unwrap_or(workflow);
        self.priority_orders.get(sid).copied()
    }

    fn bind_all(&mut self, kind: ResourceKind, names: Option<Names>) -> Result<(), BindingError> {
        let Some(names) = names else { return Ok(()) };
        self.sids.entry(kind).or_default();
        names.iter().try_for_each(|(name, sid)| self.bind(kind, name, sid))
    }

    fn bind_workspace(&mut self, workspace: Workspace) -> Result<(), BindingError> {
        for sid in workspace.workflows.iter().flat_map(BTreeMap::values) {
            self.set_priority_order(sid, workspace.priority_order);
        }
        self.bind_all(ResourceKind::Workflow, workspace.workflows)?;
        self.bind_all(ResourceKind::TaskChannel, workspace.task_channels)
    }
}

impl TryFrom<File> for Bindings {
    type Error = BindingError;

    fn try_from(file: File) -> Result<Self, BindingError> {
        let mut bindings = Self::default();
        for workspace in with_distinct_names(file.workspaces) {
            bindings.bind_workspace(workspace)?;
        }
        let File { workflows, task_channels, priority_order, .. } = file;
        bindings.bind_workspace(Workspace { workflows, task_channels, priority_order })?;
        bindings.bind_all(ResourceKind::Flow, file.flows)?;
        bindings.bind_all(ResourceKind::Service, file.services)?;
        bindings.bind_all(ResourceKind::Environment, file.environments)?;
        bindings.bind_all(ResourceKind::Function, file.functions)?;
        bindings.bind_all(ResourceKind::ContentTemplate, file.content_templates)?;
        Ok(bindings)
    }
}

/// A name that several workspaces use is written with its workspace in front: `Sales/voice`.
fn with_distinct_names(workspaces: BTreeMap<String, Workspace>) -> Vec<Workspace> {
    let mut uses: BTreeMap<(bool, String), usize> = BTreeMap::new();
    for workspace in workspaces.values() {
        for (is_workflow, names) in [(true, &workspace.workflows), (false, &workspace.task_channels)] {
            for name in names.iter().flat_map(BTreeMap::keys) {
                *uses.entry((is_workflow, name.clone())).or_default() += 1;
            }
        }
    }
    let distinct = |workspace: &str, is_workflow: bool, names: Names| -> Names {
        let is_shared = |name: &str| uses.get(&(is_workflow, name.to_owned())).is_some_and(|uses| *uses > 1);
        let qualified = |name: String| if is_shared(&name) { format!("{workspace}/{name}") } else { name };
        names.into_iter().map(|(name, sid)| (qualified(name), sid)).collect()
    };
    let renamed = |(name, workspace): (String, Workspace)| Workspace {
        workflows: workspace.workflows.map(|names| distinct(&name, true, names)),
        task_channels: workspace.task_channels.map(|names| distinct(&name, false, names)),
        ..workspace
    };
    workspaces.into_iter().map(renamed).collect()
}

impl std::fmt::Display for BindingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BindingError {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_file_lists_workspaces_and_their_orders() {
        let bindings = read(json!({
            "workspaces": {
                "Sales": { "workflows": { "Anyone": "WW1", "VIP": "WW2" }, "priority_order": "zero_first" },
                "Support": { "workflows": { "Anyone": "WW3" }, "task_channels": {} },
            },
            "flows": { "Menu": "FW1" },
        }))
        .unwrap();
        assert_eq!(bindings.sid(ResourceKind::Workflow, "Sales/Anyone"), Some("WW1"));
        assert_eq!(bindings.name(ResourceKind::Workflow, "WW3"), Some("Support/Anyone"));
        assert_eq!(bindings.priority_order("VIP"), Some(PriorityOrder::ZeroFirst));
        assert_eq!(bindings.priority_order("WW3"), Some(PriorityOrder::LargestFirst));
        assert!(bindings.knows(ResourceKind::TaskChannel) && !bindings.knows(ResourceKind::Function));
    }

    #[test]
    fn names_that_could_be_mistaken_are_refused() {
        for (workflows, reason) in [
            (json!({ "A": "TC1" }), "'TC1' is not the SID of a workflow"),
            (json!({ " ": "WW1" }), "' ' can not be the name of a workflow: text without Liquid is expected"),
            (
                json!({ "A": "WW1", "B": "WW1" }),
                "the workflow WW1 is called 'B' and 'A': leave one of them out",
            ),
            (
                json!({ "A": "WW1", "WW1": "WW2" }),
                "two resources are the workflow 'WW1': give each a name of its own",
            ),
        ] {
            let error = read(json!({ "workflows": workflows })).unwrap_err();
            assert_eq!(error, reason);
        }
        assert!(read(json!({ "workflow": {} })).unwrap_err().starts_with("unknown field `workflow`"));
    }

    fn read(file: Value) -> Result<Bindings, String> {
        serde_json::from_value(file).map_err(|error| error.to_string())
    }
}
