//! `<Enqueue>`: the caller waits, hears music or a document, and is bridged, led onward or gone.

use domain::{Attributes, CallSid, QueueSid, RecordingSid, TaskSid};
use serde_json::{Map, Value};
use twiml::{Enqueue, Method};

use super::announce::is_published_music;
use super::{Cut, PartnerNews, Perform, QueueNews, Signal, Stage, Step, Told, WithoutAction};
use crate::exchange::NewRecording;
use crate::parameters::{add, pairs};
use crate::run::Purpose;
use crate::{
    Action, Application, MediaAction, Parameters, Playback, Program, RecordingSource, RouterAction, Source,
    TaskEnding, TaskOrder,
};

#[derive(Debug)]
pub(super) struct Performance {
    enqueue: Enqueue,
    place: Place,
    music: Option<Playback>,
    task: Option<TaskSid>,
    queue: Option<QueueSid>,
    /// How long the caller waited, once that is over.
    waited_secs: Option<u64>,
    recording: Option<RecordingSid>,
}

/// Where the caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Waiting,
    Bridged(CallSid),
    Gone,
}

impl Performance {
    /// Makes the performance.
    pub(super) fn new(enqueue: Enqueue) -> Performance {
        Performance {
            enqueue,
            place: Place::Gone,
            music: None,
            task: None,
            queue: None,
            waited_secs: None,
            recording: None,
        }
    }
}

impl Perform for Performance {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.answer();
        let name = self.enqueue.workflow_sid.clone().unwrap_or_else(|| self.enqueue.queue_name.clone());
        if name.is_empty() {
            stage.report(14204, "<Enqueue> names neither a queue nor a workflow");
            return self.end("error", Parameters::new());
        }
        let order = match self.task_order(stage) {
            Ok(order) => order,
            Err(reason) => return self.fail("error", reason),
        };
        let queue = stage.exchange.queue_for(&name);
        let size_max = self.enqueue.max_queue_size.unwrap_or(u32::MAX);
        if !stage.exchange.enqueue(queue, stage.call, size_max) {
            return self.end("queue-full", Parameters::new());
        }
        (self.place, self.queue) = (Place::Waiting, Some(queue));
        if let Some(order) = order {
            stage.exchange.act(Action::Router(RouterAction::CreateTask(Box::new(order))));
        }
        self.entertain(stage);
        stage.exchange.call_dialler(queue);
        Step::Continue
    }

    fn on_signal(&mut self, stage: &mut Stage<'_>, signal: Signal) -> Step {
        match (self.place, signal) {
            (Place::Waiting, Signal::Partner(PartnerNews::Picked { by, is_recorded })) => {
                self.bridge(stage, by, is_recorded)
            }
            (Place::Waiting, Signal::Partner(PartnerNews::Left(by))) => self.wait_on(stage, by),
            (Place::Waiting, Signal::Queue(QueueNews::Leave)) => {
                self.leave_with(stage, "leave", Parameters::new())
            }
            (Place::Waiting, Signal::Queue(QueueNews::WaitFailed)) => {
                self.leave_with(stage, "error", Parameters::new())
            }
            (Place::Waiting, Signal::Queue(QueueNews::TaskRefused { is_system_fault, reason })) => {
                let result = if is_system_fault { "system-error" } else { "error" };
                self.leave_with(stage, result, pairs([("ErrorMessage", reason)]))
            }
            (Place::Waiting, Signal::Queue(QueueNews::TaskEnded(ending))) => {
                let reason = match ending {
                    TaskEnding::TimedOut => "task-timeout",
                    TaskEnding::Canceled => "task-canceled",
                    TaskEnding::Completed => "task-completed",
                };
                self.forget_task(stage);
                self.leave_with(stage, "leave", pairs([("QueueLeaveReason", reason.to_owned())]))
            }
            (Place::Bridged(partner), Signal::Partner(PartnerNews::Left(gone))) if gone == partner => {
                stage.media(MediaAction::Disconnect { a: stage.call, b: partner });
                self.forget_task(stage);
                self.place = Place::Gone;
                self.stop_recording(stage);
                self.end("bridged", Parameters::new())
            }
            (Place::Waiting | Place::Bridged(_) | Place::Gone, _) => Step::Continue,
        }
    }

    fn leave(&mut self, stage: &mut Stage<'_>, cut: Cut) -> Option<Told> {
        let result = match (self.place, cut) {
            (Place::Gone, _) => return None,
            (Place::Waiting, Cut::MediaLost) => "system-error",
            (Place::Waiting, Cut::HungUp) if self.is_taken(stage) => "bridging-in-process",
            (Place::Waiting, Cut::HungUp) => "hangup",
            (Place::Waiting, Cut::Redirected) => "redirected",
            (Place::Bridged(_), Cut::Redirected) => "redirected-from-bridged",
            (Place::Bridged(_), Cut::HungUp | Cut::MediaLost) => "bridged",
        };
        match self.place {
            Place::Bridged(partner) => {
                stage.media(MediaAction::Disconnect { a: stage.call, b: partner });
                stage.tell(partner, Signal::Partner(PartnerNews::Left(stage.call)));
                self.stop_recording(stage);
                self.forget_task(stage);
            }
            Place::Waiting | Place::Gone => {
                self.leave_queue(stage);
                self.cancel_task(stage, cut);
            }
        }
        Some(Told { action: self.enqueue.action.clone(), parameters: self.result(result, Parameters::new()) })
    }
}

