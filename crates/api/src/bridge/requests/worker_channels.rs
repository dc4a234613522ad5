//! A worker's channels: read only, since capacity is changed by REST.

use domain::WorkerSid;
use router::WorkerChannel;

use super::{Call, Payload, paging};
use crate::bridge::shapes::Capacity;
use crate::error::ApiError;

/// Lists a worker's channels.
pub(super) async fn list(call: &Call<'_>, worker: WorkerSid) -> Payload {
    let parameters = call.parameters.clone();
    call.look(move |view, shapes| {
        let worker = view.workspace.worker(worker).ok_or_else(ApiError::not_found)?;
        let show = |channel: &&WorkerChannel| {
            let task_channel = view.workspace.task_channel(channel.task_channel_sid);
            let capacity = Capacity {
                task_channel_unique_name: task_channel.map_or("", |it| &it.unique_name),
                available_percentage: channel.available_capacity_percentage(),
                assigned_tasks: channel.assigned_tasks,
            };
            shapes.channel(worker, channel, &capacity)
        };
        let found: Vec<&WorkerChannel> = worker.channels.iter().collect();
        paging::page(&found, &parameters, |it| it.sid.to_string(), show)
    })
    .await?
}
