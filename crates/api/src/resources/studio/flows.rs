//! Flows: a name, a newest revision, and the one that live traffic runs.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use domain::FlowSid;
use serde_json::{Value, json};
use store::{FlowRecord, FlowRevision, FlowStatus, Unit, executions, resources};

use super::{FLOWS, below_flow, flow_record, invalid_definition, url};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, IfMatch, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::webhook_url;
use crate::reply::{Answer, Reply};

/// What happens to a message for an execution that is stuck.
const STUCK_POLICIES: [&str; 2] = ["newest-message-wins", "wait"];

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(FLOWS, get(list).post(create))
        .route(&format!("{FLOWS}/Validate"), post(validate))
        .route(&below_flow(""), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let account = app.account.to_string();
    let found = resources::list::<FlowRecord>(&app.store, &account, &list.page()).await?;
    let mut shown = Vec::new();
    for record in &found.items {
        let newest = revision(&app, record, record.revision).await?;
        let mut flow = present(&app, record, &newest);
        for left_out in ["definition", "valid", "errors"] {
            flow[left_out] = Value::Null;
        }
        shown.push(flow);
    }
    let mut shown = shown.into_iter();
    Ok(list.reply("flows", each(found, |_| shown.next().unwrap_or_default())))
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    let mut tick = app.platform.tick();
    let (sid, now) = (tick.sid(), tick.now);
    let draft = Draft::read(&form)?;
    let friendly_name = form.required("FriendlyName")?;
    let definition = draft.definition.ok_or_else(|| ApiError::missing("Definition"))?;
    let record = FlowRecord {
        sid,
        account: app.account,
        friendly_name: friendly_name.clone(),
        revision: 1,
        published_revision: (draft.status == FlowStatus::Published).then_some(1),
        strict_liquid: draft.strict_liquid.unwrap_or(false),
        stuck_policy: draft.stuck_policy.unwrap_or_else(|| STUCK_POLICIES[0].to_owned()),
        test_users: Vec::new(),
        date_created: now,
        date_updated: now,
    };
    let revision = FlowRevision {
        flow: sid,
        account: app.account,
        revision: 1,
        friendly_name,
        status: draft.status,
        definition,
        commit_message: draft.commit_message,
        date_created: now,
    };
    let unit = Unit::new().with(resources::insert(&record)).with(resources::insert(&revision));
    app.store.commit(unit).await?;
    Ok(Reply::created(present(&app, &record, &revision)))
}

async fn validate(Form(form): Form) -> Answer {
    form.required("FriendlyName")?;
    let draft = Draft::read(&form)?;
    draft.definition.ok_or_else(|| ApiError::missing("Definition"))?;
    Ok(Reply::ok(json!({ "valid": true })))
}

async fn fetch(State(app): State<Shared>, Path(sid): Path<FlowSid>) -> Answer {
    let record = flow_record(&app, sid).await?;
    let newest = revision(&app, &record, record.revision).await?;
    Ok(Reply::ok(present(&app, &record, &newest)).version(record.revision.into()))
}

/// Saves a new revision; what is not given stays as the newest one has it.
async fn update(
    State(app): State<Shared>,
    Path(sid): Path<FlowSid>,
    IfMatch(if_match): IfMatch,
    Form(form): Form,
) -> Answer {
    let before = flow_record(&app, sid).await?;
    if let Some(expected) = if_match.filter(|expected| *expected != u64::from(before.revision)) {
        let message = format!(
            "The revision is {}, If-Match asked for {expected}; read the flow again",
            before.revision
        );
        return Err(ApiError::new(catalog::PRECONDITION_FAILED, message));
    }
    let draft = Draft::read(&form)?;
    let newest = revision(&app, &before, before.revision).await?;
    let (record, revision) = next(&app, &before, newest, draft, form.filled("FriendlyName"));
    let unit =
        Unit::new().with(resources::update(&record, before.date_updated)).with(resources::insert(&revision));
    app.store.commit(unit).await?;
    Ok(Reply::ok(present(&app, &record, &revision)).version(record.revision.into()))
}

fn next(
    app: &App,
    before: &FlowRecord,
    newest: FlowRevision,
    draft: Draft,
    friendly_name: Option<&str>,
) -> (FlowRecord, FlowRevision) {
    let now = app.now();
    let number = before.revision + 1;
    let is_published = draft.status == FlowStatus::Published;
    let record = FlowRecord {
        friendly_name: friendly_name.unwrap_or(&before.friendly_name).to_owned(),
        revision: number,
        published_revision: if is_published { Some(number) } else { before.published_revision },
        strict_liquid: draft.strict_liquid.unwrap_or(before.strict_liquid),
        stuck_policy: draft.stuck_policy.unwrap_or_else(|| before.stuck_policy.clone()),
        date_updated: now,
        ..before.clone()
    };
    let revision = FlowRevision {
        revision: number,
        friendly_name: record.friendly_name.clone(),
        status: draft.status,
        definition: draft.definition.unwrap_or(newest.definition),
        commit_message: draft.commit_message,
        date_created: now,
        ..newest
    };
    (record, revision)
}

