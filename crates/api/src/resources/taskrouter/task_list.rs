//! Lists of tasks: the live ones and those that ended within five minutes, unless the status is asked for.
//!
//! What the store can not filter or order by is filtered and ordered here, over all tasks, a thousand at a time.

use ::expression::{Expression, Facts, Scope};
use axum::extract::State;
use domain::WorkspaceSid;
use router::{RoutingTarget, Task, TaskStatus};
use store::tasks::{self, TaskKey};
use store::{Listing, Page};

use super::expression;
use super::ordering::Ordering;
use super::tasks::{FRESHLY_ENDED, present, shown_since};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::Answer;

/// What a list of tasks can be ordered by.
const ORDERINGS: &[&str] = &["DateCreated", "Priority", "VirtualStartTime"];

/// The filter by attributes.
const EXPRESSION: &str = "EvaluateTaskAttributes";

/// How many tasks are read at once for filters and orders that the store does not know.
const READ_AT_ONCE: usize = 1_000;

/// How many tasks such a list may hold; more would have to be kept in memory to cut a page out of them.
const FOUND_MAX: usize = 100_000;

/// Answers with a page of tasks.
pub(super) async fn list(
    State(app): State<Shared>,
    Path(workspace): Path<WorkspaceSid>,
    list: List,
) -> Answer {
    let rest = Rest::read(&list.query)?;
    let filter = filter(&app, workspace, &list.query).await?;
    let found = match filter {
        None => Listing { items: Vec::new(), previous: None, next: None },
        Some(filter) if rest.is_empty() => tasks::list(&app.store, workspace, &filter, &list.page()).await?,
        Some(filter) => {
            let found = rest.search(&app, workspace, &filter).await?;
            list.cut(found, |task| task.sid.to_string())
        }
    };
    let shown = app.look(workspace, move |view| each(found, |task| present(view, &task))).await?;
    Ok(list.reply("tasks", shown))
}

/// Returns what the store filters by; none when a name is given that nothing has.
async fn filter(
    app: &App,
    workspace: WorkspaceSid,
    query: &Parameters,
) -> Result<Option<tasks::Filter>, ApiError> {
    let statuses = statuses(query)?;
    let forgotten = shown_since(app, workspace).await?;
    let named = named_by(query);
    // Who looks for the tasks of a call wants its history as well.
    let ended_since = match statuses.is_empty() && named.is_empty() {
        true => Some(app.now() - FRESHLY_ENDED),
        false => forgotten,
    };
    let sought = query.filled(EXPRESSION).and_then(Sought::read);
    let key = sought.as_ref().and_then(Sought::key);
    let about = named.into_iter().chain(key).collect();
    let holding = sought.map(|sought| sought.value.to_owned());
    let (queues, workflows) = (query.list("TaskQueueSid"), query.list("WorkflowSid"));
    let (queue_name, workflow_name) = (query.text("TaskQueueName"), query.text("WorkflowName"));
    let priority = query.number("Priority")?;
    let named = app.look(workspace, move |view| {
        let named = |name: Option<String>, sids: Vec<String>, all: Vec<(String, String)>| match name {
            None => Some(sids),
            Some(name) => {
                let has_name = all.into_iter().filter(|(_, its)| *its == name).map(|(sid, _)| sid);
                let chosen: Vec<String> =
                    has_name.filter(|sid| sids.is_empty() || sids.contains(sid)).collect();
                (!chosen.is_empty()).then_some(chosen)
            }
        };
        let all_queues =
            view.workspace.task_queues().map(|it| (it.sid.to_string(), it.friendly_name.to_string()));
        let all_workflows =
            view.workspace.workflows().map(|it| (it.sid.to_string(), it.friendly_name.to_string()));
        Some((
            named(queue_name, queues, all_queues.collect())?,
            named(workflow_name, workflows, all_workflows.collect())?,
        ))
    });
    let Some((queues, workflows)) = named.await? else { return Ok(None) };
    Ok(Some(tasks::Filter { statuses, priority, workflows, queues, ended_since, about, holding }))
}

/// Returns what the parameters that are ours name: `CallSid`, `ConversationSid`, `InteractionSid`.
fn named_by(query: &Parameters) -> Vec<(TaskKey, String)> {
    let parameters = TaskKey::ALL.into_iter().map(|key| match key {
        TaskKey::Call => (key, "CallSid"),
        TaskKey::Conversation => (key, "ConversationSid"),
        TaskKey::Interaction => (key, "InteractionSid"),
    });
    parameters.filter_map(|(key, name)| Some((key, query.filled(name)?.trim().to_owned()))).collect()
}

/// What a task must have for an expression to hold; the expression is still held against what is found by it.
struct Sought<'a> {
    attribute: &'a str,
    value: &'a str,
}

