//! Attributes that no expression can read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Warning, WarningCode};
use crate::{RecordKey, Workspace};

/// Who has a key.
struct Found {
    first: RecordKey,
    count: usize,
}

impl Workspace {
    /// Returns a warning for each hyphenated key of workers, and for each of live tasks.
    pub(super) fn lint_attributes(&self) -> Vec<Warning> {
        let of_workers = self.workers.values().map(|it| (RecordKey::Worker(it.sid), it.attributes.value()));
        let of_tasks = self.tasks.values().map(|it| (RecordKey::Task(it.sid), it.attributes.value()));
        let mut warnings = hyphenated(of_workers, "worker");
        warnings.extend(hyphenated(of_tasks, "task"));
        warnings
    }
}

fn hyphenated<'a>(all: impl Iterator<Item = (RecordKey, &'a Value)>, whose: &str) -> Vec<Warning> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for (owner, attributes) in all {
        for path in hyphenated_paths(attributes) {
            found.entry(path).or_insert(Found { first: owner, count: 0 }).count += 1;
        }
    }
    let warn = |(path, Found { first, count }): (String, Found)| Warning {
        code: WarningCode::HyphenatedKey,
        about: first,
        at: None,
        message: format!(
            "no expression can read '{path}', which {count} {whose}(s) have: names in expressions have no hyphen"
        ),
        hint: format!("call it {}", path.replace('-', "_")),
    };
    found.into_iter().map(warn).collect()
}

/// Returns the paths to all keys with a hyphen.
fn hyphenated_paths(value: &Value) -> Vec<String> {
    let Some(map) = value.as_object() else { return vec![] };
    let mut paths = vec![];
    for (key, value) in map {
        if key.contains('-') {
            paths.push(key.clone());
        } else {
            paths.extend(hyphenated_paths(value).into_iter().map(|path| format!("{key}.{path}")));
        }
    }
    paths
}
