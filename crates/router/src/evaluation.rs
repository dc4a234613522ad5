//! Evaluation: how a task finds its way through the filters and targets of its workflow.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::{TaskSid, Tick, Timestamp, WorkflowSid};
use expression::Facts;
use serde_json::{Map, Value};

use crate::next_stop::{Leaving, NextStop};
use crate::step::ending::REASON_NO_TARGET;
use crate::workflow::target::{KnownWorker, KnownWorkerRule, Place, Standing, Target};
use crate::workspace::Workspace;
use crate::{NoticeKind, RoutingTarget, Task};

/// How long a worker may think about an offer where no workflow says so.
pub(crate) const RESERVATION_TIMEOUT_SECS: u32 = 120;

impl Workspace {
    /// Sends a new task on its way.
    pub(crate) fn route(&mut self, sid: TaskSid, tick: &mut Tick) {
        let task = &self.tasks[&sid];
        match (task.routing_target, task.workflow_sid) {
            (Some(RoutingTarget::Worker(worker)), _) => {
                let wait = Duration::from_secs(self.reservation_timeout_secs(task).into());
                let deadline = Some(tick.now + wait);
                let standing = Standing { deadline, ..standing_at(Place::Worker(worker), None, tick.now) };
                self.change_task(sid, tick.now).standing = Some(standing);
                self.reindex_task(sid);
                self.wake_task(sid);
                if self.tasks[&sid].task_queue_sid.is_some() {
                    self.announce_task(NoticeKind::TaskQueueEntered, sid, tick);
                }
            }
            (Some(RoutingTarget::TaskQueue(queue)), _) => {
                self.enter_target(sid, Place::Queue, Arc::new(Target::of_queue(queue)), tick.now, tick);
            }
            (Some(RoutingTarget::Workflow(workflow)), _) | (None, Some(workflow)) => {
                self.enter_workflow(sid, workflow, tick);
            }
            (None, None) => self.cancel_task(sid, REASON_NO_TARGET, tick),
        }
    }

    /// Walks a task through its workflow from the top.
    pub(crate) fn enter_workflow(&mut self, sid: TaskSid, workflow: WorkflowSid, tick: &mut Tick) {
        self.announce_task(NoticeKind::WorkflowEntered, sid, tick);
        let stop = self.first_stop(&self.tasks[&sid], workflow);
        self.go_to(sid, stop, tick);
    }

    /// Asks workers for a waiting task, or moves it on, until it is offered, waits or has ended.
    pub(crate) fn place(&mut self, sid: TaskSid, tick: &mut Tick) {
        loop {
            self.pass_deadlines(sid, tick);
            self.awake_tasks.remove(&sid);
            if self.waiting_task(sid).is_none() || self.offer_if_suited(sid, tick) || !self.is_skipped(sid) {
                return;
            }
            self.leave_target(sid, Leaving::Skipped, tick);
        }
    }

    /// Moves a waiting task out of targets whose time is over. Nobody is asked for a target that is over.
    pub(crate) fn pass_deadlines(&mut self, sid: TaskSid, tick: &mut Tick) {
        let now = tick.now;
        let is_over = |standing: &Standing| standing.deadline.is_some_and(|deadline| deadline <= now);
        while self.waiting_task(sid).and_then(|task| task.standing.as_ref()).is_some_and(is_over) {
            self.time_out_of_target(sid, tick);
        }
    }

    /// Asks workers for a waiting task and leaves it where it is; tells whether anybody was asked.
    pub(crate) fn offer_if_suited(&mut self, sid: TaskSid, tick: &mut Tick) -> bool {
        if self.waiting_task(sid).is_none() {
            return false;
        }
        let chosen = self.choose_workers(sid);
        if !chosen.is_empty() {
            self.offer(sid, &chosen, tick);
        }
        !chosen.is_empty()
    }

    /// Returns how long a worker may think about an offer of this task.
    pub(crate) fn reservation_timeout_secs(&self, task: &Task) -> u32 {
        let workflow = task.workflow_sid.and_then(|sid| self.workflows.get(&sid));
        workflow.map_or(RESERVATION_TIMEOUT_SECS, |workflow| workflow.task_reservation_timeout_secs)
    }

    fn waiting_task(&self, sid: TaskSid) -> Option<&Task> {
        self.tasks.get(&sid).filter(|task| self.is_waiting(task))
    }

    fn time_out_of_target(&mut self, sid: TaskSid, tick: &mut Tick) {
        let place = self.tasks[&sid].standing.as_ref().map(|standing| standing.place);
        if let Some(Place::Worker(_)) = place {
            return self.fail_direct_offer(sid, tick);
        }
        self.announce_task(NoticeKind::TaskQueueTimeout, sid, tick);
        self.leave_target(sid, Leaving::TimedOut, tick);
    }

    /// Moves a task to the next target, or to the next filter that takes it.
    fn leave_target(&mut self, sid: TaskSid, leaving: Leaving, tick: &mut Tick) {
        if let Some(stop) = self.next_stop(&self.tasks[&sid], leaving) {
            self.go_to(sid, stop, tick);
        }
    }

    fn go_to(&mut self, sid: TaskSid, stop: NextStop, tick: &mut Tick) {
        match stop {
            NextStop::Top(workflow) => self.enter_workflow(sid, workflow, tick),
            NextStop::SameFilter(place, target) => {
                let entered = self.tasks[&sid].standing.as_ref().map(|standing| standing.filter_entered);
                self.enter_target(sid, place, target, entered.unwrap_or(tick.now), tick);
            }
            NextStop::OtherFilter(place, target) => self.enter_target(sid, place, target, tick.now, tick),
            NextStop::Out(kind, reason) => {
                self.announce_task(kind, sid, tick);
                self.cancel_task(sid, reason, tick);
            }
        }
    }

