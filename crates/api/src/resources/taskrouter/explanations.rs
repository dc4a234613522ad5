//! Explanations of tasks, and simulations of tasks that are not there: our own resources beside the published ones.
//!
//! Their JSON is the engine's own value with its times written as dates.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use domain::{ActivitySid, TaskSid, WorkerSid, WorkspaceSid};
use router::{CreateTask, CreateWorker, Explanation, Hypothetical, HypotheticalWorker, Task, WaitEstimate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{below_workspace, dated, tasks};
use crate::app::{Shared, View};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::parameters::Parameters;
use crate::platform::Failure;
use crate::reply::{Answer, Reply};

/// How many imagined workers one simulation takes.
const WORKERS_MAX: usize = 1_000;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/Tasks/{sid}/Explanation"), get(explain))
        .route(&below_workspace("/Workflows/Simulate"), post(simulate))
}

async fn explain(State(app): State<Shared>, Path((workspace, sid)): Path<(WorkspaceSid, TaskSid)>) -> Answer {
    let live = app.look(workspace, move |view| {
        let explanation = view.workspace.explain(sid, view.now)?;
        Some(present(view, sid, &explanation))
    });
    if let Some(explained) = live.await? {
        return Ok(Reply::ok(explained));
    }
    let task = tasks::ended(&app, workspace, sid).await?.ok_or_else(ApiError::not_found)?;
    let explained = app.look(workspace, move |view| present(view, sid, &explanation_of_ended(view, &task)));
    Ok(Reply::ok(explained.await?))
}

/// Says of a task that has ended how it ended: nothing keeps it any more, and nothing comes next.
fn explanation_of_ended(view: &View<'_>, task: &Task) -> Explanation {
    let age_secs = task.age_secs(task.date_ended.unwrap_or(view.now));
    let reason = task.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let channel = view.workspace.task_channel(task.task_channel_sid);
    Explanation {
        task_sid: task.sid,
        status: task.status,
        priority: task.priority,
        age_secs,
        task_channel: channel.map(|channel| channel.unique_name.clone()).unwrap_or_default(),
        summary: format!("The task was {} {age_secs} s after its creation{reason}.", task.status),
        place: None,
        next: vec![],
        line: None,
        wait: WaitEstimate::NoEstimate { reason: format!("the task is {}", task.status) },
        candidates: vec![],
        candidates_left_out: 0,
        obstacles: BTreeMap::new(),
    }
}

fn present(view: &View<'_>, task: TaskSid, explanation: &Explanation) -> Value {
    let own = view.url(&format!("/Tasks/{task}"));
    let links = json!({ "task": own, "reservations": format!("{own}/Reservations") });
    shown(view, explanation, format!("{own}/Explanation"), links)
}

/// Presents one of the engine's values as a resource.
fn shown(view: &View<'_>, value: &impl Serialize, url: String, links: Value) -> Value {
    let settings = view.workspace.settings();
    let mut body = dated(value);
    body["account_sid"] = json!(settings.account_sid);
    body["workspace_sid"] = json!(settings.sid);
    body["url"] = json!(url);
    body["links"] = links;
    body
}

async fn simulate(
    State(app): State<Shared>,
    Path(workspace): Path<WorkspaceSid>,
    Form(form): Form,
) -> Answer {
    let setting = Setting::read(&form)?;
    let simulated = app.look(workspace, move |view| setting.play(view)).await?;
    Ok(Reply::ok(simulated?))
}

/// What is to be imagined.
struct Setting {
    hypothetical: Hypothetical,
    /// Only these of the workers who are there; none takes all.
    only: Option<BTreeSet<WorkerSid>>,
}

impl Setting {
    fn read(form: &Parameters) -> Result<Self, ApiError> {
        let attributes = form.text("TaskAttributes");
        let task = tasks::read_creation(form)?;
        let task = CreateTask { attributes: attributes.or(task.attributes), ..task };
        let workers = imagined_workers(form)?;
        let only = form.list("WorkerSids");
        if workers.is_some() && !only.is_empty() {
            let reason =
                "it can not be given together with WorkerSids: imagine workers, or name those who are there";
            return Err(ApiError::invalid("Workers", reason));
        }
        let read =
            |text: &String| text.parse::<WorkerSid>().map_err(|error| ApiError::invalid("WorkerSids", error));
        let only: BTreeSet<WorkerSid> = only.iter().map(read).collect::<Result<_, _>>()?;
        let only = (!only.is_empty()).then_some(only);
        Ok(Self { hypothetical: Hypothetical { task, workers }, only })
    }

    fn play(&self, view: &View<'_>) -> Result<Value, ApiError> {
        let simulation = match &self.only {
            None => view.workspace.simulate(&self.hypothetical, view.now),
            Some(only) => {
                let reduced = view.workspace.with_these_workers(only);
                reduced.and_then(|workspace| workspace.simulate(&self.hypothetical, view.now))
            }
        };
        let simulation = simulation.map_err(|refusal| ApiError::from(Failure::from(refusal)))?;
        let workflow = simulation.workflow_sid.map(|sid| view.url(&format!("/Workflows/{sid}")));
        Ok(shown(view, &simulation, view.url("/Workflows/Simulate"), json!({ "workflow": workflow })))
    }
}

/// A worker as a request imagines one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImaginedWorker {
    friendly_name: Option<String>,
    activity_sid: Option<ActivitySid>,
    #[serde(default)]
    attributes: Value,
    #[serde(default)]
    capacities: BTreeMap<String, u32>,
}

fn imagined_workers(form: &Parameters) -> Result<Option<Vec<HypotheticalWorker>>, ApiError> {
    const NAME: &str = "Workers";
    const EXPECTED: &str = r#"a list such as [{"friendly_name": "alice", "attributes": {"skills": ["en"]}, "capacities": {"chat": 3}}] is expected"#;
    let Some(given) = form.json(NAME)? else { return Ok(None) };
    let workers: Vec<ImaginedWorker> = serde_json::from_value(given)
        .map_err(|error| ApiError::invalid(NAME, format!("{error}: {EXPECTED}")))?;
    if workers.len() > WORKERS_MAX {
        return Err(ApiError::invalid(
            NAME,
            format!("{} are too many: {WORKERS_MAX} at most", workers.len()),
        ));
    }
    Ok(Some((1..).zip(workers).map(|(number, worker)| worker.named(number)).collect()))
}

impl ImaginedWorker {
    fn named(self, number: usize) -> HypotheticalWorker {
        let attributes = match self.attributes {
            Value::Null => None,
            Value::String(text) => Some(text),
            other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Some(other.to_string())
            }
        };
        HypotheticalWorker {
            worker: CreateWorker {
                friendly_name: self.friendly_name.unwrap_or_else(|| format!("worker {number}")),
                activity_sid: self.activity_sid,
                attributes,
            },
            capacities: self.capacities,
        }
    }
}
