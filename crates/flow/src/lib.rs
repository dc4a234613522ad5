//! The Studio engine: runs a flow definition for one contact, step by step.
//!
//! What it is: a pure state machine. A [`Flow`] is a definition compiled once per revision; an [`Execution`] is one
//! run of it. An event and a [`domain::Tick`] go in, a list of [`Action`]s comes out.
//! What it is not: no sending, no queue of tasks, no storage, no clock. The shell carries out the actions and brings
//! the answers back as [`Event`]s that name the `request` they belong to; what each needs is said at [`Action`].
//!
//! ```text
//! Flow::parse(&definition, settings)                 -> Result<Flow, Vec<Problem>>
//! flow.with_subflows(those of flow.subflows_wanted()) -> Flow
//! Execution::start(&flow, start, &mut tick)          -> (Execution, Vec<Action>)
//! execution.handle(&flow, event, &mut tick)          -> Vec<Action>
//! execution.next_timeout()                           -> Option<Timestamp>   (then: Event::TimeReached)
//! ```
//!
//! Invariants:
//! - An execution has ended, or it waits and has a deadline.
//! - An execution keeps the revision it was started with: the shell hands in the same [`Flow`] every time.
//! - A widget's outputs can be read by templates only after the widget was left.
//! - An answer to a request that is no longer the current one changes nothing.
//! - A message that finds the execution busy is queued, in order, and passed on if nothing asked for it.
//!
//! Assumptions: one conversation partner, one call and one conversation per execution; widgets of [`catalogue`] that
//! have no code here (a retired bot) take their failure transition.

mod action;
mod catalogue;
mod check;
mod condition;
mod context;
mod default_flows;
mod definition;
mod event;
mod execution;
pub mod portable;
mod provider;
mod run;
mod settings;
mod start;
mod step;
mod template;
mod validation;
mod widget;
mod widgets;

pub use action::*;
pub use catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind, catalogue, widget_kind};
pub use check::{Finding, Rule, Severity, check, rules};
pub use context::Context;
pub use default_flows::{messaging, voice_ivr, webchat};
pub use definition::Flow;
pub use event::Event;
pub use execution::{Execution, Status, SubflowReference, Visit, WaitsFor};
pub use provider::Providers;
pub use settings::{Settings, StuckPolicy};
pub use start::{Start, Trigger, TriggerKind};
pub use step::Step;
pub use validation::{Findings, Problem, validate, validate_strictly};
