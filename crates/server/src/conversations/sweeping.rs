//! The sweep: at the start and every minute, what conversations count on is compared with the tasks that live.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use conversation::{Conversation, TaskEndPolicy};
use domain::{ConversationSid, TaskSid, WorkspaceSid};
use store::{Error, conversations, routing, tasks};

use super::desk::{self, Request};
use super::router_join::policy_of;
use crate::clock;
use crate::house::House;

/// How often conversations are swept.
const PERIOD: Duration = Duration::from_secs(60);

/// A task that ended this lately is about to be told to its conversation.
const GRACE: Duration = Duration::from_secs(30);

/// Sweeps for as long as the process runs.
pub(crate) async fn keep(house: Arc<House>) {
    loop {
        if let Err(error) = sweep(&house).await {
            tracing::error!(%error, "conversations could not be swept");
        }
        tokio::time::sleep(PERIOD).await;
    }
}

async fn sweep(house: &Arc<House>) -> Result<(), Error> {
    for conversation in conversations::with_agents(&house.store).await? {
        let Some((workspace, counted_on)) = counted_on(house, conversation).await else { continue };
        let mut gone = BTreeSet::new();
        for task in counted_on {
            if !is_alive(house, task).await? {
                gone.insert(task);
            }
        }
        let request = Request::Sweep { gone, policy: policy(house, workspace).await };
        desk::turn(house, conversation, request, desk::nothing()).await?;
    }
    Ok(())
}

/// Returns the workspace of a conversation's agents, and the tasks that the conversation counts on.
async fn counted_on(house: &Arc<House>, sid: ConversationSid) -> Option<(WorkspaceSid, Vec<TaskSid>)> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let look = move |conversation: &Conversation| {
        let last = conversation.interactions().last();
        let workspace = last.map(|interaction| interaction.channel.routing.workspace_sid);
        let tasks = conversation.interactions().flat_map(|interaction| interaction.live_tasks()).collect();
        // Whoever looks may have gone meanwhile.
        let _ = answer.send(workspace.map(|workspace| (workspace, tasks)));
    };
    desk::look(house, sid, Box::new(look)).await.ok()?;
    answered.await.ok()?
}

async fn is_alive(house: &House, task: TaskSid) -> Result<bool, Error> {
    let Some(workspace) = routing::workspace_of_task(&house.store, task).await? else { return Ok(false) };
    let found = tasks::fetch(&house.store, workspace, task).await?;
    let ended_long_ago = |ended| clock::now().since(ended) > GRACE;
    Ok(found.is_some_and(|task| !task.date_ended.is_some_and(ended_long_ago)))
}

/// Returns what the workspace says about the end of tasks.
async fn policy(house: &House, workspace: WorkspaceSid) -> TaskEndPolicy {
    let (answer, answered) = tokio::sync::oneshot::channel();
    if let Ok(handle) = house.workspaces.get(workspace) {
        let look = move |workspace: &router::Workspace| {
            // Whoever looks may have gone meanwhile.
            let _ = answer.send(policy_of(workspace.settings().on_task_end));
        };
        if handle.look(Box::new(look)).await.is_ok() {
            return answered.await.unwrap_or(TaskEndPolicy::Close);
        }
    }
    TaskEndPolicy::Close
}
