//! The workspaces in which sequences begin: one of several kinds, the same for both.

use domain::{AccountSid, Sid, Tick};
use router::*;
use serde_json::json;

use super::{Pair, START, TIME_TO_ANSWER, time};
use crate::model::{self, Activity, Crew, Model};

impl Pair {
    /// Makes the queues, and the settings of the kind of workspace.
    pub(super) fn furnish(&mut self) {
        for queue in self.model.queues.clone() {
            let command = CreateTaskQueue {
                friendly_name: format!("queue {}", self.queues.len()),
                target_workers: Some(queue.crew.text().to_owned()),
                max_reserved_workers: Some(queue.at_once as u32),
                task_order: Some(queue.order),
                reservation_activity_sid: queue.when_reserved.map(|activity| self.activity(activity)),
                assignment_activity_sid: queue.when_assigned.map(|activity| self.activity(activity)),
            };
            if let Subject::TaskQueue(sid) = self.set_up(Command::CreateTaskQueue(command)) {
                self.queues.push(sid);
            }
        }
        let first = json!({"task_routing": {"filters": []}}).to_string();
        self.set_up(Command::CreateWorkflow(CreateWorkflow {
            friendly_name: "workflow".to_owned(),
            configuration: first,
            task_reservation_timeout_secs: Some(TIME_TO_ANSWER as u32),
            ..CreateWorkflow::default()
        }));
        let chat = self.engine.find_task_channel("chat").unwrap().sid;
        self.set_up(Command::UpdateTaskChannel(UpdateTaskChannel {
            sid: chat,
            friendly_name: None,
            channel_optimized_routing: Some(self.model.chat_counts_alone),
        }));
        self.set_up(Command::UpdateWorkspace(UpdateWorkspace {
            assigned_task_lifetime_secs: Some(self.model.lifetime),
            ..UpdateWorkspace::default()
        }));
    }

    fn set_up(&mut self, command: Command) -> Subject {
        self.model.now += 1;
        let mut tick = self.tick();
        self.engine.execute(command, &mut tick).unwrap().subject
    }
}

pub(super) fn empty_engine(multitasking: bool) -> Workspace {
    let setup = CreateWorkspace {
        account_sid: AccountSid::from_bits(1),
        friendly_name: "Centre".to_owned(),
        template: Template::None,
        event_callback_url: None,
        events_filter: None,
        multi_task_enabled: Some(multitasking),
        prioritize_queue_order: None,
    };
    Workspace::create(setup, &mut Tick::new(time(START), 0)).unwrap().0
}

pub(super) fn empty_model(multitasking: bool, chat_counts_alone: bool, lifetime: u64) -> Model {
    let queue = |crew, at_once, order| model::Queue {
        exists: true,
        crew,
        at_once,
        order,
        when_reserved: None,
        when_assigned: None,
    };
    let moving = model::Queue {
        when_reserved: Some(Activity::Break),
        when_assigned: Some(Activity::Unavailable),
        ..queue(Crew::English, 1, TaskOrder::Fifo)
    };
    Model {
        now: START,
        multitasking,
        chat_counts_alone,
        preferred: TaskOrder::Fifo,
        priorities: PriorityOrder::LargestFirst,
        lifetime,
        time_to_answer: TIME_TO_ANSWER,
        timeout_activity: Activity::Offline,
        rules: model::Rules::default(),
        revision: 0,
        workers: vec![],
        queues: vec![
            queue(Crew::Everyone, 1, TaskOrder::Fifo),
            moving,
            queue(Crew::GermanAtWork, 2, TaskOrder::Lifo),
        ],
        tasks: vec![],
        reservations: vec![],
        touched: vec![],
        unplaced: vec![],
        deeds: vec![],
        said: vec![],
    }
}
