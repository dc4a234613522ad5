//! Commands about activities.

use domain::{ActivitySid, Tick};

use crate::workspace::Workspace;
use crate::{Activity, NoticeKind, Noun, RecordKey, Refusal, Subject, Subjects, checks};

/// Creates an activity.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateActivity {
    /// What people call it, at most 64 characters.
    pub friendly_name: String,
    /// Whether a worker in it takes tasks; can not be changed later.
    pub available: bool,
}

/// Renames an activity.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateActivity {
    /// The activity.
    pub sid: ActivitySid,
    /// Another name.
    pub friendly_name: Option<String>,
}

/// Deletes an activity.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteActivity {
    /// The activity.
    pub sid: ActivitySid,
}

impl Workspace {
    pub(crate) fn create_activity(
        &mut self,
        command: CreateActivity,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let friendly_name = checks::friendly_name(&command.friendly_name)?;
        let activity = Activity {
            sid: tick.sid(),
            friendly_name,
            available: command.available,
            date_created: tick.now,
            date_updated: tick.now,
        };
        let sid = activity.sid;
        self.activities.insert(sid, activity);
        self.changes.put(RecordKey::Activity(sid));
        self.announce_activity(NoticeKind::ActivityCreated, sid, tick);
        Ok(Subject::Activity(sid))
    }

    pub(crate) fn update_activity(
        &mut self,
        command: UpdateActivity,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let friendly_name = command.friendly_name.as_deref().map(checks::friendly_name).transpose()?;
        let activity =
            self.activities.get_mut(&sid).ok_or_else(|| Refusal::not_found(Noun::Activity, sid))?;
        if let Some(friendly_name) = friendly_name {
            activity.friendly_name = friendly_name;
            activity.date_updated = tick.now;
            self.changes.put(RecordKey::Activity(sid));
            self.announce_activity(NoticeKind::ActivityUpdated, sid, tick);
            self.reindex_workers_in(sid);
        }
        Ok(Subject::Activity(sid))
    }

    pub(crate) fn delete_activity(
        &mut self,
        command: DeleteActivity,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        self.check_activity(sid)?;
        if let Some(user) = self.user_of_activity(sid) {
            return Err(Refusal::wrong_state(format!(
                "activity {sid} is in use: it is {user}; change that first"
            )));
        }
        self.announce_activity(NoticeKind::ActivityDeleted, sid, tick);
        self.activities.remove(&sid);
        self.changes.delete(RecordKey::Activity(sid));
        Ok(Subject::Deleted)
    }

    /// Refuses an activity that does not exist.
    pub(crate) fn check_activity(&self, sid: ActivitySid) -> Result<(), Refusal> {
        match self.activities.contains_key(&sid) {
            true => Ok(()),
            false => Err(Refusal::not_found(Noun::Activity, sid)),
        }
    }

    /// Refuses an activity that a parameter names and that does not exist.
    pub(crate) fn check_named_activity(
        &self,
        parameter: &'static str,
        sid: Option<ActivitySid>,
    ) -> Result<(), Refusal> {
        match sid.filter(|sid| !self.activities.contains_key(sid)) {
            Some(sid) => {
                Err(Refusal::invalid(parameter, format!("there is no activity '{sid}' in this workspace")))
            }
            None => Ok(()),
        }
    }

    fn announce_activity(&mut self, kind: NoticeKind, sid: ActivitySid, tick: &mut Tick) {
        let activity = self.activities.get(&sid).cloned().map(Box::new);
        self.announce(kind, Subjects { activity, ..Subjects::default() }, tick);
    }

    /// Expressions may name an activity by its name.
    fn reindex_workers_in(&mut self, activity: ActivitySid) {
        let workers = self.workers.values().filter(|worker| worker.activity_sid == activity);
        for worker in workers.map(|worker| worker.sid).collect::<Vec<_>>() {
            self.reindex_worker(worker);
        }
    }

    /// Says what uses an activity, if anything does.
    fn user_of_activity(&self, sid: ActivitySid) -> Option<String> {
        if self.settings.default_activity_sid == sid {
            return Some("the workspace's default activity".to_owned());
        }
        if self.settings.timeout_activity_sid == sid {
            return Some("the workspace's timeout activity".to_owned());
        }
        if let Some(worker) = self.workers.values().find(|worker| worker.activity_sid == sid) {
            return Some(format!("the activity of worker '{}'", worker.friendly_name));
        }
        let mut queues = self.task_queues.values();
        let queue = queues.find(|queue| {
            [queue.reservation_activity_sid, queue.assignment_activity_sid].contains(&Some(sid))
        })?;
        Some(format!("an activity of task queue '{}'", queue.friendly_name))
    }
}
