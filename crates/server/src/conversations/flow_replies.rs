//! What flows hear of conversations: the messages, and that an interaction has its task.

use std::sync::Arc;

use api::{Failure, conversation_hooks, payloads};
use conversation::FlowMessage;
use domain::{ConversationSid, InteractionSid, TaskSid};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::{Error, routing};
use tokio::sync::oneshot;

use super::flow_orders::FlowAsker;
use crate::errand::{Contact, Errand, Owed};
use crate::house::House;
use crate::work::Work;
use crate::{clock, executions};

/// What became of an interaction that a flow asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct InteractionNews {
    /// The conversation.
    pub(crate) conversation: ConversationSid,
    /// The interaction.
    pub(crate) interaction: InteractionSid,
    /// Its task, or why there is none.
    pub(crate) task: Result<TaskSid, String>,
}

/// Gives a message of a conversation to a flow: to its execution there, or to a new one.
pub(crate) async fn pass_message(
    house: &Arc<House>,
    owed: &Owed,
    conversation: ConversationSid,
    message: &FlowMessage,
) -> Result<(), Error> {
    let payload = conversation_hooks::flow_message(message);
    let mut work = Work::settling(owed);
    executions::give_conversation_message(house, &mut work, message.flow_sid, (conversation, payload))
        .await?;
    house.commit(work).await
}

/// Tells an execution what became of the interaction that it asked for.
pub(crate) async fn tell_of_interaction(
    house: &Arc<House>,
    owed: &Owed,
    asker: &FlowAsker,
    news: &InteractionNews,
) -> Result<(), Error> {
    let request = asker.request;
    let event = match &news.task {
        Ok(task) => {
            let task = task_of(house, *task).await?;
            let interaction = conversation_hooks::interaction(news.interaction, news.conversation, &task);
            flow::Event::InteractionCreated { request, interaction }
        }
        Err(reason) => flow::Event::InteractionRefused { request, reason: reason.clone() },
    };
    executions::tell(house, owed, asker.execution, event).await
}

impl InteractionNews {
    /// Makes the errand that tells the execution that asked for it; none where no flow did.
    pub(super) fn errand(self, token: Option<String>) -> Option<Errand> {
        let asker = FlowAsker::of_token(&token?)?;
        Some(Errand::TellOfInteraction { asker: Box::new(asker), news: Box::new(self) })
    }
}

/// The lane of what concerns one conversation's executions.
pub(crate) fn lane_of(conversation: ConversationSid) -> Contact {
    Contact::new("", conversation.to_string())
}

/// Returns a task as the API shows it; one that has ended already by its SID alone.
async fn task_of(house: &House, sid: TaskSid) -> Result<Map<String, Value>, Error> {
    let ended = || Map::from_iter([("sid".to_owned(), json!(sid))]);
    let Some(workspace) = routing::workspace_of_task(&house.store, sid).await? else { return Ok(ended()) };
    let (answer, answered) = oneshot::channel();
    let look = move |workspace: &router::Workspace| {
        let task = workspace.task(sid).map(|task| payloads::task(task, workspace, clock::now()));
        // Whoever looks may have gone meanwhile.
        let _ = answer.send(task);
    };
    let looked: Result<(), Failure> = match house.workspaces.get(workspace) {
        Ok(handle) => handle.look(Box::new(look)).await,
        Err(failure) => Err(failure),
    };
    let found = if looked.is_ok() { answered.await.ok().flatten() } else { None };
    Ok(found.unwrap_or_else(ended))
}
