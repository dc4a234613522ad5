//! Tasks: the live ones for the router's start, all of them for lists and history.

use domain::{TaskSid, Timestamp, WorkspaceSid};
use router::Task;

use crate::page::Selection;
use crate::value::json;
use crate::{Error, Listing, Page, Query, Row, Statement, Store, Value};

/// Which tasks a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those in one of these states; empty for all.
    pub statuses: Vec<String>,
    /// Only those of this priority.
    pub priority: Option<u32>,
    /// Only those of these workflows; empty for all.
    pub workflows: Vec<String>,
    /// Only those in these queues; empty for all.
    pub queues: Vec<String>,
    /// Of those that have ended, only the ones that ended at this time or later.
    pub ended_since: Option<Timestamp>,
    /// Only those whose attributes name these things.
    pub about: Vec<(TaskKey, String)>,
    /// Only those that may hold this text, which JSON writes as it is, as the value of an attribute; which do is for
    /// the reader to say.
    pub holding: Option<String>,
}

/// What a task can be found by: an attribute that names what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKey {
    /// The call of the customer.
    Call,
    /// The conversation with the customer.
    Conversation,
    /// The interaction that the task is a part of.
    Interaction,
}

impl TaskKey {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Call, Self::Conversation, Self::Interaction];

    /// Returns the name of the attribute, as applications write it.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Call => "call_sid",
            Self::Conversation => "conversationSid",
            Self::Interaction => "flexInteractionSid",
        }
    }

    fn column(self) -> &'static str {
        match self {
            Self::Call => "call_sid",
            Self::Conversation => "conversation_sid",
            Self::Interaction => "interaction_sid",
        }
    }

    /// Returns what a task's attributes name.
    fn of(self, task: &Task) -> Value {
        task.attributes.map().get(self.attribute()).and_then(|value| value.as_str()).map(str::to_owned).into()
    }
}

/// Writes a task whether it is there or not.
pub(super) fn put(workspace: WorkspaceSid, task: &Task) -> Statement {
    Statement::new(
        "INSERT INTO tasks
           (sid, workspace, status, priority, workflow, queue, date_created, virtual_start, date_ended, body,
            call_sid, conversation_sid, interaction_sid)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (sid) DO UPDATE SET
           status = excluded.status, priority = excluded.priority, workflow = excluded.workflow,
           queue = excluded.queue, virtual_start = excluded.virtual_start,
           date_ended = excluded.date_ended, body = excluded.body, call_sid = excluded.call_sid,
           conversation_sid = excluded.conversation_sid, interaction_sid = excluded.interaction_sid",
        vec![
            task.sid.to_string().into(),
            workspace.to_string().into(),
            task.status.as_str().into(),
            i64::from(task.priority).into(),
            task.workflow_sid.map(|sid| sid.to_string()).into(),
            task.task_queue_sid.map(|sid| sid.to_string()).into(),
            task.date_created.into(),
            task.virtual_start_time.into(),
            task.date_ended.into(),
            json(task),
            TaskKey::Call.of(task),
            TaskKey::Conversation.of(task),
            TaskKey::Interaction.of(task),
        ],
    )
}

/// Removes a task and its reservations.
pub(super) fn delete(task: TaskSid) -> Vec<Statement> {
    let sid = task.to_string();
    vec![
        Statement::new("DELETE FROM tasks WHERE sid = $1", vec![sid.as_str().into()]),
        Statement::new("DELETE FROM reservations WHERE task = $1", vec![sid.into()]),
    ]
}

/// Returns the bodies of the tasks that have not ended.
pub(super) async fn live(store: &Store, workspace: WorkspaceSid) -> Result<Vec<Row>, Error> {
    let query = Query::new(
        "SELECT body FROM tasks WHERE workspace = $1 AND date_ended IS NULL ORDER BY date_created, sid",
        vec![workspace.to_string().into()],
    );
    store.query(query).await
}

/// Returns the task with this SID, ended or not.
pub async fn fetch(store: &Store, workspace: WorkspaceSid, task: TaskSid) -> Result<Option<Task>, Error> {
    let query = Query::quick(
        "SELECT body FROM tasks WHERE sid = $1 AND workspace = $2",
        vec![task.to_string().into(), workspace.to_string().into()],
    );
    store.query(query).await?.first().map(|row| row.json(0)).transpose()
}

/// Returns a page of a workspace's tasks.
pub async fn list(
    store: &Store,
    workspace: WorkspaceSid,
    filter: &Filter,
    page: &Page,
) -> Result<Listing<Task>, Error> {
    selection(workspace, filter).page(store, page, |row| row.json(2)).await
}

/// Returns all of a workspace's tasks that a filter holds, oldest first, `limit` at most.
pub async fn all(
    store: &Store,
    workspace: WorkspaceSid,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Task>, Error> {
    Ok(list(store, workspace, filter, &Page::first(limit)).await?.items)
}

fn selection(workspace: WorkspaceSid, filter: &Filter) -> Selection {
    let mut selection = Selection::of("SELECT date_created, sid, body FROM tasks");
    selection.filter("workspace =", workspace.to_string());
    selection.one_of("status", &filter.statuses);
    selection.equal("priority", filter.priority.map(i64::from));
    selection.one_of("workflow", &filter.workflows);
    selection.one_of("queue", &filter.queues);
    for (key, value) in &filter.about {
        selection.filter(&format!("{} =", key.column()), value.as_str());
    }
    if let Some(text) = &filter.holding {
        selection.may_hold("body", text);
    }
    if let Some(since) = filter.ended_since {
        // A task without an end is as if it ended in the far future.
        selection.filter("COALESCE(date_ended, 9223372036854775807) >=", since);
    }
    selection
}
