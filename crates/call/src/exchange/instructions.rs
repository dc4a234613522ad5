//! TaskRouter's voice instructions: a worker's leg is placed, and meets the waiting caller once it is answered.

use domain::{CallSid, ReservationSid};
use serde_json::{Map, Value, json};
use twiml::{Beep, Conference, Dial};

use super::Exchange;
use super::calls::NewLeg;
use crate::call::{Meeting, Role, Wishes, WorkerLeg};
use crate::performance::{PartnerNews, Signal};
use crate::run::Lane;
use crate::{
    Action, AfterCall, CallRecordingWish, CallStatus, CallWorker, Dequeue, JoinWorker, Noun, Parameters,
    Placing, Program, RedirectCaller, Refusal, RouterAction, Supervise, Supervision,
};

impl Exchange {
    pub(super) fn dequeue(&mut self, command: Dequeue) -> Result<CallSid, Refusal> {
        self.check_waiting(command.caller)?;
        let leg = WorkerLeg {
            assignment: command.assignment,
            caller: Some(command.caller),
            meeting: Meeting::Bridge { is_recorded: command.is_recorded },
            is_accepted: false,
        };
        Ok(self.place_worker(command.worker, leg, Program::Nothing, false))
    }

    pub(super) fn join_worker(&mut self, command: JoinWorker) -> Result<CallSid, Refusal> {
        if let Some(caller) = command.caller {
            self.check_live(caller)?;
        }
        let mut seat = command.seat;
        if seat.name.is_empty() {
            seat.name = command.assignment.task.to_string();
        }
        let caller_seat = Conference {
            end_on_exit: Some(command.ends_on_caller_exit),
            beep: Some(if command.beeps_on_caller_entrance { Beep::OnEnter } else { Beep::Never }),
            participant_label: None,
            coach: None,
            muted: None,
            start_on_enter: Some(true),
            ..seat.clone()
        };
        let leg = WorkerLeg {
            assignment: command.assignment,
            caller: command.caller,
            meeting: Meeting::Conference { caller_seat: Box::new(caller_seat) },
            is_accepted: false,
        };
        Ok(self.place_worker(command.worker, leg, in_conference(seat), false))
    }

    pub(super) fn call_worker(&mut self, command: CallWorker) -> Result<CallSid, Refusal> {
        let leg = WorkerLeg {
            assignment: command.assignment,
            caller: None,
            meeting: Meeting::ByDocument,
            is_accepted: command.accepts,
        };
        if command.accepts {
            let reservation = leg.assignment.reservation;
            self.act(Action::Router(RouterAction::AcceptReservation { reservation }));
        }
        Ok(self.place_worker(command.worker, leg, command.program, command.is_recorded))
    }

    pub(super) fn redirect_caller(&mut self, command: RedirectCaller) -> Result<CallSid, Refusal> {
        self.check_live(command.caller)?;
        if command.accepts {
            let reservation = command.reservation;
            self.act(Action::Router(RouterAction::AcceptReservation { reservation }));
        }
        // The caller is the worker's from here on: leaving the queue does not cancel the task.
        self.calls_by_task.retain(|_, caller| *caller != command.caller);
        self.drive(command.caller, command.program);
        Ok(command.caller)
    }

    pub(super) fn supervise(&mut self, command: Supervise) -> Result<CallSid, Refusal> {
        let conference = self.conference_of(command.worker);
        let conference = conference.and_then(|sid| self.conferences.get(&sid)).ok_or_else(|| {
            Refusal::wrong_state(format!(
                "the worker's call {} of task {} is in no conference: only conferences can be supervised",
                command.worker, command.task
            ))
        })?;
        let seat = Conference {
            name: conference.facts.friendly_name.clone(),
            muted: Some(command.mode == Supervision::Monitor),
            coach: (command.mode == Supervision::Whisper).then(|| command.worker.to_string()),
            beep: Some(Beep::Never),
            ..Conference::default()
        };
        Ok(self.place(new_leg(command.supervisor, Role::Own, in_conference(seat), false)))
    }

    /// Lets the worker who answered meet the caller, unless the caller has gone.
    pub(super) fn worker_answers(&mut self, worker: CallSid, leg: WorkerLeg) {
        match leg.caller {
            Some(caller) if !self.calls.contains_key(&caller) => return self.hang_up(worker),
            Some(_) | None => {}
        }
        if !leg.is_accepted && leg.meeting != Meeting::ByDocument {
            self.accept(worker, leg.assignment.reservation);
        }
        match (&leg.meeting, leg.caller) {
            (Meeting::Bridge { is_recorded }, Some(caller)) => {
                self.update_attributes(&leg, json!({ "worker_call_sid": worker.to_string() }));
                let is_recorded = *is_recorded;
                self.tell(
                    caller,
                    Lane::Main,
                    Signal::Partner(PartnerNews::Picked { by: worker, is_recorded }),
                );
            }
            (Meeting::Conference { caller_seat }, caller) => {
                self.begin_waiting(worker);
                if let Some(caller) = caller.filter(|caller| self.conference_of(*caller).is_none()) {
                    self.calls_by_task.retain(|_, waiting| *waiting != caller);
                    self.drive(caller, in_conference((**caller_seat).clone()));
                }
                self.tell_task_of_conference(worker, &leg);
            }
            (Meeting::ByDocument | Meeting::Bridge { .. }, _) => self.begin_waiting(worker),
        }
    }

