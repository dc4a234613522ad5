//! Queues: who comes, who goes, and what they are told of how things stand.

use std::collections::VecDeque;

use domain::{CallSid, QueueSid, TaskSid};

use super::Exchange;
use crate::parameters::pairs;
use crate::performance::{PartnerNews, Signal};
use crate::queue::{Member, Queue, SIZE_DEFAULT, SIZE_MAX};
use crate::run::{Lane, Purpose};
use crate::{
    Action, CreateQueue, DeleteQueue, Link, MemberName, Noun, Parameters, Program, PullMember, QueueRecord,
    Record, Refusal, UpdateQueue,
};

impl Exchange {
    /// Takes up a queue that was written before, empty: who waited in it is gone with the calls.
    pub fn load_queue(&mut self, record: QueueRecord) {
        let queue = Queue {
            sid: record.sid,
            friendly_name: record.friendly_name,
            max_size: record.max_size,
            date_created: record.date_created,
            date_updated: record.date_updated,
            members: VecDeque::new(),
            diallers: VecDeque::new(),
        };
        self.queues.insert(queue.sid, queue);
    }

    /// Returns the queue of a name.
    pub(crate) fn queue_named(&self, name: &str) -> Option<QueueSid> {
        self.queues.values().find(|queue| queue.friendly_name == name).map(|queue| queue.sid)
    }

    /// Returns the queue of a name, made if there is none.
    pub(crate) fn queue_for(&mut self, name: &str) -> QueueSid {
        self.queue_named(name).unwrap_or_else(|| self.make_queue(name.to_owned(), SIZE_DEFAULT))
    }

    /// Lets a call wait at the end of a queue, unless that is full.
    pub(crate) fn enqueue(&mut self, queue: QueueSid, call: CallSid, size_max: u32) -> bool {
        let now = self.now();
        let Some(waiting) = self.queues.get_mut(&queue) else { return false };
        if waiting.members.len() >= size_max.min(waiting.max_size) as usize {
            return false;
        }
        let member = Member { call, enqueued_at: now, task: None, taken_by: None };
        let record = waiting.member_record(&member);
        waiting.members.push_back(member);
        self.changed_queues.insert(queue);
        self.act(Action::Changed(Record::QueueMember(Box::new(record))));
        true
    }

    /// Tells who dials the queue first that somebody waits in it.
    pub(crate) fn call_dialler(&mut self, queue: QueueSid) {
        if let Some(dialler) = self.queues.get_mut(&queue).and_then(|queue| queue.diallers.pop_front()) {
            self.tell(dialler, Lane::Main, Signal::Partner(PartnerNews::QueueJoined));
        }
    }

    /// Takes a call out of its queue; returns what was known of it there.
    pub(crate) fn leave_queue(&mut self, queue: QueueSid, call: CallSid) -> Option<Member> {
        let now = self.now();
        let member = self.queues.get_mut(&queue)?.remove(call)?;
        self.changed_queues.insert(queue);
        if let Some(live) = self.change(call) {
            live.facts.queue_time_ms += now.since(member.enqueued_at).as_millis() as u64;
        }
        self.act(Action::Changed(Record::QueueMemberLeft(queue, call)));
        Some(member)
    }

    /// Returns the queue in which a call waits.
    pub(crate) fn queue_of(&self, call: CallSid) -> Option<QueueSid> {
        self.queues.values().find(|queue| queue.position(call).is_some()).map(|queue| queue.sid)
    }

    /// Marks a waiting call as about to be connected, and lets it hear the whisper first if there is one.
    pub(crate) fn pick(&mut self, caller: CallSid, by: CallSid, whisper: Option<Link>) {
        let member = self.queue_of(caller).and_then(|queue| self.queues.get_mut(&queue)?.member_mut(caller));
        if let Some(member) = member {
            member.taken_by = Some(by);
        }
        match whisper {
            Some(Link { url, method }) => {
                let application = crate::Application { url, method, fallback: None };
                self.begin_aside(caller, Program::Url(application), Purpose::QueueWhisper(by));
            }
            None => {
                self.tell(caller, Lane::Main, Signal::Partner(PartnerNews::Picked { by, is_recorded: false }))
            }
        }
    }

    pub(super) fn task_exists(&mut self, call: CallSid, task: TaskSid) {
        let queue = self.queue_of(call).and_then(|queue| self.queues.get_mut(&queue));
        let Some(queue) = queue else {
            let reason = "the caller has left the queue".to_owned();
            return self.act(Action::Router(crate::RouterAction::CancelTask { task, reason }));
        };
        let member = queue.member_mut(call).expect("the queue was found by its member");
        member.task = Some(task);
        let member = member.clone();
        let record = queue.member_record(&member);
        self.calls_by_task.insert(task, call);
        self.act(Action::Changed(Record::QueueMember(Box::new(record))));
    }