impl Performance {
    /// Returns the task to create, with the call's own keys where the author gave none of the same name.
    fn task_order(&self, stage: &Stage<'_>) -> Result<Option<TaskOrder>, String> {
        let Some(workflow) = self.enqueue.workflow_sid.clone() else { return Ok(None) };
        let task = self.enqueue.task.clone().unwrap_or_default();
        let written = Attributes::parse(&task.attributes, usize::MAX).map_err(|error| error.to_string())?;
        let mut attributes = own_attributes(&stage.parameters());
        attributes.extend(written.map().clone());
        Ok(Some(TaskOrder {
            call: stage.call,
            workflow,
            attributes: Attributes::from_map(attributes),
            priority: task.priority(),
            timeout_secs: task.timeout_secs,
        }))
    }

    /// Lets the caller hear the document that was written, or our own music, or nothing.
    fn entertain(&mut self, stage: &mut Stage<'_>) {
        match self.enqueue.wait.url.as_deref() {
            Some("") => {}
            Some(url) if !is_published_music(url) => {
                let url = stage.resolve(url);
                let method = self.enqueue.wait.method.unwrap_or(Method::Post);
                let program = Program::Url(Application { url, method, fallback: None });
                stage.exchange.begin_aside(stage.call, program, Purpose::QueueWait);
            }
            Some(_) | None => self.music = Some(stage.play(Source::HoldMusic, 0)),
        }
    }

    fn bridge(&mut self, stage: &mut Stage<'_>, by: CallSid, is_recorded: bool) -> Step {
        if !stage.exchange.calls.contains_key(&by) {
            return self.wait_on(stage, by);
        }
        let queue = self.queue.and_then(|queue| stage.exchange.queues.get_mut(&queue));
        if let Some(member) = queue.and_then(|queue| queue.member_mut(stage.call)) {
            member.taken_by = None;
        }
        self.leave_queue(stage);
        self.place = Place::Bridged(by);
        stage.media(MediaAction::Connect { a: stage.call, b: by });
        stage.tell(by, Signal::Partner(PartnerNews::Bridged(stage.call)));
        if is_recorded {
            let recording = NewRecording::of_call(stage.call, RecordingSource::DialVerb);
            self.recording = Some(stage.exchange.record(NewRecording { is_dual: true, ..recording }));
        }
        Step::Continue
    }

    /// Whoever was about to be connected has gone: the caller keeps the place and hears what was heard before.
    fn wait_on(&mut self, stage: &mut Stage<'_>, by: CallSid) -> Step {
        let queue = self.queue.and_then(|queue| stage.exchange.queues.get_mut(&queue));
        let member = queue.and_then(|queue| queue.member_mut(stage.call));
        if let Some(member) = member.filter(|member| member.taken_by == Some(by)) {
            member.taken_by = None;
            stage.exchange.end_aside(stage.call);
            if self.music.is_none() {
                self.entertain(stage);
            }
            if let Some(queue) = self.queue {
                stage.exchange.call_dialler(queue);
            }
        }
        Step::Continue
    }

