//! `<Enqueue>`: lets the caller wait, for whoever dials the queue or for a worker of a workflow.

use serde::{Deserialize, Serialize};

use crate::schema::{Callback, Element, Pass};
use crate::warning::SCHEMA;

/// The longest name of a queue, in characters.
const NAME_MAX: usize = 64;

/// The longest time that a task may wait, two weeks.
const TASK_TIMEOUT_SECS_MAX: u32 = 1_209_600;

/// Puts the caller into a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Enqueue {
    /// The name of the queue; empty where a workflow finds it.
    pub queue_name: String,
    /// What is asked when the caller leaves the queue.
    pub action: Callback,
    /// How many may wait.
    pub max_queue_size: Option<u32>,
    /// What the caller hears; an empty URL is silence, none the default music.
    pub wait: Callback,
    /// The workflow that finds a worker.
    pub workflow_sid: Option<String>,
    /// What the workflow is told.
    pub task: Option<Task>,
}

impl Enqueue {
    fn check_name(&self, pass: &mut Pass<'_>) {
        if self.queue_name.is_empty() && self.workflow_sid.is_none() {
            pass.warn(14204, "has neither the name of a queue nor a workflowSid: expected one of them");
        }
        if self.queue_name.chars().count() > NAME_MAX {
            pass.warn(14205, &format!("has a queue name of more than {NAME_MAX} characters"));
        }
    }
}

impl Element for Enqueue {
    const NAME: &'static str = "Enqueue";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["action", "method"], &mut self.action, 14201);
        pass.number("maxQueueSize", &mut self.max_queue_size, 0..=u32::MAX, SCHEMA);
        pass.callback(["waitUrl", "waitUrlMethod"], &mut self.wait, 14206);
        pass.text("workflowSid", &mut self.workflow_sid);
        pass.inner_text(&mut self.queue_name);
        pass.child(&mut self.task);
        // The oldest spelling of a task held its attributes alone.
        let mut attributes = None;
        pass.text_child("TaskAttributes", &mut attributes);
        if let (None, Some(attributes)) = (&self.task, attributes) {
            self.task = Some(Task { attributes, ..Task::default() });
        }
        self.check_name(pass);
    }
}

/// What a workflow is told of the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Task {
    /// The attributes, as JSON.
    pub attributes: String,
    /// The priority among waiting tasks.
    pub priority: Option<u32>,
    /// How long the task may wait; without limit unless written.
    pub timeout_secs: Option<u32>,
}

impl Task {
    /// Returns the priority among waiting tasks.
    pub fn priority(&self) -> u32 {
        self.priority.unwrap_or(0)
    }
}

impl Element for Task {
    const NAME: &'static str = "Task";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.number("priority", &mut self.priority, 0..=i32::MAX.unsigned_abs(), SCHEMA);
        pass.number("timeout", &mut self.timeout_secs, 1..=TASK_TIMEOUT_SECS_MAX, SCHEMA);
        pass.inner_text(&mut self.attributes);
    }
}
