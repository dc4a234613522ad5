//! What the widgets that ask for a task have in common: its properties, rendered within the published limits.

use domain::Attributes;
use twiml::{Callback, Enqueue, Task};

use crate::TaskRequest;
use crate::execution::call::text;
use crate::template::Template;
use crate::widget::{Exit, Outcome, Resume, Scope};
use crate::widgets::common::voice::{self, Performed};

/// The most characters of the attributes after rendering.
pub(crate) const ATTRIBUTES_LENGTH_MAX: usize = 1024;

/// The highest priority.
pub(crate) const PRIORITY_MAX: u32 = i32::MAX as u32;

/// The longest that a task may live: two weeks, in seconds.
pub(crate) const TIMEOUT_SECS_MAX: u32 = 1_209_600;

/// Renders a property that must not come out blank.
pub(crate) fn required(scope: &Scope<'_>, name: &str, template: &Template) -> Result<String, String> {
    let text = scope.render(template)?.trim().to_owned();
    if text.is_empty() {
        return Err(format!("'{name}' is empty after rendering '{}', but it is required", template.source()));
    }
    Ok(text)
}

/// Renders a whole number from `min` to `max`.
pub(crate) fn whole_number(
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

/// Renders attributes; what is too long or no JSON object is an error that says so.
pub(crate) fn render_attributes(scope: &mut Scope<'_>, template: &Template) -> Result<Attributes, String> {
    let rendered = scope.render_json(template).map_err(|error| format!("attributes: {error}"))?;
    Attributes::parse(&rendered.text, ATTRIBUTES_LENGTH_MAX).map_err(|error| error.to_string())
}

/// Makes the verb that lets the caller wait for a task of a workflow.
pub(crate) fn enqueue(task: TaskRequest, wait: Callback) -> Enqueue {
    Enqueue {
        workflow_sid: Some(task.workflow),
        wait,
        task: Some(Task {
            attributes: task.attributes.text().to_owned(),
            priority: Some(task.priority),
            timeout_secs: Some(task.timeout_secs),
        }),
        ..Enqueue::default()
    }
}

/// Leaves the queue by the way that its result says; a caller who hung up has left it too.
pub(crate) fn leave_queue(scope: &mut Scope<'_>, resume: Resume) -> Outcome {
    let parameters = match voice::fate(resume) {
        Some(Performed::Done(parameters)) => parameters,
        Some(Performed::HungUp(mut parameters)) => {
            parameters.entry("QueueResult").or_insert_with(|| "hangup".into());
            parameters
        }
        Some(Performed::Refused(reason)) => return Outcome::Leave(Exit::failed("failedToEnqueue", reason)),
        Some(Performed::TimedOut) | None => return Outcome::KeepWaiting,
    };
    let result = text(&parameters, "QueueResult").to_owned();
    let exit = match result.as_str() {
        "system-error" => Exit::failed("callFailure", "the queue ended with system-error"),
        "queue-full" | "error" => Exit::failed("failedToEnqueue", format!("the queue ended with {result}")),
        _ => Exit::by("callComplete"),
    };
    let mut outputs = std::mem::take(&mut scope.visit.outputs);
    outputs.extend(parameters);
    Outcome::Leave(exit.with_outputs(outputs))
}
