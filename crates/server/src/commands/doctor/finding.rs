//! One thing that the doctor looked at, and how it was.

/// How a thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it should be.
    Ok,
    /// The server works, but not for everybody or not for long.
    Warn,
    /// The server does not start or can not be reached.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    /// What it was.
    pub(super) name: &'static str,
    /// How it was.
    pub(super) verdict: Verdict,
    /// What was seen.
    pub(super) detail: String,
    /// What to do.
    pub(super) hint: Option<String>,
}

impl Verdict {
    /// Returns the word that stands for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl Finding {
    /// Finds a thing as it should be.
    pub(super) fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Ok, detail: detail.into(), hint: None }
    }

    /// Finds a thing that can be lived with.
    pub(super) fn warn(name: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Warn, detail: detail.into(), hint: Some(hint.into()) }
    }

    /// Finds a thing that is in the way.
    pub(super) fn fail(name: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Fail, detail: detail.into(), hint: Some(hint.into()) }
    }
}
