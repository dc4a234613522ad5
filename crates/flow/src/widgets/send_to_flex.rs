//! Send to Flex: hands the contact over to the agents' side.
//!
//! A call waits in a queue, a conversation becomes an interaction, a message or a request by REST a task. Over a limit, the failure transition is taken with the reason;
//! nothing is cut.

use domain::Attributes;
use serde_json::{Map, Value, json};
use twiml::Callback;

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::WaitsFor;
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::task::{self, ATTRIBUTES_LENGTH_MAX, PRIORITY_MAX, TIMEOUT_SECS_MAX};
use crate::widgets::common::voice;
use crate::{Action, InteractionRequest, TaskRequest};

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
        "QueueResult",
        "QueueSid",
        "QueueTime",
        "CallStatus",
        "channel",
        "routing",
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
    wait_url: Template,
    wait_url_method: Option<String>,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(SendToFlex {
        workflow: source.template("workflow"),
        channel: source.template("channel"),
        attributes: source.template("attributes"),
        priority: source.template("priority"),
        timeout: source.template("timeout"),
        wait_url: source.template("waitUrl"),
        wait_url_method: source.text("waitUrlMethod"),
    })
}

impl Behaviour for SendToFlex {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        match self.render(scope) {
            Ok(task) => self.hand_over(scope, task),
            Err(error) => failed(error),
        }
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        match resume {
            Resume::Task(Ok(task)) => {
                Outcome::Leave(Exit::by("callComplete").with_outputs(in_both_spellings(task)))
            }
            Resume::Interaction(Ok(interaction)) => Outcome::Leave(Exit {
                channel: Map::from_iter([("status".to_owned(), json!("handed off"))]),
                ..Exit::by("callComplete").with_outputs(with_task_of(interaction))
            }),
            Resume::Task(Err(reason)) | Resume::Interaction(Err(reason)) => failed(reason),
            Resume::Verbs(_) | Resume::HungUp(_) => task::leave_queue(scope, resume),
            Resume::Message(_)
            | Resume::Conversation(_)
            | Resume::Http(_)
            | Resume::Call(_)
            | Resume::Reply(_)
            | Resume::TimedOut => Outcome::KeepWaiting,
        }
    }
}

impl SendToFlex {
    /// A call waits in a queue; what has none becomes an interaction or a task at once.
    fn hand_over(&self, scope: &mut Scope<'_>, task: TaskRequest) -> Outcome {
        if scope.call.is_some() {
            return self.enqueue(scope, task);
        }
        let request = scope.request();
        let action = match scope.conversation {
            Some(conversation) => {
                let interaction = Box::new(interaction(scope, conversation.to_owned(), task));
                Action::CreateInteraction { request, interaction }
            }
            None => Action::CreateTask { request, task: Box::new(task) },
        };
        Outcome::Wait { actions: vec![action], waits_for: WaitsFor::Answer, until: None }
    }

    fn enqueue(&self, scope: &mut Scope<'_>, task: TaskRequest) -> Outcome {
        let wait = self.wait(scope);
        scope.visit.outputs.insert("Attributes".to_owned(), json!(task.attributes.text()));
        voice::perform(scope, task::enqueue(task, wait))
    }

    fn wait(&self, scope: &mut Scope<'_>) -> Callback {
        voice::callback(voice::text_of(scope, &self.wait_url), self.wait_url_method.as_deref())
    }

    fn render(&self, scope: &mut Scope<'_>) -> Result<TaskRequest, String> {
        Ok(TaskRequest {
            workflow: task::required(scope, "workflow", &self.workflow)?,
            task_channel: task::required(scope, "channel", &self.channel)?,
            attributes: task::render_attributes(scope, &self.attributes)?,
            priority: task::whole_number(scope, "priority", &self.priority, 0, PRIORITY_MAX)?,
            timeout_secs: task::whole_number(scope, "timeout", &self.timeout, 1, TIMEOUT_SECS_MAX)?,
        })
    }
}

fn failed(error: impl Into<String>) -> Outcome {
    Outcome::Leave(Exit::failed("failedToEnqueue", error))
}

/// Adds what agents' pages read of the sender; the author's own keys win.
fn interaction(scope: &Scope<'_>, conversation: String, task: TaskRequest) -> InteractionRequest {
    let channel_type = channel_type(scope);
    let mut attributes = Map::from_iter([("channelType".to_owned(), json!(channel_type))]);
    for key in ["customerAddress", "from", "name", "customerName"] {
        attributes.insert(key.to_owned(), json!(scope.contact_address));
    }
    attributes.extend(task.attributes.map().clone());
    let task = TaskRequest { attributes: Attributes::from_map(attributes), ..task };
    InteractionRequest { conversation, channel_type, task }
}

/// Tells the kind of channel: as the conversation says, else by the sender's address.
fn channel_type(scope: &Scope<'_>) -> String {
    let said = &scope.context.value()["trigger"]["conversation"]["ChannelAttributes"]["channel_type"];
    let by_address = match scope.contact_address.split_once(':') {
        Some((network, _)) => network,
        None if scope.contact_address.starts_with('+') => "sms",
        None => "web",
    };
    said.as_str().filter(|said| !said.is_empty()).unwrap_or(by_address).to_owned()
}

/// The documented names are those of the interaction's task.
fn with_task_of(mut interaction: Map<String, Value>) -> Map<String, Value> {
    let task = interaction.get("routing").and_then(|routing| routing["properties"].as_object()).cloned();
    let task = in_both_spellings(task.unwrap_or_default());
    for name in ["TaskSid", "Age", "Attributes"] {
        interaction.insert(name.to_owned(), task.get(name).cloned().unwrap_or_default());
    }
    interaction
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
