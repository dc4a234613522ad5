//! Every request that can be refused: it mirrors the public API, a struct for each, a file for each noun.
//!
//! Parameters keep the published defaults: an `Option` that is `None` was not given.

mod activity;
mod reservation;
mod task;
mod task_channel;
mod task_queue;
mod transfer;
mod worker;
mod workflow;
mod workspace;

use domain::{ActivitySid, TaskChannelSid, TaskQueueSid, WorkerSid, WorkflowSid};

use crate::{Action, Reservation, Task};

pub use activity::{CreateActivity, DeleteActivity, UpdateActivity};
pub use reservation::{CallInstruction, ReservationAnswer, UpdateReservation};
pub use task::{CreateTask, DeleteTask, UpdateTask};
pub use task_channel::{CreateTaskChannel, DeleteTaskChannel, UpdateTaskChannel};
pub use task_queue::{CreateTaskQueue, DeleteTaskQueue, UpdateTaskQueue};
pub use transfer::{CancelTransfer, StartTransfer};
pub use worker::{CreateWorker, DeleteWorker, UpdateWorker, UpdateWorkerChannel};
pub use workflow::{CreateWorkflow, DeleteWorkflow, UpdateWorkflow};
pub use workspace::{CreateWorkspace, DeleteWorkspace, UpdateWorkspace};

/// A request that can be refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Changes the workspace's own resource.
    UpdateWorkspace(UpdateWorkspace),
    /// Deletes the workspace and all in it.
    DeleteWorkspace(DeleteWorkspace),
    /// Creates an activity.
    CreateActivity(CreateActivity),
    /// Renames an activity.
    UpdateActivity(UpdateActivity),
    /// Deletes an activity.
    DeleteActivity(DeleteActivity),
    /// Creates a task channel.
    CreateTaskChannel(CreateTaskChannel),
    /// Changes a task channel.
    UpdateTaskChannel(UpdateTaskChannel),
    /// Deletes a task channel.
    DeleteTaskChannel(DeleteTaskChannel),
    /// Creates a worker.
    CreateWorker(CreateWorker),
    /// Changes a worker.
    UpdateWorker(UpdateWorker),
    /// Deletes a worker.
    DeleteWorker(DeleteWorker),
    /// Changes a worker's channel.
    UpdateWorkerChannel(UpdateWorkerChannel),
    /// Creates a task queue.
    CreateTaskQueue(CreateTaskQueue),
    /// Changes a task queue.
    UpdateTaskQueue(UpdateTaskQueue),
    /// Deletes a task queue.
    DeleteTaskQueue(DeleteTaskQueue),
    /// Creates a workflow.
    CreateWorkflow(CreateWorkflow),
    /// Changes a workflow.
    UpdateWorkflow(UpdateWorkflow),
    /// Deletes a workflow.
    DeleteWorkflow(DeleteWorkflow),
    /// Creates a task.
    CreateTask(CreateTask),
    /// Changes or ends a task.
    UpdateTask(UpdateTask),
    /// Deletes a task.
    DeleteTask(DeleteTask),
    /// Answers a reservation or moves it on.
    UpdateReservation(UpdateReservation),
    /// Hands a task on to another worker or a queue.
    StartTransfer(StartTransfer),
    /// Calls a transfer off.
    CancelTransfer(CancelTransfer),
}

/// What a command did.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What the world must do.
    pub actions: Vec<Action>,
    /// What was created, changed or deleted.
    pub subject: Subject,
}

/// What a command created or changed, to answer with.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The workspace's own resource.
    Workspace,
    /// An activity.
    Activity(ActivitySid),
    /// A task channel.
    TaskChannel(TaskChannelSid),
    /// A worker.
    Worker(WorkerSid),
    /// A worker's channel.
    WorkerChannel(WorkerSid, TaskChannelSid),
    /// A task queue.
    TaskQueue(TaskQueueSid),
    /// A workflow.
    Workflow(WorkflowSid),
    /// A task as the command left it; an ended one has left the workspace's memory.
    Task(Box<Task>),
    /// A reservation as the command left it; with its task it may have left the workspace's memory.
    Reservation(Box<Reservation>),
    /// Something that is gone.
    Deleted,
}
