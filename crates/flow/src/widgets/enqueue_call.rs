//! Enqueue Call: puts the caller into a queue or a workflow.

use twiml::{Enqueue, Task};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::task::{self, ATTRIBUTES_LENGTH_MAX, PRIORITY_MAX, TIMEOUT_SECS_MAX};
use crate::widgets::common::voice;

/// The longest name of a queue, in characters.
const QUEUE_NAME_LENGTH_MAX: usize = 64;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "enqueue-call",
    label: "Enqueue Call",
    group: Group::Connect,
    help: "Puts the caller into a queue or a workflow.",
    properties: &[
        PropertyKind::new(
            "queue_name",
            PropertyType::Text,
            "The queue, made on demand; either this or the workflow.",
        )
        .liquid(),
        PropertyKind::new(
            "workflow_sid",
            PropertyType::Sid { prefix: "WW" },
            "The workflow; either this or the queue.",
        )
        .liquid(),
        PropertyKind::new(
            "task_attributes",
            PropertyType::JsonText { length_max: ATTRIBUTES_LENGTH_MAX },
            "Attributes of the task.",
        )
        .liquid(),
        PropertyKind::new(
            "priority",
            PropertyType::Integer { min: 0, max: PRIORITY_MAX as i64 },
            "Priority of the task.",
        )
        .liquid()
        .default("0"),
        PropertyKind::new(
            "timeout",
            PropertyType::Integer { min: 1, max: TIMEOUT_SECS_MAX as i64 },
            "Seconds that the task may live.",
        )
        .liquid(),
        PropertyKind::new("wait_url", PropertyType::Url, "TwiML that the caller hears while waiting.")
            .liquid(),
        PropertyKind::new(
            "wait_url_method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How the wait URL is requested.",
        ),
    ],
    events: &[
        EventKind::new("callComplete", "Call complete"),
        EventKind::new("failedToEnqueue", "Failed to enqueue"),
        EventKind::new("callFailure", "Call failed"),
    ],
    failure_event: Some("failedToEnqueue"),
    outputs: &["QueueResult", "QueueSid", "QueueTime", "CallSid", "CallStatus", "From", "To"],
    compile: Some(compile),
};

#[derive(Debug)]
struct EnqueueCall {
    queue_name: Template,
    workflow: Template,
    attributes: Template,
    priority: Template,
    timeout: Option<Template>,
    wait_url: Template,
    wait_url_method: Option<String>,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(EnqueueCall {
        queue_name: source.template("queue_name"),
        workflow: source.template("workflow_sid"),
        attributes: source.template("task_attributes"),
        priority: source.template("priority"),
        timeout: source.optional_template("timeout"),
        wait_url: source.template("wait_url"),
        wait_url_method: source.text("wait_url_method"),
    })
}

impl Behaviour for EnqueueCall {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        match self.render(scope) {
            Ok(enqueue) => voice::perform(scope, enqueue),
            Err(error) => Outcome::Leave(Exit::failed("failedToEnqueue", error)),
        }
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        task::leave_queue(scope, resume)
    }
}

impl EnqueueCall {
    fn render(&self, scope: &mut Scope<'_>) -> Result<Enqueue, String> {
        let workflow_sid = voice::text_of(scope, &self.workflow);
        let wait = voice::callback(voice::text_of(scope, &self.wait_url), self.wait_url_method.as_deref());
        if workflow_sid.is_some() {
            return Ok(Enqueue { workflow_sid, wait, task: Some(self.task(scope)?), ..Enqueue::default() });
        }
        let queue_name = task::required(scope, "queue_name", &self.queue_name)?;
        if queue_name.chars().count() > QUEUE_NAME_LENGTH_MAX {
            let limit = QUEUE_NAME_LENGTH_MAX;
            return Err(format!("the queue's name '{queue_name}' has more than {limit} characters"));
        }
        Ok(Enqueue { queue_name, wait, ..Enqueue::default() })
    }

    fn task(&self, scope: &mut Scope<'_>) -> Result<Task, String> {
        let timeout = |timeout| task::whole_number(scope, "timeout", timeout, 1, TIMEOUT_SECS_MAX);
        let timeout_secs = self.timeout.as_ref().map(timeout).transpose()?;
        Ok(Task {
            attributes: task::render_attributes(scope, &self.attributes)?.text().to_owned(),
            priority: Some(task::whole_number(scope, "priority", &self.priority, 0, PRIORITY_MAX)?),
            timeout_secs,
        })
    }
}
