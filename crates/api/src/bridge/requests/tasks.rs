//! Tasks: those of the worker, and outbound ones that the worker makes.

use domain::TaskSid;
use router::{Command, CreateTask, Subject, Task};

use super::{Call, Payload};
use crate::bridge::shapes::snapshot_of_task;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::resources::taskrouter::tasks;

/// Creates a task.
pub(super) async fn create(call: &Call<'_>) -> Payload {
    let names = ["TaskChannelUniqueName", "TaskChannelSid"];
    let task_channel = names.into_iter().find_map(|name| call.parameters.filled(name)).map(str::to_owned);
    let creation = tasks::read_creation(&call.parameters)?;
    let command = CreateTask { task_channel: task_channel.or(creation.task_channel), ..creation };
    done(call, call.route(Command::CreateTask(command)).await?).await
}

/// Shows a task, one that has ended too.
pub(super) async fn fetch(call: &Call<'_>, sid: TaskSid) -> Payload {
    let live = call.look(move |view, _| view.workspace.task(sid).cloned()).await?;
    match live {
        Some(task) => show(call, task).await,
        None => {
            let ended = tasks::ended(call.app, call.bearer.workspace, sid).await?;
            show(call, ended.ok_or_else(ApiError::not_found)?).await
        }
    }
}

/// Changes or ends a task.
pub(super) async fn update(call: &Call<'_>, sid: TaskSid) -> Payload {
    call.must_have(sid).await?;
    let command = tasks::read_update(sid, call.if_match, &call.parameters)?;
    match call.route(Command::UpdateTask(command)).await {
        Ok(subject) => done(call, subject).await,
        Err(error) if error.entry() == catalog::NOT_FOUND => {
            Err(tasks::too_late(call.app, call.bearer.workspace, sid).await?)
        }
        Err(error) => Err(error),
    }
}

async fn done(call: &Call<'_>, subject: Subject) -> Payload {
    let Subject::Task(task) = subject else {
        tracing::error!(?subject, "a command about a task was answered without it");
        return Err(ApiError::new(catalog::INTERNAL, catalog::INTERNAL.title));
    };
    show(call, *task).await
}

async fn show(call: &Call<'_>, task: Task) -> Payload {
    call.look(move |view, shapes| shapes.task(&snapshot_of_task(view.workspace, &task))).await
}
