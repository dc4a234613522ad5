//! Scopes: where an expression stands decides which sides it may read and how their attributes are prefixed.

use crate::path::{Path, Segment, Side};

/// The place in which an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A queue's `TargetWorkers` or the `TargetWorkersExpression` of a list: `skills`, or `worker.skills`.
    Worker,
    /// A filter's expression or `EvaluateTaskAttributes`: `lang`, or `task.lang`.
    Task,
    /// A target's expression: `worker.skills` and `task.lang`, always with the prefix.
    Target,
    /// A target's `skip_if`: `workers.available`, `workers.unavailable`, `workers.WA…`.
    Skip,
}

/// Why a name means nothing in a scope: a message and a hint.
pub(crate) type Unresolved = (String, String);

impl Scope {
    /// Says whose attribute a name is; `name` is never empty and begins with a key.
    pub(crate) fn resolve(self, name: Vec<Segment>) -> Result<Path, Unresolved> {
        match self {
            Scope::Worker => Ok(optionally_prefixed(Side::Worker, "worker", name)),
            Scope::Task => Ok(optionally_prefixed(Side::Task, "task", name)),
            Scope::Target => resolve_in_target(name),
            Scope::Skip => resolve_counter(name),
        }
    }
}

/// Reads `worker.` and nothing else, as `order_by` has it.
pub(crate) fn resolve_worker(mut name: Vec<Segment>) -> Result<Path, Unresolved> {
    if !has_prefix(&name, "worker") {
        let first = first_key(&name);
        return Err((
            format!("\"{first}\" does not begin with worker."),
            "workers are ordered by their own attributes, for example worker.level DESC".to_owned(),
        ));
    }
    name.remove(0);
    Ok(Path::new(Side::Worker, name))
}

/// A prefix needs a key after it: an attribute may itself be called `worker` or `task`.
fn optionally_prefixed(side: Side, prefix: &str, mut name: Vec<Segment>) -> Path {
    if has_prefix(&name, prefix) {
        name.remove(0);
    }
    Path::new(side, name)
}

fn resolve_in_target(mut name: Vec<Segment>) -> Result<Path, Unresolved> {
    let side = match first_key(&name) {
        "worker" if has_prefix(&name, "worker") => Side::Worker,
        "task" if has_prefix(&name, "task") => Side::Task,
        prefix @ ("worker" | "task") => {
            return Err((
                format!("\"{prefix}\" names no attribute"),
                format!("name one after a dot, for example {prefix}.language"),
            ));
        }
        first => {
            return Err((
                format!("\"{first}\" begins with neither worker. nor task."),
                format!("write worker.{first} or task.{first}, or quote it if it is text: '{first}'"),
            ));
        }
    };
    name.remove(0);
    Ok(Path::new(side, name))
}

fn resolve_counter(mut name: Vec<Segment>) -> Result<Path, Unresolved> {
    let is_counter = has_prefix(&name, "workers")
        && match &name[1..] {
            [Segment::Key(key)] => matches!(&**key, "available" | "unavailable") || key.starts_with("WA"),
            _ => false,
        };
    if !is_counter {
        return Err((
            format!("\"{}\" is no counter of workers", written(&name)),
            "write workers.available, workers.unavailable or workers. with an activity SID (WA…)".to_owned(),
        ));
    }
    name.remove(0);
    Ok(Path::new(Side::Workers, name))
}

fn has_prefix(name: &[Segment], prefix: &str) -> bool {
    first_key(name) == prefix && matches!(name.get(1), Some(Segment::Key(_)))
}

fn first_key(name: &[Segment]) -> &str {
    match name.first() {
        Some(Segment::Key(key)) => key,
        Some(Segment::Index(_)) | None => "",
    }
}

fn written(name: &[Segment]) -> String {
    let mut text = String::new();
    for segment in name {
        match segment {
            Segment::Key(key) if text.is_empty() => text.push_str(key),
            Segment::Key(key) => text.push_str(&format!(".{key}")),
            Segment::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}
