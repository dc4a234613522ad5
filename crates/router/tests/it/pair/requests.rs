//! The model's requests as commands of the engine.

use domain::{Sid, WorkerSid};
use router::*;
use serde_json::json;

use super::{Pair, time};
use crate::model::{
    Answer, Ask, Direct, NewTask, OfQueue, OfTask, OfWorker, Rules, TaskChannel, name_of_worker,
};

impl Pair {
    pub(super) fn command(&self, ask: &Ask) -> Command {
        match ask.clone() {
            Ask::Wait(_) => unreachable!("a pause is no request"),
            Ask::CreateTask(new) => Command::CreateTask(self.create_task(&new)),
            Ask::OfTask(task, ask) => self.of_task(task, ask),
            Ask::Answer { reservation, answer } => Command::UpdateReservation(UpdateReservation {
                sid: self.reservations[reservation],
                if_match: None,
                answer: answer_of(answer),
            }),
            Ask::Transfer { reservation, to, is_cold } => Command::StartTransfer(StartTransfer {
                task_sid: self.tasks[self.model.reservations[reservation].task],
                reservation_sid: self.reservations[reservation],
                to: match to {
                    Direct::Worker(worker) => TransferTarget::Worker(self.workers[worker]),
                    Direct::Queue(queue) => TransferTarget::TaskQueue(self.queues[queue]),
                    Direct::Workflow => unreachable!("tasks are not handed on to workflows"),
                },
                mode: Some(if is_cold { TransferMode::Cold } else { TransferMode::Warm }),
                attributes: None,
                priority: None,
            }),
            Ask::CreateWorker { skills, activity } => Command::CreateWorker(CreateWorker {
                friendly_name: name_of_worker(self.workers.len()),
                activity_sid: Some(self.activity(activity)),
                attributes: Some(abilities(&skills, None)),
            }),
            Ask::OfWorker(worker, ask) => self.of_worker(self.workers[worker], ask),
            Ask::OfQueue(queue, OfQueue::Rules { crew, at_once, order }) => {
                Command::UpdateTaskQueue(UpdateTaskQueue {
                    target_workers: Some(crew.text().to_owned()),
                    max_reserved_workers: Some(at_once as u32),
                    task_order: Some(order),
                    ..UpdateTaskQueue::of(self.queues[queue])
                })
            }
            Ask::OfQueue(queue, OfQueue::Delete) => {
                Command::DeleteTaskQueue(DeleteTaskQueue { sid: self.queues[queue] })
            }
            Ask::SetRules { rules, re_evaluates } => self.set_rules(&rules, re_evaluates),
            Ask::Prefer { kind, priorities } => Command::UpdateWorkspace(UpdateWorkspace {
                prioritize_queue_order: Some(kind),
                priority_order: Some(priorities),
                ..UpdateWorkspace::default()
            }),
        }
    }

    fn of_task(&self, task: usize, ask: OfTask) -> Command {
        let sid = self.tasks[task];
        let update = UpdateTask::of(sid);
        Command::UpdateTask(match ask {
            OfTask::Priority(priority) => UpdateTask { priority: Some(priority), ..update },
            OfTask::Language(language) => {
                let attributes = self.attributes(language, self.model.tasks[task].colleague);
                UpdateTask { attributes: Some(attributes), ..update }
            }
            OfTask::Channel(channel) => UpdateTask { task_channel: Some(name(channel)), ..update },
            OfTask::End(status, reason) => {
                UpdateTask { status: Some(status), reason: reason.map(ToOwned::to_owned), ..update }
            }
            OfTask::Delete => return Command::DeleteTask(DeleteTask { sid, if_match: None }),
            OfTask::CancelTransfer => {
                // Where none is open, the last one stands for its refusal.
                let last = self.engine.task(sid).and_then(|it| it.transfers.last());
                let transfer = last.map_or_else(|| Sid::from_bits(0), |transfer| transfer.sid);
                return Command::CancelTransfer(CancelTransfer { task_sid: sid, sid: transfer });
            }
        })
    }

    fn of_worker(&self, sid: WorkerSid, ask: OfWorker) -> Command {
        let update = UpdateWorker::of(sid);
        Command::UpdateWorker(match ask {
            OfWorker::Activity { activity, rejects } => UpdateWorker {
                activity_sid: Some(self.activity(activity)),
                reject_pending_reservations: rejects,
                ..update
            },
            OfWorker::Skills { skills, level } => {
                UpdateWorker { attributes: Some(abilities(&skills, level)), ..update }
            }
            OfWorker::Channel { channel, capacity, is_open } => {
                return Command::UpdateWorkerChannel(UpdateWorkerChannel {
                    worker_sid: sid,
                    channel: name(channel),
                    capacity: Some(capacity),
                    available: Some(is_open),
                });
            }
            OfWorker::Delete => return Command::DeleteWorker(DeleteWorker { sid, if_match: None }),
        })
    }

    fn set_rules(&self, rules: &Rules, re_evaluates: bool) -> Command {
        let queues: Vec<String> = self.queues.iter().map(ToString::to_string).collect();
        Command::UpdateWorkflow(UpdateWorkflow {
            configuration: Some(rules.text(&queues)),
            re_evaluate_tasks: re_evaluates,
            ..UpdateWorkflow::of(self.engine.workflows().next().unwrap().sid)
        })
    }

    fn create_task(&self, new: &NewTask) -> CreateTask {
        CreateTask {
            attributes: Some(self.attributes(new.language, new.colleague)),
            task_channel: Some(name(new.channel)),
            priority: Some(new.priority),
            timeout_secs: Some(new.timeout as u32),
            virtual_start_time: Some(time(self.model.now - new.waited * 1_000)),
            routing_target: new.direct.map(|direct| match direct {
                Direct::Worker(worker) => RoutingTarget::Worker(self.workers[worker]),
                Direct::Queue(queue) => RoutingTarget::TaskQueue(self.queues[queue]),
                Direct::Workflow => RoutingTarget::Workflow(self.engine.workflows().next().unwrap().sid),
            }),
            ignore_capacity: Some(new.ignores_capacity),
            ..CreateTask::default()
        }
    }

    fn attributes(&self, language: &str, colleague: Option<usize>) -> String {
        let name = colleague.map(|worker| self.model.workers[worker].name.to_uppercase());
        let sid = colleague.map(|worker| self.workers[worker].to_string());
        json!({ "language": language, "colleague": name, "colleague_sid": sid }).to_string()
    }
}

fn name(channel: TaskChannel) -> String {
    match channel {
        TaskChannel::Default => "default".to_owned(),
        TaskChannel::Chat => "chat".to_owned(),
    }
}

fn abilities(skills: &[&str], level: Option<u32>) -> String {
    json!({ "skills": skills, "level": level }).to_string()
}

fn answer_of(answer: Answer) -> ReservationAnswer {
    match answer {
        Answer::Accept => ReservationAnswer::Accept,
        Answer::Hold => ReservationAnswer::Hold,
        Answer::FailSetUp => ReservationAnswer::FailSetUp(13_223),
        Answer::Reject => ReservationAnswer::Reject(None),
        Answer::Wrap => ReservationAnswer::Wrap,
        Answer::Complete => ReservationAnswer::Complete,
    }
}
