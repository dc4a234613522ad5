//! The table of commands, and those about calls.

use domain::CallSid;
use std::time::Duration;
use twiml::{CallEvent, Verb};

use super::Exchange;
use super::calls::NewLeg;
use crate::call::{Role, Wishes};
use crate::timer::Timer;
use crate::{Command, CreateCall, ModifyCall, Noun, ProgressCallback, Refusal, Subject, WishedEnding};

/// How long a call may ring at most, in seconds.
const TIMEOUT_SECS_MAX: u32 = 999;

impl Exchange {
    pub(super) fn carry_out(&mut self, command: Command) -> Result<Subject, Refusal> {
        match command {
            Command::CreateCall(command) => self.create_call(*command).map(Subject::Call),
            Command::ModifyCall(command) => self.modify_call(*command).map(Subject::Call),
            Command::Perform { call, verbs } => self.perform(call, verbs).map(Subject::Call),
            Command::CreateQueue(command) => self.create_queue(command).map(Subject::Queue),
            Command::UpdateQueue(command) => self.update_queue(command).map(Subject::Queue),
            Command::DeleteQueue(command) => self.delete_queue(command).map(Subject::Queue),
            Command::PullMember(command) => self.pull_member(command).map(Subject::Call),
            Command::EndConference(command) => self.end_by_api(command).map(Subject::Conference),
            Command::Announce(command) => self.announce(command).map(Subject::Conference),
            Command::CreateParticipant(command) => self.create_participant(*command),
            Command::UpdateParticipant(command) => self.update_participant(*command),
            Command::KickParticipant(command) => self.kick_participant(command),
            Command::StartRecording(command) => self.start_recording(*command).map(Subject::Recording),
            Command::UpdateRecording(command) => self.update_recording(command).map(Subject::Recording),
            Command::StartStream(command) => self.start_stream(*command),
            Command::StopStream(command) => self.stop_stream(command),
            Command::Dequeue(command) => self.dequeue(*command).map(Subject::Call),
            Command::JoinWorker(command) => self.join_worker(*command).map(Subject::Call),
            Command::CallWorker(command) => self.call_worker(*command).map(Subject::Call),
            Command::RedirectCaller(command) => self.redirect_caller(command).map(Subject::Call),
            Command::Supervise(command) => self.supervise(*command).map(Subject::Call),
        }
    }

    pub(super) fn create_call(&mut self, command: CreateCall) -> Result<CallSid, Refusal> {
        if !(1..=TIMEOUT_SECS_MAX).contains(&command.timeout_secs) {
            let reason = format!("'{}': 1 to {TIMEOUT_SECS_MAX} seconds are expected", command.timeout_secs);
            return Err(Refusal::invalid("Timeout", reason));
        }
        Ok(self.place(NewLeg {
            target: command.target,
            to: command.to,
            from: command.from,
            caller_name: command.caller_name,
            parent: None,
            role: Role::Own,
            program: command.program,
            progress: command.progress,
            timeout_secs: command.timeout_secs,
            wishes: Wishes {
                answer_detection: command.answer_detection,
                time_limit_secs: command.time_limit_secs,
                send_digits: command.send_digits,
                recording: command.recording,
            },
            parameters: command.parameters,
        }))
    }

    fn modify_call(&mut self, command: ModifyCall) -> Result<CallSid, Refusal> {
        let sid = command.call;
        let call = self.calls.get_mut(&sid).ok_or_else(|| Refusal::not_found(Noun::Call, sid))?;
        if command.status == Some(WishedEnding::Canceled) && call.is_answered() {
            return Err(Refusal::wrong_state(
                "the call is in progress: only a queued or ringing call can be canceled, end it by completed",
            ));
        }
        if let Some(link) = command.status_callback {
            call.progress.callback = Some(ProgressCallback { link, events: vec![CallEvent::Completed] });
        }
        if let Some(secs) = command.time_limit_secs {
            call.wishes.time_limit_secs = Some(secs);
            let limit = Duration::from_secs(u64::from(secs));
            let at = call.facts.answered_at.map(|from| from + limit);
            self.timers.set(Timer::TimeLimit(sid), at);
        }
        match (command.status, command.program) {
            (Some(WishedEnding::Canceled | WishedEnding::Completed), _) => self.hang_up(sid),
            (None, Some(program)) => {
                call.screening.is_awaited = false;
                self.drive(sid, program);
            }
            (None, None) => {}
        }
        Ok(sid)
    }

    /// Performs what a flow wants next. A flow that still waits for what its last verbs brought is not asked again.
    fn perform(&mut self, call: CallSid, verbs: Vec<Verb>) -> Result<CallSid, Refusal> {
        let live = self.calls.get_mut(&call).ok_or_else(|| Refusal::not_found(Noun::Call, call))?;
        live.screening.is_awaited = false;
        if verbs.is_empty() {
            self.hang_up(call);
        } else {
            self.drive_by_flow(call, verbs);
        }
        Ok(call)
    }
}
