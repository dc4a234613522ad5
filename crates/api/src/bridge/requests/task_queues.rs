//! The workspace's task queues.

use super::{Call, Payload, paging};
use crate::resources::taskrouter::task_queues;

/// Lists the task queues that the filters hold.
pub(super) async fn list(call: &Call<'_>) -> Payload {
    let parameters = call.parameters.clone();
    call.look(move |view, shapes| {
        let found = task_queues::select(view, &parameters)?;
        paging::page(&found, &parameters, |it| it.sid.to_string(), |it| shapes.task_queue(view.workspace, it))
    })
    .await?
}
