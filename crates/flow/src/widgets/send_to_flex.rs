//! Send to Flex: hands the contact over to the agents' side.
//!
//! A message, or a request by REST, becomes a task. Over a limit, the failure transition is taken with the reason;
//! nothing is cut.

use domain::Attributes;
use serde_json::{Map, Value, json};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::WaitsFor;
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::{Action, TaskRequest, TriggerKind};

/// The most characters of the attributes after rendering.
const ATTRIBUTES_LENGTH_MAX: usize = 1024;

/// The highest priority.
const PRIORITY_MAX: u32 = i32::MAX as u32;

/// The longest that the task may live: two weeks, in seconds.
const TIMEOUT_SECS_MAX: u32 = 1_209_600;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "send-to-flex",
    label: "Send to Flex",
    group: Group::Connect,
    help: "Hands the call, message or conversation over to an agent.",
    properties: &[
        PropertyKind::new(
            "workflow",
            PropertyType::Sid { prefix: "WW" },
            "The workflow that finds an agent; Assign to Anyone in a new installation.",
        )
        .liquid()
        .required(),
        PropertyKind::new(
            "channel",
            PropertyType::Sid { prefix: "TC" },
            "The task channel; Programmable Chat in a new installation.",
        )
        .liquid()
        .required(),
        PropertyKind::new(
            "attributes",
            PropertyType::JsonText { length_max: ATTRIBUTES_LENGTH_MAX },
            "The task's attributes: a JSON object, at most 1024 characters after rendering.",
        )
        .liquid(),
        PropertyKind::new(
            "priority",
            PropertyType::IntegerText { min: 0, max: PRIORITY_MAX as i64 },
            "The task's priority.",
        )
        .liquid()
        .default("0"),
        PropertyKind::new(
            "timeout",
            PropertyType::IntegerText { min: 1, max: TIMEOUT_SECS_MAX as i64 },
            "Seconds that the task may live, at most two weeks.",
        )
        .liquid()
        .default("3600"),
        PropertyKind::new(
            "waitUrl",
            PropertyType::Url,
            "TwiML that a caller hears while waiting; without it, the default hold music.",
        )
        .liquid(),
        PropertyKind::new(
            "waitUrlMethod",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How the hold music is requested.",
        ),
    ],
    events: &[
        EventKind::new("callComplete", "Task created"),
        EventKind::new("failedToEnqueue", "Failed to create task"),
        EventKind::new("callFailure", "Call failed"),
    ],
    failure_event: Some("failedToEnqueue"),
    outputs: &[
        "TaskSid",
        "Age",
        "Attributes",
        "sid",
        "account_sid",
        "age",
        "assignment_status",
        "attributes",
        "addons",
        "date_created",
        "date_updated",
        "priority",
        "reason",
        "task_queue_sid",
        "task_queue_friendly_name",
        "task_channel_sid",
        "task_channel_unique_name",
        "timeout",
        "workflow_sid",
        "workflow_friendly_name",
        "workspace_sid",
        "url",
        "links",
    ],
    compile: Some(compile),
};

#[derive(Debug)]
struct SendToFlex {
    workflow: Template,
    channel: Template,
    attributes: Template,
    priority: Template,
    timeout: Template,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(SendToFlex {
        workflow: source.template("workflow"),
        channel: source.template("channel"),
        attributes: source.template("attributes"),
        priority: source.template("priority"),
        timeout: source.template("timeout"),
    })
}

impl Behaviour for SendToFlex {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        match scope.trigger {
            TriggerKind::IncomingMessage | TriggerKind::IncomingRequest => self.create_task(scope),
            TriggerKind::IncomingCall
            | TriggerKind::IncomingConversationMessage
            | TriggerKind::IncomingParent => failed(format!(
                "this version hands over messages and REST requests; this execution began with {}",
                scope.trigger.as_str()
            )),
        }
    }

    fn resume(&self, _scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        let Resume::Task(answer) = resume else { return Outcome::KeepWaiting };
        match answer {
            Ok(task) => Outcome::Leave(Exit::by("callComplete").with_outputs(in_both_spellings(task))),
            Err(reason) => failed(reason),
        }
    }
}

impl SendToFlex {
    fn create_task(&self, scope: &mut Scope<'_>) -> Outcome {
        match self.render(scope) {
            Ok(task) => {
                let action = Action::CreateTask { request: scope.request(), task: Box::new(task) };
                Outcome::Wait { actions: vec![action], waits_for: WaitsFor::Answer, until: None }
            }
            Err(error) => failed(error),
        }
    }

    fn render(&self, scope: &mut Scope<'_>) -> Result<TaskRequest, String> {
        Ok(TaskRequest {
            workflow: required(scope, "workflow", &self.workflow)?,
            task_channel: required(scope, "channel", &self.channel)?,
            attributes: self.render_attributes(scope)?,
            priority: whole_number(scope, "priority", &self.priority, 0, PRIORITY_MAX)?,
            timeout_secs: whole_number(scope, "timeout", &self.timeout, 1, TIMEOUT_SECS_MAX)?,
        })
    }

    fn render_attributes(&self, scope: &mut Scope<'_>) -> Result<Attributes, String> {
        let rendered = scope.render_json(&self.attributes).map_err(|error| format!("attributes: {error}"))?;
        Attributes::parse(&rendered.text, ATTRIBUTES_LENGTH_MAX).map_err(|error| error.to_string())
    }
}

fn failed(error: impl Into<String>) -> Outcome {
    Outcome::Leave(Exit::failed("failedToEnqueue", error))
}

fn required(scope: &Scope<'_>, name: &str, template: &Template) -> Result<String, String> {
    let text = scope.render(template)?.trim().to_owned();
    if text.is_empty() {
        return Err(format!("'{name}' is empty after rendering '{}', but it is required", template.source()));
    }
    Ok(text)
}

fn whole_number(
    scope: &Scope<'_>,
    name: &str,
    template: &Template,
    min: u32,
    max: u32,
) -> Result<u32, String> {
    let text = scope.render(template)?;
    let number = text.trim().parse().ok().filter(|number| (min..=max).contains(number));
    number
        .ok_or_else(|| format!("{name} is '{}': a whole number from {min} to {max} is expected", text.trim()))
}

/// Real flows read the documented names as well as those of the task's own fields.
fn in_both_spellings(mut task: Map<String, Value>) -> Map<String, Value> {
    for (documented, field, default) in
        [("TaskSid", "sid", json!("")), ("Age", "age", json!(0)), ("Attributes", "attributes", json!("{}"))]
    {
        let value = task.get(field).cloned().unwrap_or(default);
        task.insert(documented.to_owned(), value);
    }
    task
}