impl<'a> Sought<'a> {
    /// Reads an expression such as `order.number == "A17"`; none of another kind.
    fn read(expression: &'a str) -> Option<Self> {
        let (path, value) = expression.split_once('=')?;
        let value = value.strip_prefix('=').unwrap_or(value).trim();
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        let value = value.strip_prefix(quote)?.strip_suffix(quote)?;
        let path = path.trim();
        let is_path =
            path.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.'));
        // A text that is a number equals others than itself: 1 is 1.0.
        let is_plain = value.chars().all(is_plain) && value.parse::<f64>().is_err();
        let attribute = path.strip_prefix("task.").unwrap_or(path);
        (is_path && is_plain).then_some(Self { attribute, value })
    }

    /// Returns what the store has an index of, when the attribute is such a thing.
    fn key(&self) -> Option<(TaskKey, String)> {
        let key = TaskKey::ALL.into_iter().find(|key| key.attribute() == self.attribute)?;
        Some((key, self.value.to_owned()))
    }
}

/// Says whether JSON writes a letter as itself, or by its number.
fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':' | '@' | '+')
}

fn statuses(query: &Parameters) -> Result<Vec<String>, ApiError> {
    const NAME: &str = "AssignmentStatus";
    let read = |text: &String| text.parse::<TaskStatus>().map_err(|error| ApiError::invalid(NAME, error));
    query.list(NAME).iter().map(|text| Ok(read(text)?.as_str().to_owned())).collect()
}

/// The filters and the order that the store does not know.
struct Rest {
    expression: Option<Expression>,
    routing_target: Option<RoutingTarget>,
    has_addons: Option<bool>,
    ordering: Ordering,
}

impl Rest {
    fn read(query: &Parameters) -> Result<Self, ApiError> {
        let ordering = Ordering::of(query, ORDERINGS)?;
        if ordering.names("DateCreated") && ordering.names("VirtualStartTime") {
            let reason = "DateCreated and VirtualStartTime can not be used together: choose one of them";
            return Err(ApiError::invalid("Ordering", reason));
        }
        let parse = |text| expression(EXPRESSION, text, Scope::Task);
        Ok(Self {
            expression: query.filled(EXPRESSION).map(parse).transpose()?,
            routing_target: query.parsed("RoutingTarget")?,
            has_addons: query.boolean("HasAddons")?,
            ordering,
        })
    }

    fn is_empty(&self) -> bool {
        self.expression.is_none()
            && self.routing_target.is_none()
            && self.has_addons.is_none()
            && self.ordering.is_empty()
    }

    /// Returns the tasks that hold, in order.
    async fn search(
        &self,
        app: &App,
        workspace: WorkspaceSid,
        filter: &tasks::Filter,
    ) -> Result<Vec<Task>, ApiError> {
        let (mut found, mut page) = (Vec::new(), Page::first(READ_AT_ONCE));
        loop {
            let read = tasks::list(&app.store, workspace, filter, &page).await?;
            found.extend(read.items.into_iter().filter(|task| self.holds(task)));
            if found.len() > FOUND_MAX {
                let reason = format!("more than {FOUND_MAX} tasks are found: add another filter");
                return Err(ApiError::invalid(EXPRESSION, reason));
            }
            match read.next {
                Some(next) => page.cursor = Some(next),
                None => break,
            }
        }
        self.sort(&mut found);
        Ok(found)
    }

    fn sort(&self, tasks: &mut [Task]) {
        self.ordering.sort(tasks, |task, field| match field {
            "Priority" => i64::from(task.priority),
            "VirtualStartTime" => task.virtual_start_time.as_micros(),
            _ => task.date_created.as_micros(),
        });
    }

    fn holds(&self, task: &Task) -> bool {
        let has_addons = !matches!(task.addons.trim(), "" | "{}");
        self.expression.as_ref().is_none_or(|it| it.matches(&Facts::task(task.attributes.value())))
            && self.routing_target.is_none_or(|target| task.routing_target == Some(target))
            && self.has_addons.is_none_or(|has| has_addons == has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_up_by_one_attribute_is_told_from_other_expressions() {
        let read = |text| Sought::read(text).map(|sought| (sought.attribute, sought.value));
        for text in ["call_sid == \"CA12\"", "task.call_sid='CA12'", "  call_sid = 'CA12'  "] {
            assert_eq!(read(text), Some(("call_sid", "CA12")), "{text}");
        }
        assert_eq!(read("order.number == 'A17'"), Some(("order.number", "A17")));
        assert_eq!(read("mail == 'a.b@example.com'"), Some(("mail", "a.b@example.com")));
        for text in [
            "call_sid != 'CA12'",
            "call_sid == 'CA12' OR lang == 'en'",
            "lang == 'en' OR call_sid == 'CA12'",
            "call_sid == '12'",
            "call_sid == '+12.5'",
            "page == 'a/b'",
            "call_sid == other",
            "name == 'Zoë'",
            "call_sid >= 'CA12'",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_attributes_that_the_store_has_an_index_of_are_known() {
        let key = |text| Sought::read(text).and_then(|sought| sought.key());
        assert_eq!(key("call_sid == 'CA12'"), Some((TaskKey::Call, "CA12".to_owned())));
        assert_eq!(key("lang == 'en'"), None);
    }
}
