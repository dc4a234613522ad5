//! The check of a definition: every problem at once, with the place where it is.

use serde_json::Value;

use crate::Findings;

/// Checks a definition and returns all that is wrong with it.
pub fn validate(definition: &Value) -> Findings {
    let mut findings = Findings::default();
    if !definition.is_object() {
        findings.error("#", "object expected");
    }
    findings
}
