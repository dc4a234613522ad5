//! The command about reservations.

use domain::{ActivitySid, ReservationSid, Tick, named};

use crate::refusal::check_version;
use crate::reservation::{Move, ReservationEvent};
use crate::workspace::Workspace;
use crate::{Noun, Refusal, Subject};

/// Answers a reservation or moves it on.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateReservation {
    /// The reservation.
    pub sid: ReservationSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
    /// What to do with it.
    pub answer: ReservationAnswer,
}

/// What a worker can do with a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationAnswer {
    /// Take the task.
    Accept,
    /// Take the task as soon as the contact is set up, which may take longer than the time to answer.
    Hold,
    /// Say that the contact could not be set up, for this reason of the published list.
    FailSetUp(u32),
    /// Say no, and go to an activity if one is given.
    Reject(Option<ActivitySid>),
    /// Say that the contact is over and work on it is not.
    Wrap,
    /// Say that the work is done.
    Complete,
    /// Take the task by way of its call.
    Instruct(CallInstruction),
}

named! {
    /// The instructions that act on a task's call.
    pub enum CallInstruction {
        /// Bridge the caller to the worker.
        Dequeue = "dequeue",
        /// Call the worker with a document of the application's.
        Call = "call",
        /// Send the caller to a document of the application's.
        Redirect = "redirect",
        /// Bring caller and worker together in a conference.
        Conference = "conference",
        /// Let a supervisor listen in.
        Supervise = "supervise",
    }
}

impl Workspace {
    pub(crate) fn update_reservation(
        &mut self,
        command: UpdateReservation,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let (sid, answer) = (command.sid, command.answer);
        let reservation =
            self.reservations.get(&sid).ok_or_else(|| Refusal::not_found(Noun::Reservation, sid))?;
        let subject = Subject::Reservation(Box::new(reservation.clone()));
        check_version(command.if_match, reservation.version)?;
        let event = match answer {
            ReservationAnswer::Accept => ReservationEvent::Accepted,
            ReservationAnswer::Hold => ReservationEvent::Held,
            ReservationAnswer::FailSetUp(_) => ReservationEvent::SetUpFailed,
            ReservationAnswer::Reject(_) => ReservationEvent::Rejected,
            ReservationAnswer::Wrap => ReservationEvent::Wrapped,
            ReservationAnswer::Complete => ReservationEvent::Completed,
            ReservationAnswer::Instruct(instruction) => {
                return Err(Refusal::NoCall { instruction: instruction.as_str() });
            }
        };
        let status = reservation.status;
        match status.after(event) {
            Move::To(_) => self.answer(sid, answer, tick)?,
            Move::Stays => {}
            Move::TooLate => return Err(Refusal::Gone { reservation: sid, status }),
            Move::NotNow => {
                return Err(Refusal::wrong_state(format!(
                    "reservation {sid} is {status} and can not be {}",
                    past(event)
                )));
            }
        }
        Ok(subject)
    }

    fn answer(
        &mut self,
        sid: ReservationSid,
        answer: ReservationAnswer,
        tick: &mut Tick,
    ) -> Result<(), Refusal> {
        match answer {
            ReservationAnswer::Accept => self.accept(sid, tick),
            ReservationAnswer::Hold => self.move_reservation(sid, ReservationEvent::Held, tick.now),
            ReservationAnswer::FailSetUp(code) => self.fail_set_up(sid, code, tick),
            ReservationAnswer::Reject(activity) => {
                self.check_named_activity("WorkerActivitySid", activity)?;
                self.reject(sid, activity, tick);
            }
            ReservationAnswer::Wrap => self.wrap(sid, tick),
            ReservationAnswer::Complete => self.complete(sid, tick),
            ReservationAnswer::Instruct(_) => {}
        }
        Ok(())
    }
}

fn past(event: ReservationEvent) -> &'static str {
    match event {
        ReservationEvent::Accepted => "accepted",
        ReservationEvent::Held => "put on hold",
        ReservationEvent::SetUpFailed => "canceled for a failed set-up",
        ReservationEvent::Rejected => "rejected",
        ReservationEvent::TimedOut => "timed out",
        ReservationEvent::Canceled => "canceled",
        ReservationEvent::Rescinded => "rescinded",
        ReservationEvent::Wrapped => "wrapped up: accept it first",
        ReservationEvent::Completed => "completed: accept it first",
    }
}
