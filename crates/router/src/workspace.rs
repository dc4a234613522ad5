//! The workspace: one aggregate with everything in memory.

use std::collections::BTreeMap;

use domain::*;

use crate::*;

/// Everything of one workspace: its settings, its people, its rules and its live tasks.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(crate) settings: Settings,
    pub(crate) activities: BTreeMap<ActivitySid, Activity>,
    pub(crate) task_channels: BTreeMap<TaskChannelSid, TaskChannel>,
    pub(crate) workers: BTreeMap<WorkerSid, Worker>,
    pub(crate) task_queues: BTreeMap<TaskQueueSid, TaskQueue>,
    pub(crate) workflows: BTreeMap<WorkflowSid, Workflow>,
    pub(crate) tasks: BTreeMap<TaskSid, Task>,
    pub(crate) reservations: BTreeMap<ReservationSid, Reservation>,
}

impl Workspace {
    /// Makes a workspace with its default activities and task channels, and what the template adds.
    pub fn create(_setup: CreateWorkspace, _tick: &mut Tick) -> Result<(Workspace, Vec<Action>), Refusal> {
        Err(Refusal::wrong_state("creation comes with the engine's bodies"))
    }

    /// Reads a workspace back from its live records; records of what has ended may be absent.
    pub fn load(_records: Vec<Record>) -> Result<Workspace, LoadError> {
        Err(LoadError::NoWorkspace)
    }

    /// Carries out a command, or says why not. A refusal changes nothing.
    pub fn execute(&mut self, _command: Command, _tick: &mut Tick) -> Result<Outcome, Refusal> {
        Err(Refusal::wrong_state("commands come with the engine's bodies"))
    }

    /// Applies one event and returns what the world must do.
    pub fn handle(&mut self, _event: Event, _tick: &mut Tick) -> Vec<Action> {
        vec![]
    }

    /// Returns when the engine next wants to be called with [`Event::TimeReached`].
    pub fn next_timeout(&self) -> Option<Timestamp> {
        None
    }

    /// Returns the rows to write since this was last asked.
    pub fn take_changes(&mut self) -> Vec<Change> {
        vec![]
    }
}
