//! The rules about the text of a flow's file: those about the flow itself stand in the engine.

use flow::{Finding, Severity};

/// One rule.
pub(super) struct TextRule {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    /// Why it is there, in a sentence.
    pub(super) reason: &'static str,
    /// What to do about its findings.
    pub(super) hint: &'static str,
}

/// All of them.
pub(super) static TEXT_RULES: &[&TextRule] = &[&NOT_JSON, &DUPLICATE_KEY, &PUBLISHED_FORM];

/// The file holds no JSON.
pub(super) static NOT_JSON: TextRule = TextRule {
    code: "not-json",
    severity: Severity::Error,
    reason: "a flow that is not JSON can not be read",
    hint: "a flow is kept as one JSON object, as the editor's 'Import from JSON' takes it",
};

/// An object has two equal keys.
pub(super) static DUPLICATE_KEY: TextRule = TextRule {
    code: "duplicate-key",
    severity: Severity::Warning,
    reason: "of two equal keys of an object, only the last one counts",
    hint: "remove one of them",
};

/// The flow runs here, and the published service refuses it.
pub(super) static PUBLISHED_FORM: TextRule = TextRule {
    code: "published-form",
    severity: Severity::Error,
    reason: "the published service takes less than runs here",
    hint: "the flow runs here as it is; write it so where it goes back to the published service",
};

impl TextRule {
    /// Makes a finding of this rule.
    pub(super) fn finding(&self, property_path: &str, message: String) -> Finding {
        Finding {
            code: self.code,
            severity: self.severity,
            property_path: property_path.to_owned(),
            message,
            hint: self.hint.to_owned(),
        }
    }
}
