//! The editions of the Studio API: the same flows and executions under other paths and with a few other names.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::FlowSid;

use crate::app::App;

/// How an edition of the API names executions of a flow.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    /// The path of the flows.
    pub(super) flows: &'static str,
    /// The path of executions below their flow.
    pub(super) runs: &'static str,
    /// What a list of executions is called.
    pub(super) runs_key: &'static str,
    /// What an execution's SID is called in what lies below it.
    pub(super) run_sid: &'static str,
    /// What the link to an execution's context is called.
    pub(super) context_link: &'static str,
}

/// Version 2.
pub(crate) const V2: &Edition = &Edition { flows: "/studio/v2/Flows", ..*V1 };

/// Version 1.
pub(super) const V1: &Edition = &Edition {
    flows: "/studio/v1/Flows",
    runs: "/Executions",
    runs_key: "executions",
    run_sid: "execution_sid",
    context_link: "execution_context",
};

/// The oldest part of version 1, in which executions were engagements.
pub(super) const ENGAGEMENTS: &Edition = &Edition {
    runs: "/Engagements",
    runs_key: "engagements",
    run_sid: "engagement_sid",
    context_link: "engagement_context",
    ..*V1
};

/// All editions.
pub(super) const ALL: [&Edition; 3] = [V2, V1, ENGAGEMENTS];

/// The edition that a request uses.
pub(super) struct In(pub(super) &'static Edition);

impl Edition {
    /// Returns the route of what lies below an execution, or of executions where the tail is empty.
    pub(super) fn route(&self, tail: &str) -> String {
        format!("{}/{{flow}}{}{tail}", self.flows, self.runs)
    }

    /// Returns the URL of an execution of a flow, or of what lies below it.
    pub(crate) fn url(&self, app: &App, flow: FlowSid, tail: &str) -> String {
        format!("{}{}/{flow}{}/{tail}", app.public_url, self.flows, self.runs)
    }
}

impl<S: Sync> FromRequestParts<S> for In {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let path = parts.uri.path();
        let is_used = |edition: &&&Edition| {
            let below = path.strip_prefix(edition.flows).and_then(|path| path.get(1..));
            below
                .and_then(|below| below.find('/').map(|flow| &below[flow..]))
                .is_some_and(|rest| rest.starts_with(edition.runs))
        };
        Ok(Self(ALL.iter().find(is_used).copied().unwrap_or(V2)))
    }
}
