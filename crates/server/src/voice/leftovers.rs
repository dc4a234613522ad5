//! Calls of an earlier process: they are gone with it, so their rows end, their flows are told and their tasks end.

use std::sync::Arc;

use call::{CallRecord, CallStatus, ConferenceStatus, Parameters, Record, RecordingStatus};
use domain::CallSid;
use flow::Status;
use router::{Command, Task, TaskStatus, UpdateTask};
use serde_json::Value;
use store::tasks::TaskKey;
use store::{Error, Page, calls, executions, tasks};

use super::documents::{self, Turn};
use crate::clock;
use crate::house::House;
use crate::work::Work;

/// How many executions or tasks may hang on one call.
const MANY: usize = 100;

/// Why a waiting caller's task ends.
const REASON: &str = "the call ended when the server stopped";

/// Ends in the books what an earlier process left behind; returns the calls that it had.
pub(super) async fn end(house: &Arc<House>) -> Result<Vec<CallRecord>, Error> {
    let now = clock::now();
    let mut work = Work::default();
    let mut gone = calls::live(&house.store).await?;
    for call in &mut gone {
        call.status = if call.answered_at.is_some() { CallStatus::Completed } else { CallStatus::Failed };
        (call.ended_at, call.date_updated) = (Some(now), now);
        work.write(calls::write(house.account, &Record::Call(Box::new(call.clone()))));
    }
    for member in calls::all_members(&house.store).await? {
        work.write(calls::write(house.account, &Record::QueueMemberLeft(member.queue, member.call)));
    }
    for mut conference in calls::live_conferences(&house.store).await? {
        (conference.status, conference.date_updated) = (ConferenceStatus::Completed, now);
        work.write(calls::write(house.account, &Record::Conference(Box::new(conference))));
    }
    for mut recording in calls::unfinished_recordings(&house.store).await? {
        recording.status = RecordingStatus::Completed;
        work.write(calls::write(house.account, &Record::Recording(Box::new(recording))));
    }
    house.commit(work).await?;
    Ok(gone)
}

/// Tells flows and the router that calls are gone.
pub(super) async fn report(house: &Arc<House>, gone: Vec<CallRecord>) {
    for call in gone {
        let told = tell_flows(house, &call).await.and(end_tasks(house, call.sid).await);
        if let Err(error) = told {
            tracing::error!(call = %call.sid, %error, "what hangs on a call that is gone could not be ended");
        }
    }
}

async fn tell_flows(house: &Arc<House>, call: &CallRecord) -> Result<(), Error> {
    let (sid, status) = (call.sid.to_string(), Some(Status::Active));
    let filter = executions::Filter { call: Some(sid.clone()), status, ..executions::Filter::default() };
    for execution in executions::list(&house.store, &filter, &Page::first(MANY)).await?.items {
        let parameters = Parameters::from_iter([
            ("CallSid".to_owned(), Value::from(sid.clone())),
            ("CallStatus".to_owned(), Value::from(call.status.as_str())),
            ("From".to_owned(), Value::from(call.from.clone())),
            ("To".to_owned(), Value::from(call.to.clone())),
        ]);
        let turn = Turn {
            flow: execution.flow_sid(),
            call: call.sid,
            step: None,
            was_placed: false,
            is_return: false,
            parameters,
        };
        documents::tell_flow(house, turn).await;
    }
    Ok(())
}

async fn end_tasks(house: &House, call: CallSid) -> Result<(), Error> {
    let filter = tasks::Filter { about: vec![(TaskKey::Call, call.to_string())], ..tasks::Filter::default() };
    for workspace in house.workspaces.sids() {
        for task in tasks::all(&house.store, workspace, &filter, MANY).await? {
            let Some(ending) = ending_of(&task) else { continue };
            let ended = match house.workspaces.get(workspace) {
                Ok(handle) => handle.execute(Command::UpdateTask(ending)).await.map(drop),
                Err(failure) => Err(failure),
            };
            if let Err(failure) = ended {
                tracing::warn!(task = %task.sid, %failure, "the task of a call that is gone did not end");
            }
        }
    }
    Ok(())
}

/// A caller who waited is gone; a worker who talked has something to write down.
fn ending_of(task: &Task) -> Option<UpdateTask> {
    let status = match task.status {
        TaskStatus::Pending | TaskStatus::Reserved => TaskStatus::Canceled,
        TaskStatus::Assigned => TaskStatus::Wrapping,
        TaskStatus::Wrapping | TaskStatus::Completed | TaskStatus::Canceled => return None,
    };
    Some(UpdateTask { status: Some(status), reason: Some(REASON.to_owned()), ..UpdateTask::of(task.sid) })
}
