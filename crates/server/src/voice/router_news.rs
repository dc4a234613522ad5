//! What of the router's news concerns calls: tasks that end, and reservations that end otherwise than by a call.

use call::{Event, TaskEnding};
use router::{ContactRelease, Notice, NoticeKind, OnTaskEndWaitingCall, TaskStatus};

/// What the router's reasons for tasks whose time was over have in them.
const TIMED_OUT: [&str; 2] = ["timed out", "TTL Exceeded"];

/// Returns what calls are to know of a notice.
pub(crate) fn of_notice(notice: &Notice) -> Option<Event> {
    let is_end = matches!(
        notice.kind,
        NoticeKind::ReservationRejected
            | NoticeKind::ReservationTimedOut
            | NoticeKind::ReservationCanceled
            | NoticeKind::ReservationRescinded
            | NoticeKind::ReservationFailed
    );
    let reservation = notice.subjects.reservation.as_ref().filter(|_| is_end)?;
    Some(Event::ReservationEnded { reservation: reservation.sid })
}

/// Returns what calls are to know of a task that has ended, as the workspace's policy has it.
pub(crate) fn of_release(release: &ContactRelease) -> Option<Event> {
    let task = &release.task;
    let is_over = task.status == TaskStatus::Completed;
    if !is_over && release.on_task_end_waiting_call == OnTaskEndWaitingCall::KeepWaiting {
        return None;
    }
    let reason = task.reason.as_deref().unwrap_or_default();
    let was_late = TIMED_OUT.iter().any(|words| reason.contains(words));
    let ending = match (is_over, was_late) {
        (true, _) => TaskEnding::Completed,
        (false, true) => TaskEnding::TimedOut,
        (false, false) => TaskEnding::Canceled,
    };
    Some(Event::TaskEnded { task: task.sid, ending })
}
