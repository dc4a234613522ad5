//! TaskRouter's instructions, as commands of the exchange: whom to call for which task, and what follows.

use api::Failure;
use api::instructions::{
    Beep, Conference, Dequeue, Instruction, Method, Order, Redirect, Supervise, SupervisorMode, WorkerCall,
};
use call::{
    AfterCall, Application, Assignment, CallWorker, Command, JoinWorker, Link, Placing, Program,
    ProgressCallback, RedirectCaller, Supervision, Target,
};
use domain::{ActivitySid, CallSid, WorkspaceSid};
use router::{CallInstruction, Refusal, Subject};
use serde::de::DeserializeOwned;
use serde_json::Value;
use twiml::{Callback, StatusCallback};

use super::reading::{self, Assigned};
use crate::house::House;

/// What callers see where an instruction does not say who calls, and the task does not know.
const ANONYMOUS: &str = "anonymous";

/// How long a supervisor's phone rings, in seconds.
const SUPERVISOR_RINGS_SECS: u32 = 60;

/// Has the call behind a task do what an instruction says; returns the reservation once that is begun.
pub(crate) async fn carry_out(
    house: &House,
    workspace: WorkspaceSid,
    order: Order,
) -> Result<Subject, Failure> {
    let found = reading::assigned(house, workspace, order.reservation).await?;
    let assigned = found.ok_or(Failure::NotFound)?;
    let actual = assigned.reservation.version;
    if let Some(expected) = order.if_match.filter(|expected| *expected != actual) {
        return Err(Refusal::PreconditionFailed { expected, actual }.into());
    }
    let command = match order.instruction {
        Instruction::Dequeue(dequeue) => bridge(&assigned, dequeue)?,
        Instruction::Call(call) => call_worker(house, &assigned, call)?,
        Instruction::Redirect(redirect) => redirect_caller(house, &assigned, redirect),
        Instruction::Conference(conference) => join(&assigned, *conference)?,
        Instruction::Supervise(wish) => supervise(house, workspace, &assigned, wish).await?,
    };
    house.switchboard.execute(command).await?;
    Ok(Subject::Reservation(Box::new(assigned.reservation)))
}

fn bridge(assigned: &Assigned, wish: Dequeue) -> Result<Command, Failure> {
    let caller = caller_of(assigned).ok_or_else(|| no_call(CallInstruction::Dequeue))?;
    let progress = progress(wish.status_callback_url, Method::Get, &wish.status_callback_events);
    Ok(Command::Dequeue(Box::new(call::Dequeue {
        assignment: assignment(assigned, wish.post_work_activity_sid),
        caller,
        worker: placing(assigned, wish.to, wish.from, wish.timeout_secs, progress)?,
        is_recorded: wish.record,
    })))
}

fn call_worker(house: &House, assigned: &Assigned, wish: WorkerCall) -> Result<Command, Failure> {
    let progress = progress(wish.status_callback_url, Method::Get, &[]);
    Ok(Command::CallWorker(Box::new(CallWorker {
        assignment: assignment(assigned, None),
        worker: placing(assigned, wish.to, Some(wish.from), wish.timeout_secs, progress)?,
        program: program(house, wish.url),
        accepts: wish.accepts,
        is_recorded: wish.record,
    })))
}

fn redirect_caller(house: &House, assigned: &Assigned, wish: Redirect) -> Command {
    Command::RedirectCaller(RedirectCaller {
        reservation: assigned.reservation.sid,
        caller: wish.call_sid,
        program: program(house, wish.url),
        accepts: wish.accepts,
    })
}

fn join(assigned: &Assigned, wish: Conference) -> Result<Command, Failure> {
    let progress =
        progress(wish.status_callback.clone(), wish.status_callback_method, &wish.status_callback_events);
    let worker = placing(assigned, wish.to.clone(), wish.from.clone(), wish.timeout_secs, progress)?;
    Ok(Command::JoinWorker(Box::new(JoinWorker {
        assignment: assignment(assigned, wish.post_work_activity_sid),
        caller: caller_of(assigned),
        worker,
        ends_on_caller_exit: wish.end_conference_on_customer_exit,
        beeps_on_caller_entrance: wish.beep_on_customer_entrance,
        seat: seat(assigned, wish),
    })))
}

/// Describes how the worker takes part, in the words of TwiML.
fn seat(assigned: &Assigned, wish: Conference) -> twiml::Conference {
    let callback = wish.conference_status_callback;
    let recording = wish.conference_recording_status_callback;
    twiml::Conference {
        muted: Some(wish.muted),
        beep: Some(match wish.beep {
            Beep::Always => twiml::Beep::Always,
            Beep::Never => twiml::Beep::Never,
            Beep::OnEnter => twiml::Beep::OnEnter,
            Beep::OnExit => twiml::Beep::OnExit,
        }),
        start_on_enter: Some(wish.start_conference_on_enter),
        end_on_exit: Some(wish.end_conference_on_exit),
        wait: Callback { url: wish.wait_url, method: Some(method_of(wish.wait_method)) },
        participants_max: Some(wish.max_participants),
        record: wish.conference_record.then(|| word("record-from-start")).flatten(),
        trim: word(if wish.conference_trim { "trim-silence" } else { "do-not-trim" }),
        status_callback: StatusCallback {
            url: callback.url,
            method: Some(method_of(callback.method)),
            events: wish.conference_status_callback_events.iter().filter_map(|name| word(name)).collect(),
        },
        recording_status_callback: StatusCallback {
            url: recording.url,
            method: Some(method_of(recording.method)),
            events: Vec::new(),
        },
        jitter_buffer_size: wish.jitter_buffer_size.and_then(word),
        name: assigned.task.sid.to_string(),
        ..twiml::Conference::default()
    }
}