/// Deletes a flow with its revisions; what it still runs is stopped first.
pub(super) async fn remove(State(app): State<Shared>, Path(sid): Path<FlowSid>) -> Answer {
    flow_record(&app, sid).await?;
    let filter =
        executions::Filter { flow: Some(sid), status: Some(flow::Status::Active), ..Default::default() };
    loop {
        let running = executions::list(&app.store, &filter, &store::Page::first(100)).await?;
        if running.items.is_empty() {
            break;
        }
        for execution in running.items {
            app.platform.stop_execution(execution.sid()).await?;
        }
    }
    let flow = sid.to_string();
    let unit = Unit::new().with(resources::delete(&flow)).with(resources::delete_below(&flow));
    app.store.commit(unit).await?;
    Ok(Reply::deleted())
}

/// What a form says about a revision to be saved.
struct Draft {
    status: FlowStatus,
    definition: Option<Value>,
    commit_message: Option<String>,
    strict_liquid: Option<bool>,
    stuck_policy: Option<String>,
}

impl Draft {
    /// Reads the form; a definition that can not run is refused, as a draft too.
    fn read(form: &Parameters) -> Result<Self, ApiError> {
        let draft = Self {
            status: status(form)?,
            definition: form.json("Definition")?,
            commit_message: form.text("CommitMessage"),
            strict_liquid: form.boolean("StrictLiquid")?,
            stuck_policy: stuck_policy(form)?,
        };
        match draft.definition.as_ref().map(flow::validate) {
            Some(findings) if !findings.is_valid() => Err(invalid_definition(&findings.errors)),
            Some(_) | None => Ok(draft),
        }
    }
}

fn status(form: &Parameters) -> Result<FlowStatus, ApiError> {
    match form.required("Status")?.trim().to_ascii_lowercase().as_str() {
        "draft" => Ok(FlowStatus::Draft),
        "published" => Ok(FlowStatus::Published),
        other => Err(ApiError::invalid(
            "Status",
            format!("'{other}' is not known: draft or published is expected"),
        )),
    }
}

fn stuck_policy(form: &Parameters) -> Result<Option<String>, ApiError> {
    const NAME: &str = "StuckPolicy";
    match form.filled(NAME) {
        Some(policy) if !STUCK_POLICIES.contains(&policy) => {
            let expected = STUCK_POLICIES.join(" or ");
            Err(ApiError::invalid(NAME, format!("'{policy}' is not known: {expected} is expected")))
        }
        given => Ok(given.map(str::to_owned)),
    }
}

/// Returns a revision of a flow.
pub(super) async fn revision(app: &App, record: &FlowRecord, number: u32) -> Result<FlowRevision, ApiError> {
    let key = FlowRevision::key(record.sid, number);
    resources::fetch(&app.store, &key).await?.ok_or_else(ApiError::not_found)
}

/// Returns the published name of a status.
pub(super) fn status_name(status: FlowStatus) -> &'static str {
    match status {
        FlowStatus::Draft => "draft",
        FlowStatus::Published => "published",
    }
}

/// Presents a flow as its newest revision has it.
fn present(app: &App, record: &FlowRecord, newest: &FlowRevision) -> Value {
    let findings = flow::validate(&newest.definition);
    json!({
        "sid": record.sid,
        "account_sid": record.account,
        "author_sid": null,
        "friendly_name": record.friendly_name,
        "definition": newest.definition,
        "status": status_name(newest.status),
        "revision": newest.revision,
        "published_revision": record.published_revision,
        "commit_message": newest.commit_message,
        "valid": findings.is_valid(),
        "errors": findings.errors,
        "warnings": findings.warnings,
        "strict_liquid": record.strict_liquid,
        "stuck_policy": record.stuck_policy,
        "date_created": record.date_created.to_iso8601(),
        "date_updated": record.date_updated.to_iso8601(),
        "webhook_url": webhook_url(&app.public_url, record.account, record.sid),
        "url": url(app, record.sid, ""),
        "links": {
            "test_users": url(app, record.sid, "/TestUsers"),
            "revisions": url(app, record.sid, "/Revisions"),
            "executions": url(app, record.sid, "/Executions"),
        },
    })
}