    /// Returns what a waiting caller's document is told.
    pub(super) fn waiting_parameters(&self, call: CallSid) -> Parameters {
        let queue = self.queue_of(call).and_then(|queue| self.queues.get(&queue));
        let Some(queue) = queue else { return Parameters::new() };
        let member = queue.members.iter().find(|member| member.call == call);
        let waited = member.map_or(0, |member| self.now().secs_since(member.enqueued_at));
        pairs([
            ("QueueSid", queue.sid.to_string()),
            ("QueuePosition", queue.position(call).unwrap_or(1).to_string()),
            ("QueueTime", waited.to_string()),
            ("AvgQueueTime", queue.average_wait_secs(self.now()).to_string()),
            ("CurrentQueueSize", queue.members.len().to_string()),
            ("MaxQueueSize", queue.max_size.to_string()),
        ])
    }

    /// Returns what the document is told that a caller hears before being connected.
    pub(super) fn whisper_parameters(&self, call: CallSid, by: CallSid) -> Parameters {
        let mut parameters = self.waiting_parameters(call);
        // The published spelling.
        parameters.extend(pairs([("DequeingCallSid", by.to_string())]));
        parameters
    }

    pub(super) fn create_queue(&mut self, command: CreateQueue) -> Result<QueueSid, Refusal> {
        self.check_queue_name(&command.friendly_name, None)?;
        let size = command.max_size.unwrap_or(SIZE_DEFAULT);
        check_size(size)?;
        Ok(self.make_queue(command.friendly_name, size))
    }

    pub(super) fn update_queue(&mut self, command: UpdateQueue) -> Result<QueueSid, Refusal> {
        if !self.queues.contains_key(&command.queue) {
            return Err(Refusal::not_found(Noun::Queue, command.queue));
        }
        if let Some(name) = &command.friendly_name {
            self.check_queue_name(name, Some(command.queue))?;
        }
        command.max_size.map_or(Ok(()), check_size)?;
        let now = self.now();
        let queue = self.queues.get_mut(&command.queue).expect("it was just found");
        queue.friendly_name = command.friendly_name.unwrap_or_else(|| queue.friendly_name.clone());
        queue.max_size = command.max_size.unwrap_or(queue.max_size);
        queue.date_updated = now;
        self.changed_queues.insert(command.queue);
        Ok(command.queue)
    }

    pub(super) fn delete_queue(&mut self, command: DeleteQueue) -> Result<QueueSid, Refusal> {
        let queue = self.queues.get(&command.queue);
        let queue = queue.ok_or_else(|| Refusal::not_found(Noun::Queue, command.queue))?;
        if !queue.members.is_empty() {
            let waiting = queue.members.len();
            return Err(Refusal::wrong_state(format!(
                "{waiting} callers wait in the queue: only an empty one can be deleted"
            )));
        }
        for dialler in queue.diallers.clone() {
            self.tell(dialler, Lane::Main, Signal::Partner(PartnerNews::QueueJoined));
        }
        self.queues.remove(&command.queue);
        self.act(Action::Changed(Record::QueueDeleted(command.queue)));
        Ok(command.queue)
    }

    pub(super) fn pull_member(&mut self, command: PullMember) -> Result<CallSid, Refusal> {
        let queue = self.queues.get(&command.queue);
        let queue = queue.ok_or_else(|| Refusal::not_found(Noun::Queue, command.queue))?;
        let call = match command.member {
            MemberName::Front => queue.front().ok_or_else(|| Refusal::not_found(Noun::Member, "Front"))?,
            MemberName::Call(call) => {
                queue.position(call).ok_or_else(|| Refusal::not_found(Noun::Member, call))?;
                call
            }
        };
        self.drive(call, command.program);
        Ok(call)
    }

    fn make_queue(&mut self, friendly_name: String, max_size: u32) -> QueueSid {
        let sid = self.sid();
        let now = self.now();
        let queue = Queue {
            sid,
            friendly_name,
            max_size,
            date_created: now,
            date_updated: now,
            members: VecDeque::new(),
            diallers: VecDeque::new(),
        };
        self.queues.insert(sid, queue);
        self.changed_queues.insert(sid);
        sid
    }

    fn check_queue_name(&self, name: &str, own: Option<QueueSid>) -> Result<(), Refusal> {
        if name.is_empty() || name.chars().count() > 64 {
            return Err(Refusal::invalid(
                "FriendlyName",
                format!("'{name}': 1 to 64 characters are expected"),
            ));
        }
        match self.queue_named(name).filter(|sid| Some(*sid) != own) {
            Some(sid) => Err(Refusal::Conflict { reason: format!("'{name}' is the name of {sid} already") }),
            None => Ok(()),
        }
    }
}

fn check_size(size: u32) -> Result<(), Refusal> {
    match size {
        1..=SIZE_MAX => Ok(()),
        _ => Err(Refusal::invalid(
            "MaxSize",
            format!("'{size}': a whole number from 1 to {SIZE_MAX} is expected"),
        )),
    }
}
