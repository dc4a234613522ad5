//! The figures of `/metrics`: what happened is counted once it is on disk, how things stand is read when asked for.
//!
//! Every name, with its labels, is described in docs/reference/metrics.md.

use std::fs;
use std::sync::OnceLock;
use std::time::Duration;

use api::LiveEvent;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_util::MetricKindMask;
use router::{Scope, Workspace};
use store::{Error, MessageStatus, calls, executions};

use crate::clock;
use crate::house::House;
use crate::work::Aftermath;

/// Upper bounds of durations, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// The unit of processor times in proc(5), which Linux keeps at this for programs.
const TICKS_PER_SECOND: f64 = 100.0;

/// How long what was last read of a workspace is shown: one that was deleted vanishes.
const GAUGES_LAST: Duration = Duration::from_secs(60);

/// Counts from this moment on; figures are the process's, whatever houses it has.
pub(crate) fn start() {
    recorder();
}

/// Counts what a commit brought about, and how long it took to be on disk.
pub(crate) fn count(aftermath: &Aftermath, took: Duration) {
    histogram!("patchboard_commit_seconds").record(took.as_secs_f64());
    for notice in &aftermath.notices {
        counter!("patchboard_taskrouter_events_total", "type" => notice.kind.as_str()).increment(1);
    }
    for event in &aftermath.live {
        count_live(event);
    }
    for status in &aftermath.reached {
        count_message(*status);
    }
}

/// Returns all figures in the text format of Prometheus.
pub(crate) async fn render(house: &House) -> Result<String, Error> {
    for sid in house.workspaces.sids() {
        // A workspace that is deleted meanwhile has no figures.
        if let Ok(workspace) = house.workspaces.get(sid) {
            let _ = workspace.look(Box::new(read_workspace)).await;
        }
    }
    gauge!("patchboard_calls").set(precise(calls::count_live(&house.store).await?));
    gauge!("patchboard_executions").set(precise(executions::count_active(&house.store).await?));
    gauge!("patchboard_errands").set(precise(house.errands_waiting()));
    read_process();
    let recorder = recorder();
    recorder.run_upkeep();
    Ok(recorder.render())
}

fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
            .expect("there are buckets")
            .idle_timeout(MetricKindMask::GAUGE, Some(GAUGES_LAST));
        builder.install_recorder().expect("nothing else of this process records")
    })
}

fn count_live(event: &LiveEvent) {
    match event {
        LiveEvent::ExecutionStarted(_) => counter!("patchboard_executions_started_total").increment(1),
        LiveEvent::ExecutionEnded(_) => counter!("patchboard_executions_ended_total").increment(1),
        LiveEvent::StepEnded { .. } => counter!("patchboard_steps_total").increment(1),
        LiveEvent::Conversation(notice) => {
            let name = api::conversation_hooks::event_name(&notice.fact);
            counter!("patchboard_conversation_events_total", "type" => name).increment(1);
        }
        LiveEvent::Typing { .. } => {}
    }
}

fn count_message(status: MessageStatus) {
    counter!("patchboard_messages_total", "status" => status.as_str()).increment(1);
}

fn read_workspace(workspace: &Workspace) {
    let now = workspace.real_time_statistics(&Scope::Workspace, None, clock::now());
    let name = workspace.settings().friendly_name.to_string();
    for (status, tasks) in &now.tasks_by_status {
        gauge!("patchboard_tasks", "workspace" => name.clone(), "status" => status.as_str())
            .set(precise(*tasks));
    }
    for activity in &now.activity_statistics {
        let activity_name = activity.friendly_name.to_string();
        gauge!("patchboard_workers", "workspace" => name.clone(), "activity" => activity_name)
            .set(precise(activity.workers));
    }
    gauge!("patchboard_longest_wait_seconds", "workspace" => name)
        .set(precise(usize::try_from(now.longest_task_waiting_age).unwrap_or(usize::MAX)));
}

/// What the kernel knows of this process, proc(5), by the names that Prometheus gives it; what is not there is left out.
fn read_process() {
    if let Some(kibibytes) = after("/proc/self/status", "VmRSS:").and_then(|text| text.parse::<f64>().ok()) {
        gauge!("process_resident_memory_bytes").set(kibibytes * 1024.0);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(precise(files.count()));
    }
    if let Some(ticks) = processor_ticks() {
        gauge!("process_cpu_seconds_total").set(ticks / TICKS_PER_SECOND);
    }
}

/// Returns the word behind a label of a file.
fn after(path: &str, label: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(label))?;
    rest.split_whitespace().next().map(str::to_owned)
}

/// Returns the processor time of the process: the 14th and 15th field of its line, of which the second may hold spaces.
fn processor_ticks() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).take(2).map(|field| field.parse::<f64>().ok());
    Some(times.next()?? + times.next()??)
}

/// A count as a figure, which is exact as far as anybody counts.
fn precise(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