    fn leave_with(&mut self, stage: &mut Stage<'_>, result: &str, more: Parameters) -> Step {
        self.leave_queue(stage);
        self.cancel_task(stage, Cut::Redirected);
        self.end(result, more)
    }

    fn leave_queue(&mut self, stage: &mut Stage<'_>) {
        self.note_task(stage);
        self.place = Place::Gone;
        stage.exchange.end_aside(stage.call);
        if let Some(music) = self.music.take() {
            stage.stop(music);
        }
        let now = stage.exchange.now();
        let member = self.queue.and_then(|queue| stage.exchange.leave_queue(queue, stage.call));
        if let Some(member) = member {
            self.waited_secs = Some(now.secs_since(member.enqueued_at));
            if let Some(by) = member.taken_by {
                stage.tell(by, Signal::Partner(PartnerNews::Left(stage.call)));
            }
        }
    }

    fn is_taken(&self, stage: &Stage<'_>) -> bool {
        let queue = self.queue.and_then(|queue| stage.exchange.queues.get(&queue));
        let mut members = queue.into_iter().flat_map(|queue| &queue.members);
        members.any(|member| member.call == stage.call && member.taken_by.is_some())
    }

    fn note_task(&mut self, stage: &Stage<'_>) {
        let queue = self.queue.and_then(|queue| stage.exchange.queues.get(&queue));
        let member = queue.and_then(|queue| queue.members.iter().find(|member| member.call == stage.call));
        self.task = member.and_then(|member| member.task).or(self.task);
    }

    /// A task that still waits for a worker has lost its caller; one that a worker has taken over has not.
    fn cancel_task(&mut self, stage: &mut Stage<'_>, cut: Cut) {
        let Some(task) = self.task else { return };
        if stage.exchange.calls_by_task.remove(&task).is_some() {
            let reason = match cut {
                Cut::HungUp | Cut::MediaLost => "hangup",
                Cut::Redirected => "the caller has left the queue",
            };
            let reason = reason.to_owned();
            stage.exchange.act(Action::Router(RouterAction::CancelTask { task, reason }));
        }
    }

    fn forget_task(&mut self, stage: &mut Stage<'_>) {
        self.note_task(stage);
        if let Some(task) = self.task {
            stage.exchange.calls_by_task.remove(&task);
        }
    }

    fn stop_recording(&mut self, stage: &mut Stage<'_>) {
        if let Some(recording) = self.recording.take() {
            stage.exchange.stop_recording(recording);
        }
    }

    fn fail(&self, result: &str, reason: String) -> Step {
        self.end(result, pairs([("ErrorMessage", reason)]))
    }

    fn end(&self, result: &str, more: Parameters) -> Step {
        let told = Told { action: self.enqueue.action.clone(), parameters: self.result(result, more) };
        Step::Ask(told, WithoutAction::NextVerb)
    }

    fn result(&self, result: &str, more: Parameters) -> Parameters {
        let mut parameters = pairs([("QueueResult", result.to_owned())]);
        if let Some(waited) = self.waited_secs {
            add(&mut parameters, "QueueSid", self.queue);
            add(&mut parameters, "QueueTime", Some(waited));
        }
        add(&mut parameters, "TaskSid", self.task);
        add(&mut parameters, "Age", self.task.and(self.waited_secs));
        parameters.extend(more);
        parameters
    }
}

/// Returns what every task of a call knows: the request's parameters as they are spelt in attributes.
fn own_attributes(parameters: &Parameters) -> Map<String, Value> {
    let named = parameters.iter().map(|(name, value)| (snake_case(name), value.clone()));
    named.filter(|(name, _)| !name.starts_with("sip_header")).collect()
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for (index, letter) in name.char_indices() {
        if letter.is_uppercase() && index > 0 {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_keys_of_a_task_are_spelt_as_attributes_are() {
        let parameters = pairs([("CallSid", "CA1".to_owned()), ("FromCity", "Graz".to_owned())]);
        let expected = serde_json::json!({ "call_sid": "CA1", "from_city": "Graz" });
        assert_eq!(Value::Object(own_attributes(&parameters)), expected);
    }
}
