//! Statistics: of the workspace, its task queues, workflows and workers; cumulative, as things stand, or both.

mod shapes;
mod window;

use axum::Router;
use axum::extract::State;
use axum::routing::{MethodRouter, get, post};
use domain::{TaskQueueSid, WorkerSid, WorkflowSid, WorkspaceSid};
use router::{CumulativeStatistics, RealTimeStatistics, Scope, StatisticsQuery, TaskQueue};
use serde_json::{Value, json};

use self::shapes::Kind;
use self::window::Window;
use super::{below_workspace, named_task_channel, task_queues, workers};
use crate::app::{App, Shared, View};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    let all = [Flavour::Both, Flavour::Cumulative, Flavour::RealTime];
    let mut routes = Router::new()
        .route(&below_workspace("/TaskQueues/Statistics"), get(list_of_queues))
        .route(&below_workspace("/TaskQueues/RealTimeStatistics"), post(real_time_of_queues))
        .route(&below_workspace("/Workers/{sid}/Statistics"), of_one(Flavour::Both, Whose::Worker));
    for flavour in all {
        let below = |place: &str| below_workspace(&format!("{place}/{}", flavour.path()));
        routes = routes
            .route(&below(""), of_all(flavour, Whose::Workspace))
            .route(&below("/TaskQueues/{sid}"), of_one(flavour, Whose::TaskQueue))
            .route(&below("/Workflows/{sid}"), of_one(flavour, Whose::Workflow))
            .route(&below("/Workers"), of_all(flavour, Whose::Workers));
    }
    routes
}

/// Shows how a task queue stands.
pub(crate) fn queue_in_real_time(stand: &RealTimeStatistics) -> Value {
    shapes::real_time(Kind::TaskQueue, stand)
}

/// Which figures a resource holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flavour {
    Both,
    Cumulative,
    RealTime,
}

/// Whose figures a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Workspace,
    TaskQueue(TaskQueueSid),
    Workflow(WorkflowSid),
    /// All workers, or those whom the filters hold.
    Workers,
    Worker(WorkerSid),
}

impl Flavour {
    fn path(self) -> &'static str {
        match self {
            Flavour::Both => "Statistics",
            Flavour::Cumulative => "CumulativeStatistics",
            Flavour::RealTime => "RealTimeStatistics",
        }
    }
}

impl Whose {
    fn kind(self) -> Kind {
        match self {
            Whose::Workspace => Kind::Workspace,
            Whose::TaskQueue(_) => Kind::TaskQueue,
            Whose::Workflow(_) => Kind::Workflow,
            Whose::Workers => Kind::Workers,
            Whose::Worker(_) => Kind::Worker,
        }
    }

    /// Returns the path below the workspace.
    fn path(self) -> String {
        match self {
            Whose::Workspace => String::new(),
            Whose::TaskQueue(sid) => format!("/TaskQueues/{sid}"),
            Whose::Workflow(sid) => format!("/Workflows/{sid}"),
            Whose::Workers => "/Workers".to_owned(),
            Whose::Worker(sid) => format!("/Workers/{sid}"),
        }
    }

    /// Returns the scope of the figures; an error says that there is no such thing.
    fn scope(self, view: &View<'_>, query: &Parameters) -> Result<Scope, ApiError> {
        let workspace = view.workspace;
        let found = match self {
            Whose::Workspace => Some(Scope::Workspace),
            Whose::TaskQueue(sid) => workspace.task_queue(sid).map(|_| Scope::TaskQueue(sid)),
            Whose::Workflow(sid) => workspace.workflow(sid).map(|_| Scope::Workflow(sid)),
            Whose::Workers => {
                let chosen = workers::select(view, query)?;
                Some(Scope::Workers(chosen.iter().map(|worker| worker.sid).collect()))
            }
            Whose::Worker(sid) => workspace.worker(sid).map(|_| Scope::Workers([sid].into())),
        };
        found.ok_or_else(ApiError::not_found)
    }

    /// Returns what every one of its resources says beside the figures.
    fn frame(self, view: &View<'_>, flavour: Flavour) -> Value {
        let settings = view.workspace.settings();
        let mut frame = json!({
            "account_sid": settings.account_sid,
            "workspace_sid": settings.sid,
            "url": view.url(&format!("{}/{}", self.path(), flavour.path())),
        });
        match self {
            Whose::TaskQueue(sid) => frame["task_queue_sid"] = json!(sid),
            Whose::Workflow(sid) => frame["workflow_sid"] = json!(sid),
            Whose::Worker(sid) => frame["worker_sid"] = json!(sid),
            Whose::Workspace | Whose::Workers => {}
        }
        frame
    }
}

fn of_all(flavour: Flavour, whose: Whose) -> MethodRouter<Shared> {
    get(move |State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, list: List| async move {
        answer(&app, workspace, whose, flavour, list.query).await
    })
}

fn of_one<S>(flavour: Flavour, whose: fn(S) -> Whose) -> MethodRouter<Shared>
where
    S: serde::de::DeserializeOwned + Send + 'static,
{
    get(
        move |State(app): State<Shared>, Path((workspace, sid)): Path<(WorkspaceSid, S)>, list: List| async move {
            answer(&app, workspace, whose(sid), flavour, list.query).await
        },
    )
}

/// Figures as they stand, and the question about those of the past.
struct Asked {
    whose: Whose,
    frame: Value,
    real_time: RealTimeStatistics,
    query: StatisticsQuery,
}

