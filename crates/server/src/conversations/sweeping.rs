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

#[cfg(test)]
mod tests {
    use api::{InboundMessage, LiveEvent, LiveEvents};
    use conversation::{ChannelStatus, Fact, Repair};
    use router::{Change, RecordKey};
    use store::Unit;

    use super::*;
    use crate::embedded::Embedded;

    #[tokio::test]
    async fn a_task_that_is_gone_without_a_word_closes_its_conversation_and_that_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let product = Embedded::open(folder.path()).await.unwrap();
        let house = &product.installation.house;
        let mut events = product.live_events();
        product.receive_message(text()).await.unwrap();
        let is_active = |fact: &Fact| matches!(fact, Fact::ChannelStatusUpdated(.., ChannelStatus::Active));
        hear(&mut events, is_active).await;
        sweep(house).await.unwrap();
        let [conversation] = conversations::with_agents(&house.store).await.unwrap()[..] else {
            panic!("what is well is left alone");
        };
        let (workspace, tasks) = counted_on(house, conversation).await.unwrap();
        assert_eq!(tasks.len(), 1);
        let gone = routing::write(workspace, &Change::Delete(RecordKey::Task(tasks[0])));
        let mut unit = Unit::new();
        unit.extend(gone);
        house.store.commit(unit).await.unwrap();
        sweep(house).await.unwrap();
        hear(&mut events, |fact| *fact == Fact::OrphanRepaired(Repair::TaskGone)).await;
        assert_eq!(conversations::with_agents(&house.store).await.unwrap(), []);
    }

    fn text() -> InboundMessage {
        InboundMessage {
            from: "+15551230001".parse().unwrap(),
            to: "+15555550100".parse().unwrap(),
            body: "Hello".into(),
            media: vec![],
            profile_name: None,
        }
    }

    /// Waits until a conversation tells this.
    async fn hear(events: &mut LiveEvents, is_meant: impl Fn(&Fact) -> bool) {
        loop {
            let heard = events.recv().await.unwrap();
            let is_it = |event: &LiveEvent| matches!(event, LiveEvent::Conversation(notice) if is_meant(&notice.fact));
            if heard.iter().any(is_it) {
                return;
            }
        }
    }
}