    fn enter_target(
        &mut self,
        sid: TaskSid,
        place: Place,
        target: Arc<Target>,
        entered: Timestamp,
        tick: &mut Tick,
    ) {
        let task = &self.tasks[&sid];
        let workflow = workflow_of(task).filter(|_| place != Place::Queue);
        let limit = workflow.and_then(|workflow| self.time_limit(workflow, place));
        let next = Standing {
            known_worker: self.known_worker(task, &target),
            deadline: limit.map(|limit| entered + limit),
            revision: workflow
                .and_then(|sid| self.workflows.get(&sid))
                .map_or(0, |workflow| workflow.revision),
            ..standing_at(place, Some(target.clone()), entered)
        };
        let queue_before = task.task_queue_sid;
        let task = self.change_task(sid, tick.now);
        task.priority = target.priority.unwrap_or(task.priority);
        task.standing = Some(next);
        if queue_before != Some(target.queue) {
            task.task_queue_sid = Some(target.queue);
            task.task_queue_entered_date = Some(tick.now);
        }
        self.reindex_task(sid);
        self.wake_task(sid);
        self.announce_entry(sid, place, queue_before, tick);
    }

    fn announce_entry(
        &mut self,
        sid: TaskSid,
        place: Place,
        queue_before: Option<domain::TaskQueueSid>,
        tick: &mut Tick,
    ) {
        if place != Place::Queue {
            self.announce_task(NoticeKind::WorkflowTargetMatched, sid, tick);
        }
        match queue_before {
            None => self.announce_task(NoticeKind::TaskQueueEntered, sid, tick),
            Some(before) if self.tasks[&sid].task_queue_sid != Some(before) => {
                self.announce_task(NoticeKind::TaskQueueMoved, sid, tick);
            }
            Some(_) => {}
        }
    }

    /// Adds up the time of a filter's targets up to this one; a target without a limit keeps its tasks.
    pub(crate) fn time_limit(&self, workflow: WorkflowSid, place: Place) -> Option<Duration> {
        let Place::Filter { filter, target } = place else { return None };
        let targets = &self.routings.get(&workflow)?.filters.get(filter)?.targets;
        targets.get(target)?.timeout_secs?;
        let sum: u64 =
            targets.iter().take(target + 1).filter_map(|target| target.timeout_secs).map(u64::from).sum();
        Some(Duration::from_secs(sum))
    }

    /// Looks up the worker whom the task's attributes name.
    pub(crate) fn known_worker(&self, task: &Task, target: &Target) -> KnownWorker {
        let Some(rule) = &target.known_worker else { return KnownWorker::Anyone };
        let named = rule.find(task.attributes.value());
        let worker = named.and_then(|text| match rule {
            KnownWorkerRule::Sid(_) => text.parse().ok(),
            KnownWorkerRule::FriendlyName(_) => self.roster.by_name(text),
        });
        worker
            .filter(|worker| self.workers.contains_key(worker))
            .map_or(KnownWorker::Nobody, KnownWorker::Worker)
    }

    /// Tells whether a task to whom nobody suits does not wait in its target. A queue that was deleted since
    /// the workflow was written has nobody, so nobody waits there.
    fn is_skipped(&self, sid: TaskSid) -> bool {
        let Some(standing) = self.tasks.get(&sid).and_then(|task| task.standing.as_ref()) else {
            return false;
        };
        standing.target.as_ref().is_some_and(|target| self.would_skip(standing.place, target))
    }

    /// Tells whether a task to whom nobody suits would not wait in a target.
    pub(crate) fn would_skip(&self, place: Place, target: &Target) -> bool {
        let Place::Filter { .. } = place else { return false };
        if !self.task_queues.contains_key(&target.queue) {
            return true;
        }
        let Some(expression) = &target.skip_if else { return false };
        expression.matches(&Facts::workers(&self.counters(target)))
    }

    /// Counts a queue's workers by what they do; a busy worker in an available activity counts as available.
    fn counters(&self, target: &Target) -> Value {
        let mut counts: BTreeMap<String, u64> =
            self.activities.keys().map(|activity| (activity.to_string(), 0)).collect();
        counts.extend([("available".to_owned(), 0), ("unavailable".to_owned(), 0)]);
        for worker in self.roster.crew(target.queue).filter_map(|worker| self.workers.get(&worker)) {
            let availability = if self.is_available(worker) { "available" } else { "unavailable" };
            for counter in [availability, &worker.activity_sid.to_string()] {
                *counts.entry(counter.to_owned()).or_default() += 1;
            }
        }
        Value::Object(counts.into_iter().map(|(name, count)| (name, count.into())).collect::<Map<_, _>>())
    }
}

/// Returns the workflow that a task walks through.
pub(crate) fn workflow_of(task: &Task) -> Option<WorkflowSid> {
    match task.routing_target {
        Some(RoutingTarget::Workflow(workflow)) => Some(workflow),
        Some(RoutingTarget::TaskQueue(_) | RoutingTarget::Worker(_)) => None,
        None => task.workflow_sid,
    }
}

/// Returns the standing of a task that has just come to a stop.
pub(crate) fn standing_at(place: Place, target: Option<Arc<Target>>, now: Timestamp) -> Standing {
    Standing {
        place,
        target,
        known_worker: KnownWorker::Anyone,
        filter_entered: now,
        deadline: None,
        revision: 0,
    }
}