    /// Takes note that a worker's leg is over, and tells the caller and the router.
    pub(super) fn worker_leaves(&mut self, worker: CallSid, leg: &WorkerLeg, ending: CallStatus) {
        if let Some(caller) = leg.caller {
            self.tell(caller, Lane::Main, Signal::Partner(PartnerNews::Left(worker)));
        }
        let reservation = leg.assignment.reservation;
        let action = if leg.is_accepted {
            let task = leg.assignment.task;
            match leg.assignment.after_call.clone() {
                AfterCall::WrapUp => RouterAction::WrapUp { task, reservation },
                AfterCall::Complete { post_work_activity } => {
                    RouterAction::CompleteTask { task, reservation, post_work_activity }
                }
            }
        } else {
            RouterAction::ReportUnanswered { reservation, call: worker, status: ending.to_string() }
        };
        self.act(Action::Router(action));
    }

    /// A leg that still rings for a reservation that has ended is in vain.
    pub(super) fn reservation_ends(&mut self, reservation: ReservationSid) {
        let rings_for_it = |call: &&crate::call::Call| match &call.role {
            Role::Worker(leg) => leg.assignment.reservation == reservation && !call.is_answered(),
            Role::Own | Role::Dialled(_) => false,
        };
        let ringing: Vec<CallSid> =
            self.calls.values().filter(rings_for_it).map(|call| call.facts.sid).collect();
        for call in ringing {
            self.hang_up(call);
        }
    }

    /// Accepts the reservation for which a worker's leg was placed.
    pub(crate) fn accept(&mut self, worker: CallSid, reservation: ReservationSid) {
        if let Some(Role::Worker(leg)) = self.calls.get_mut(&worker).map(|call| &mut call.role) {
            leg.is_accepted = true;
        }
        self.act(Action::Router(RouterAction::AcceptReservation { reservation }));
    }

    fn place_worker(
        &mut self,
        placing: Placing,
        leg: WorkerLeg,
        program: Program,
        is_recorded: bool,
    ) -> CallSid {
        self.place(new_leg(placing, Role::Worker(Box::new(leg)), program, is_recorded))
    }

    fn tell_task_of_conference(&mut self, worker: CallSid, leg: &WorkerLeg) {
        let Some(conference) = self.conference_of(worker) else { return };
        let customer = leg.caller.map(|caller| caller.to_string());
        let participants = json!({ "worker": worker.to_string(), "customer": customer });
        let conference = json!({ "sid": conference.to_string(), "participants": participants });
        self.update_attributes(leg, json!({ "conference": conference }));
    }

    fn update_attributes(&mut self, leg: &WorkerLeg, keys: Value) {
        let attributes = match keys {
            Value::Object(keys) => keys,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Map::new()
            }
        };
        let task = leg.assignment.task;
        self.act(Action::Router(RouterAction::UpdateAttributes { task, attributes }));
    }

    fn check_live(&self, call: CallSid) -> Result<(), Refusal> {
        self.calls.get(&call).map(|_| ()).ok_or_else(|| Refusal::not_found(Noun::Call, call))
    }

    fn check_waiting(&self, caller: CallSid) -> Result<(), Refusal> {
        self.check_live(caller)?;
        match self.queue_of(caller) {
            Some(_) => Ok(()),
            None => Err(Refusal::wrong_state(format!(
                "call {caller} does not wait in a queue: only the task of an <Enqueue> can be dequeued"
            ))),
        }
    }
}

fn new_leg(placing: Placing, role: Role, program: Program, is_recorded: bool) -> NewLeg {
    let recording = is_recorded.then(CallRecordingWish::default);
    NewLeg {
        target: placing.target,
        to: placing.to,
        from: placing.from,
        caller_name: String::new(),
        parent: None,
        role,
        program,
        progress: placing.progress,
        timeout_secs: placing.timeout_secs,
        wishes: Wishes { recording, ..Wishes::default() },
        parameters: Parameters::new(),
    }
}

/// Returns the program of a leg that only takes part in a conference.
pub(super) fn in_conference(seat: Conference) -> Program {
    Program::inline([Dial::new(seat).into()])
}