async fn supervise(
    house: &House,
    workspace: WorkspaceSid,
    assigned: &Assigned,
    wish: Supervise,
) -> Result<Command, Failure> {
    let to = match wish.supervisor.parse() {
        Ok(sid) => {
            let supervisor = reading::worker(house, workspace, sid).await?;
            supervisor.and_then(|worker| text(worker.attributes.map(), "contact_uri")).ok_or_else(|| {
                Failure::invalid("Supervisor", format!("the worker {sid} has no contact_uri to call"))
            })?
        }
        Err(_) => wish.supervisor,
    };
    let worker = call_named(assigned, "worker")
        .or_else(|| text(assigned.task.attributes.map(), "worker_call_sid").and_then(|sid| sid.parse().ok()));
    Ok(Command::Supervise(Box::new(call::Supervise {
        task: assigned.task.sid,
        worker: worker.ok_or_else(|| no_call(CallInstruction::Supervise))?,
        supervisor: placing(assigned, Some(to), None, SUPERVISOR_RINGS_SECS, None)?,
        mode: match wish.mode {
            SupervisorMode::Monitor => Supervision::Monitor,
            SupervisorMode::Whisper => Supervision::Whisper,
            SupervisorMode::Barge => Supervision::Barge,
        },
    })))
}

fn assignment(assigned: &Assigned, post_work_activity: Option<ActivitySid>) -> Assignment {
    let after_call = match post_work_activity {
        Some(activity) => AfterCall::Complete { post_work_activity: Some(activity.to_string()) },
        None => AfterCall::WrapUp,
    };
    Assignment { task: assigned.task.sid, reservation: assigned.reservation.sid, after_call }
}

/// Says whom to call: as the instruction has it, else at the worker's `contact_uri`.
fn placing(
    assigned: &Assigned,
    to: Option<String>,
    from: Option<String>,
    timeout_secs: u32,
    progress: Option<ProgressCallback>,
) -> Result<Placing, Failure> {
    let attributes = assigned.worker.attributes.map();
    let to = to.or_else(|| text(attributes, "contact_uri")).ok_or_else(|| {
        let name = &assigned.worker.friendly_name;
        Failure::invalid("To", format!("none was given, and the worker {name} has no contact_uri"))
    })?;
    let task = assigned.task.attributes.map();
    let from = from.or_else(|| text(task, "to")).or_else(|| text(task, "called"));
    let told = vec![
        ("TaskSid".to_owned(), assigned.task.sid.to_string()),
        ("ReservationSid".to_owned(), assigned.reservation.sid.to_string()),
    ];
    let target = match api::target_of(&to) {
        Target::Client { identity, .. } => Target::Client { identity, parameters: told },
        other @ (Target::Number { .. } | Target::Sip(_)) => other,
    };
    let from = from.unwrap_or_else(|| ANONYMOUS.to_owned());
    Ok(Placing { target, to, from, timeout_secs, progress })
}

fn caller_of(assigned: &Assigned) -> Option<CallSid> {
    let said = text(assigned.task.attributes.map(), "call_sid").and_then(|sid| sid.parse().ok());
    said.or_else(|| call_named(assigned, "customer"))
}

/// Returns the call of a participant, as the task's attributes name it.
fn call_named(assigned: &Assigned, role: &str) -> Option<CallSid> {
    let conference = assigned.task.attributes.map().get("conference")?;
    conference["participants"][role].as_str()?.parse().ok()
}

fn program(house: &House, url: String) -> Program {
    let webhook = store::Webhook { url: Some(url.clone()), ..store::Webhook::default() };
    match super::arrivals::program_of(house, &webhook) {
        Some((program @ Program::Url(_), _)) => program,
        _ => Program::Url(Application { url, method: twiml::Method::Post, fallback: None }),
    }
}

fn progress(url: Option<String>, method: Method, events: &[String]) -> Option<ProgressCallback> {
    let link = Link { url: url.filter(|url| !url.is_empty())?, method: method_of(method) };
    let events: Vec<_> = events.iter().filter_map(|name| word(name)).collect();
    match events.is_empty() {
        true => Some(ProgressCallback::of_end(link)),
        false => Some(ProgressCallback { link, events }),
    }
}

fn method_of(method: Method) -> twiml::Method {
    match method {
        Method::Get => twiml::Method::Get,
        Method::Post => twiml::Method::Post,
    }
}

/// Reads a word that the language of documents has too.
fn word<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::from(name)).ok()
}

fn text(attributes: &serde_json::Map<String, Value>, name: &str) -> Option<String> {
    attributes.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn no_call(instruction: CallInstruction) -> Failure {
    Refusal::NoCall { instruction: instruction.as_str() }.into()
}
