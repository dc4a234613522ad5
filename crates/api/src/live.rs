//! Live statistics: what happens to tasks and workers as it happens, and how queues stand after it.
//!
//! A stream of JSON frames for desks and wallboards; whoever carries them to a browser subscribes here.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::{TaskQueueSid, WorkerSid, WorkspaceSid};
use router::{Notice, NoticeKind, Scope, TaskQueue, Workspace};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::platform::{Failure, Notices, Platform, look};
use crate::resources::{event_data, queue_in_real_time};

/// How many frames may wait for a listener; then the stream waits, and misses what happens meanwhile.
const WAITING_MAX: usize = 256;

/// How long changes of queues are gathered before their figures are told.
const GATHERING: Duration = Duration::from_millis(500);

/// What a listener can hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Tasks and their reservations: a frame for each event.
    Tasks,
    /// Workers and their channels: a frame for each event.
    Workers,
    /// Task queues: a frame with the real-time figures of each queue, at first and after it changed.
    Queues,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Tasks, Self::Workers, Self::Queues];

    /// Returns the name in frames.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Workers => "workers",
            Self::Queues => "queues",
        }
    }
}

/// Subscribes to topics of a workspace. The frames end when the workspace is gone or the receiver is dropped.
///
/// A frame has `topic` and `type`: `event` with `event_type`, `event_date` and `data`; `figures` with
/// `task_queue_sid`, `friendly_name` and `realtime`; `missed` after frames were lost: read what you show anew.
pub fn subscribe(
    platform: &Arc<dyn Platform>,
    workspace: WorkspaceSid,
    topics: BTreeSet<Topic>,
) -> mpsc::Receiver<Value> {
    let (frames, receiver) = mpsc::channel(WAITING_MAX);
    let notices = platform.notices();
    let listener =
        Listener { platform: Arc::clone(platform), workspace, topics, frames, touched: Touched::All };
    tokio::spawn(listener.run(notices));
    receiver
}

struct Listener {
    platform: Arc<dyn Platform>,
    workspace: WorkspaceSid,
    topics: BTreeSet<Topic>,
    frames: mpsc::Sender<Value>,
    touched: Touched,
}

/// The queues whose figures are to be told.
#[derive(Debug, Clone, PartialEq)]
enum Touched {
    All,
    Some { queues: BTreeSet<TaskQueueSid>, workers: BTreeSet<WorkerSid> },
}

/// The listener or the workspace has gone.
struct Over;

impl Listener {
    /// Tells what happens until it is over.
    async fn run(mut self, mut notices: Notices) {
        let mut due = Some(Instant::now());
        loop {
            let told = tokio::select! {
                commit = notices.recv() => match commit {
                    Ok(notices) => self.tell(&notices).await,
                    Err(RecvError::Lagged(_)) => self.miss().await,
                    Err(RecvError::Closed) => return,
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    due = None;
                    self.tell_figures().await
                }
                () = self.frames.closed() => return,
            };
            if told.is_err() {
                return;
            }
            if !self.touched.is_empty() {
                due = due.or_else(|| Some(Instant::now() + GATHERING));
            }
        }
    }

    async fn tell(&mut self, notices: &[Notice]) -> Result<(), Over> {
        for notice in notices.iter().filter(|notice| notice.workspace_sid == self.workspace) {
            if notice.kind == NoticeKind::WorkspaceDeleted {
                return Err(Over);
            }
            self.touched.note(notice);
            for topic in topics_of(notice).into_iter().flatten() {
                if self.topics.contains(&topic) {
                    self.send(event(topic, notice)).await?;
                }
            }
        }
        Ok(())
    }

    async fn miss(&mut self) -> Result<(), Over> {
        self.touched = Touched::All;
        for topic in self.topics.clone() {
            self.send(json!({ "topic": topic.name(), "type": "missed" })).await?;
        }
        Ok(())
    }

    async fn tell_figures(&mut self) -> Result<(), Over> {
        let touched = std::mem::replace(&mut self.touched, Touched::nothing());
        if !self.topics.contains(&Topic::Queues) {
            return Ok(());
        }
        let now = self.platform.tick().now;
        let figures = look(&*self.platform, self.workspace, move |workspace| {
            let chosen = touched.queues_of(workspace).into_iter();
            chosen.map(|queue| figures(workspace, queue, now)).collect::<Vec<Value>>()
        });
        let figures = figures.await.map_err(|_: Failure| Over)?;
        for frame in figures {
            self.send(frame).await?;
        }
        Ok(())
    }

    async fn send(&self, frame: Value) -> Result<(), Over> {
        self.frames.send(frame).await.map_err(|_| Over)
    }
}

impl Touched {
    fn nothing() -> Self {
        Self::Some { queues: BTreeSet::new(), workers: BTreeSet::new() }
    }

    fn is_empty(&self) -> bool {
        *self == Self::nothing()
    }

    /// Notes whose figures a notice changes. A queue that is left shows at once with the one that is entered: what
    /// moves a task names the new queue only, so that all are told.
    fn note(&mut self, notice: &Notice) {
        let subjects = &notice.subjects;
        if notice.kind == NoticeKind::TaskQueueMoved || subjects.activity.is_some() {
            *self = Self::All;
        }
        let Self::Some { queues, workers } = self else { return };
        queues.extend(subjects.task.as_ref().and_then(|snapshot| snapshot.task.task_queue_sid));
        queues.extend(subjects.task_queue.as_ref().map(|queue| queue.sid));
        workers.extend(subjects.worker.as_ref().map(|snapshot| snapshot.worker.sid));
    }

    fn queues_of<'a>(&self, workspace: &'a Workspace) -> Vec<&'a TaskQueue> {
        match self {
            Self::All => workspace.task_queues().collect(),
            Self::Some { queues, workers } => {
                let served = workers.iter().flat_map(|worker| workspace.queues_of_worker(*worker));
                let sids: BTreeSet<TaskQueueSid> =
                    served.map(|queue| queue.sid).chain(queues.iter().copied()).collect();
                sids.into_iter().filter_map(|sid| workspace.task_queue(sid)).collect()
            }
        }
    }
}

/// Returns the topics that a notice belongs to.
fn topics_of(notice: &Notice) -> [Option<Topic>; 2] {
    let subjects = &notice.subjects;
    let is_of_task = subjects.task.is_some() || subjects.reservation.is_some();
    [
        is_of_task.then_some(Topic::Tasks),
        (subjects.worker.is_some() && subjects.reservation.is_none()).then_some(Topic::Workers),
    ]
}

fn event(topic: Topic, notice: &Notice) -> Value {
    json!({
        "topic": topic.name(),
        "type": "event",
        "event_sid": notice.sid,
        "event_type": notice.kind,
        "event_date": notice.at.to_iso8601(),
        "data": event_data(notice),
    })
}

fn figures(workspace: &Workspace, queue: &TaskQueue, now: domain::Timestamp) -> Value {
    let stand = workspace.real_time_statistics(&Scope::TaskQueue(queue.sid), None, now);
    json!({
        "topic": Topic::Queues.name(),
        "type": "figures",
        "task_queue_sid": queue.sid,
        "friendly_name": queue.friendly_name,
        "realtime": queue_in_real_time(&stand),
    })
}