impl Asked {
    fn of(
        view: &View<'_>,
        whose: Whose,
        flavour: Flavour,
        window: &Window,
        query: &Parameters,
    ) -> Result<Self, ApiError> {
        let task_channel = named_task_channel(view, query)?;
        let scope = whose.scope(view, query)?;
        let real_time = view.workspace.real_time_statistics(&scope, task_channel, view.now);
        let query = window.query(scope, task_channel);
        Ok(Self { whose, frame: whose.frame(view, flavour), real_time, query })
    }

    /// Presents both kinds of figures below each other.
    fn both(self, past: &CumulativeStatistics) -> Value {
        let kind = self.whose.kind();
        let mut body = self.frame;
        body["cumulative"] = shapes::cumulative(kind, past);
        if kind != Kind::Worker {
            body["realtime"] = shapes::real_time(kind, &self.real_time);
        }
        body
    }
}

async fn answer(
    app: &App,
    workspace: WorkspaceSid,
    whose: Whose,
    flavour: Flavour,
    query: Parameters,
) -> Answer {
    let window = Window::read(&query, app.now())?;
    let asked = app.look(workspace, move |view| Asked::of(view, whose, flavour, &window, &query)).await??;
    let kind = whose.kind();
    let body = match flavour {
        Flavour::RealTime => merged(asked.frame, shapes::real_time(kind, &asked.real_time)),
        Flavour::Cumulative => {
            let past = past(app, workspace, &[&asked]).await?;
            merged(asked.frame, past.first().map(|past| shapes::cumulative(kind, past)).unwrap_or_default())
        }
        Flavour::Both => {
            let past = past(app, workspace, &[&asked]).await?;
            past.first().map(|past| asked.both(past)).unwrap_or_default()
        }
    };
    Ok(Reply::ok(body))
}

async fn past(
    app: &App,
    workspace: WorkspaceSid,
    asked: &[&Asked],
) -> Result<Vec<CumulativeStatistics>, ApiError> {
    let queries = asked.iter().map(|asked| asked.query.clone()).collect();
    Ok(app.platform.statistics(workspace, queries).await?)
}

fn merged(mut frame: Value, figures: Value) -> Value {
    if let (Value::Object(frame), Value::Object(figures)) = (&mut frame, figures) {
        frame.extend(figures);
    }
    frame
}

async fn list_of_queues(
    State(app): State<Shared>,
    Path(workspace): Path<WorkspaceSid>,
    list: List,
) -> Answer {
    let window = Window::read(&list.query, app.now())?;
    let (list, asked) = app
        .look(workspace, move |view| {
            let asked = ask_of_queues(view, &list, &window);
            (list, asked)
        })
        .await?;
    let mut page = asked?;
    let asked: Vec<&Asked> = page.items.iter().collect();
    let mut past = past(&app, workspace, &asked).await?.into_iter();
    page.items.truncate(past.len());
    let shown = each(page, |asked| past.next().map(|past| asked.both(&past)).unwrap_or_default());
    Ok(list.reply("task_queues_statistics", shown))
}

fn ask_of_queues(view: &View<'_>, list: &List, window: &Window) -> Result<store::Listing<Asked>, ApiError> {
    let found: Vec<&TaskQueue> = task_queues::select(view, &list.query)?;
    let page = list.cut(found, |queue| queue.sid.to_string());
    let ask =
        |queue: &&TaskQueue| Asked::of(view, Whose::TaskQueue(queue.sid), Flavour::Both, window, &list.query);
    let items = page.items.iter().map(ask).collect::<Result<_, _>>()?;
    Ok(store::Listing { items, previous: page.previous, next: page.next })
}

/// Answers for the queues in a body such as `{"TaskQueueSids": ["WQ…"], "TaskChannel": "chat"}`; without SIDs for all.
async fn real_time_of_queues(
    State(app): State<Shared>,
    Path(workspace): Path<WorkspaceSid>,
    Form(form): Form,
) -> Answer {
    let window = Window::read(&form, app.now())?;
    let look = app.look(workspace, move |view| bulk(view, &form, &window));
    Ok(Reply::created(look.await??))
}

fn bulk(view: &View<'_>, form: &Parameters, window: &Window) -> Result<Value, ApiError> {
    const NAME: &str = "TaskQueueSids";
    let read = |text: &String| text.parse::<TaskQueueSid>().map_err(|error| ApiError::invalid(NAME, error));
    let named: Vec<TaskQueueSid> = form.list(NAME).iter().map(read).collect::<Result<_, _>>()?;
    let chosen: Vec<TaskQueueSid> = match named.is_empty() {
        true => view.workspace.task_queues().map(|queue| queue.sid).collect(),
        false => named,
    };
    let mut data = Vec::new();
    for sid in chosen {
        let asked = Asked::of(view, Whose::TaskQueue(sid), Flavour::RealTime, window, form)
            .map_err(|_| ApiError::invalid(NAME, format!("there is no task queue {sid}")))?;
        data.push(merged(asked.frame, shapes::real_time(Kind::TaskQueue, &asked.real_time)));
    }
    let settings = view.workspace.settings();
    Ok(json!({
        "account_sid": settings.account_sid,
        "workspace_sid": settings.sid,
        "task_queue_response_count": data.len(),
        "task_queue_data": data,
        "url": view.url("/TaskQueues/RealTimeStatistics"),
    }))
}
