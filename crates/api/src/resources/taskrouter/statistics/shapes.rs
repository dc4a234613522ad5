//! Which figures are published of whom, and how they are spelled.

use router::{ActivityCount, CumulativeStatistics, RealTimeStatistics, WaitDuration};
use serde_json::{Value, json};

/// Whose figures they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Workspace,
    TaskQueue,
    Workflow,
    Workers,
    Worker,
}

/// Shows what happened within a time.
pub(super) fn cumulative(kind: Kind, past: &CumulativeStatistics) -> Value {
    let mut shown = json!({
        "start_time": past.start_time.to_iso8601(),
        "end_time": past.end_time.to_iso8601(),
        "reservations_created": past.reservations_created,
        "reservations_accepted": past.reservations_accepted,
        "reservations_rejected": past.reservations_rejected,
        "reservations_timed_out": past.reservations_timed_out,
        "reservations_canceled": past.reservations_canceled,
        "reservations_rescinded": past.reservations_rescinded,
    });
    match kind {
        Kind::Workers | Kind::Worker => {
            shown["activity_durations"] = json!(past.activity_durations);
        }
        Kind::TaskQueue => {
            tasks(&mut shown, past);
            shown["tasks_entered"] = json!(past.tasks_entered);
            shown["wait_duration_in_queue_until_accepted"] = wait(past.wait_duration_in_queue_until_accepted);
        }
        Kind::Workflow => {
            tasks(&mut shown, past);
            shown["tasks_entered"] = json!(past.tasks_entered);
            shown["tasks_timed_out_in_workflow"] = json!(past.tasks_timed_out_in_workflow);
        }
        Kind::Workspace => {
            tasks(&mut shown, past);
            shown["tasks_created"] = json!(past.tasks_created);
            shown["tasks_timed_out_in_workflow"] = json!(past.tasks_timed_out_in_workflow);
        }
    }
    shown
}

/// The figures about tasks that all but workers have.
fn tasks(shown: &mut Value, past: &CumulativeStatistics) {
    shown["avg_task_acceptance_time"] = json!(past.avg_task_acceptance_time);
    shown["tasks_canceled"] = json!(past.tasks_canceled);
    shown["tasks_completed"] = json!(past.tasks_completed);
    shown["tasks_deleted"] = json!(past.tasks_deleted);
    shown["tasks_moved"] = json!(past.tasks_moved);
    shown["wait_duration_until_accepted"] = wait(past.wait_duration_until_accepted);
    shown["wait_duration_until_canceled"] = wait(past.wait_duration_until_canceled);
    shown["split_by_wait_time"] = match past.split_by_wait_time.is_empty() {
        true => Value::Null,
        false => json!(past.split_by_wait_time),
    };
}

fn wait(wait: WaitDuration) -> Value {
    json!({ "avg": wait.avg, "min": wait.min, "max": wait.max, "total": wait.total })
}

/// Shows how things stand.
pub(super) fn real_time(kind: Kind, stand: &RealTimeStatistics) -> Value {
    let activities: Vec<Value> = stand.activity_statistics.iter().map(activity).collect();
    match kind {
        Kind::Workers | Kind::Worker => {
            json!({ "activity_statistics": activities, "total_workers": stand.total_workers })
        }
        Kind::Workflow => waiting(stand),
        Kind::Workspace => {
            let mut shown = waiting(stand);
            shown["activity_statistics"] = json!(activities);
            shown["total_workers"] = json!(stand.total_workers);
            shown
        }
        Kind::TaskQueue => {
            let mut shown = waiting(stand);
            shown["activity_statistics"] = json!(activities);
            shown["total_eligible_workers"] = json!(stand.total_workers);
            shown["total_available_workers"] = json!(stand.total_available_workers);
            shown["longest_relative_task_age_in_queue"] = json!(stand.longest_relative_task_age_in_queue);
            shown["longest_relative_task_sid_in_queue"] = json!(stand.longest_relative_task_sid_in_queue);
            shown
        }
    }
}

/// The figures about live tasks that all but workers have.
fn waiting(stand: &RealTimeStatistics) -> Value {
    json!({
        "total_tasks": stand.total_tasks,
        "tasks_by_status": stand.tasks_by_status,
        "tasks_by_priority": stand.tasks_by_priority,
        "longest_task_waiting_age": stand.longest_task_waiting_age,
        "longest_task_waiting_sid": stand.longest_task_waiting_sid,
    })
}

fn activity(count: &ActivityCount) -> Value {
    json!({ "sid": count.sid, "friendly_name": count.friendly_name, "workers": count.workers })
}
