//! A workflow's configuration: JSON read into filters and targets, with errors that say where.

use std::sync::Arc;

use domain::TaskQueueSid;
use expression::{Expression, OrderBy, Scope};
use serde_json::{Map, Value};

use crate::workflow::target::{KnownWorkerRule, Target};
use crate::{Refusal, checks};

/// The longest configuration in bytes.
const LENGTH_MAX: usize = 1_038_576;

/// The rules of a workflow.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Routing {
    /// The filters in the order in which tasks are held against them.
    pub(crate) filters: Vec<Filter>,
    /// Where tasks go that no filter takes.
    pub(crate) default_target: Option<Arc<Target>>,
}

/// Which tasks go through which targets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filter {
    /// The tasks that it takes; none takes all.
    pub(crate) expression: Option<Expression>,
    /// The targets that a task goes through, at least one.
    pub(crate) targets: Vec<Arc<Target>>,
}

impl Filter {
    /// Tells whether the filter takes a task with these attributes.
    pub(crate) fn takes(&self, attributes: &Value) -> bool {
        self.expression
            .as_ref()
            .is_none_or(|expression| expression.matches(&expression::Facts::task(attributes)))
    }
}

impl Routing {
    /// Reads a configuration; `queue_exists` says which queues it may name.
    pub(crate) fn parse(text: &str, queue_exists: impl Fn(TaskQueueSid) -> bool) -> Result<Self, Refusal> {
        let routing = Self::read(text).map_err(|reason| Refusal::invalid("Configuration", reason))?;
        let missing = routing.queues().find(|queue| !queue_exists(*queue));
        let reason = |queue| format!("there is no task queue '{queue}' in this workspace");
        match missing {
            Some(queue) => Err(Refusal::invalid("Configuration", reason(queue))),
            None => Ok(routing),
        }
    }

    /// Reads a configuration whatever queues it names.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        if text.len() > LENGTH_MAX {
            return Err(format!("{} bytes are given, at most {LENGTH_MAX} are allowed", text.len()));
        }
        let document: Value =
            serde_json::from_str(text).map_err(|error| format!("this is not JSON: {error}"))?;
        let root = Item { value: &document, at: String::new() };
        // One published example leaves the wrapper out.
        let routing = match root.get("task_routing") {
            Some(routing) => routing,
            None if root.get("filters").is_some() || root.get("default_filter").is_some() => root,
            None => return Err("the object 'task_routing' is missing".to_owned()),
        };
        routing.object()?;
        let filters = routing.get("filters").map_or(Ok(vec![]), |filters| filters.list())?;
        Ok(Routing {
            filters: filters.iter().map(filter).collect::<Result<_, _>>()?,
            default_target: routing.get("default_filter").map(|item| default_target(&item)).transpose()?,
        })
    }

    /// Returns the queues that the rules name, as often as they do.
    fn queues(&self) -> impl Iterator<Item = TaskQueueSid> {
        let targets = self.filters.iter().flat_map(|filter| &filter.targets);
        targets.chain(&self.default_target).map(|target| target.queue)
    }
}

fn filter(item: &Item<'_>) -> Result<Filter, String> {
    item.object()?;
    let name: Option<Arc<str>> =
        item.text("filter_friendly_name")?.or(item.text("friendly_name")?).map(Arc::from);
    let items = item.get("targets").ok_or_else(|| item.fault("the list 'targets' is missing"))?.list()?;
    let mut targets: Vec<Arc<Target>> = vec![];
    for item in &items {
        let queue_before = targets.last().map(|target| target.queue);
        targets.push(Arc::new(target(item, name.clone(), queue_before)?));
    }
    if targets.is_empty() {
        return Err(item.fault("'targets' is empty: a filter needs at least one target"));
    }
    Ok(Filter { expression: item.expression("expression", Scope::Task)?, targets })
}

fn target(
    item: &Item<'_>,
    filter_name: Option<Arc<str>>,
    queue_before: Option<TaskQueueSid>,
) -> Result<Target, String> {
    item.object()?;
    let queue = item.queue()?.or(queue_before);
    Ok(Target {
        filter_name,
        queue: queue
            .ok_or_else(|| item.fault("'queue' is missing: the first target of a filter names one"))?,
        expression: item.expression("expression", Scope::Target)?,
        priority: item.number("priority", 0..=checks::PRIORITY_MAX)?,
        timeout_secs: item.number("timeout", 1..=u32::MAX)?,
        order_by: item.order_by()?,
        skip_if: item.expression("skip_if", Scope::Skip)?,
        known_worker: item.known_worker()?,
    })
}

/// The default filter has no time limit of its own: its tasks wait for as long as they may at all.
fn default_target(item: &Item<'_>) -> Result<Arc<Target>, String> {
    item.object()?;
    let queue = item.queue()?.ok_or_else(|| item.fault("'queue' is missing"))?;
    let target = Target {
        expression: item.expression("expression", Scope::Target)?,
        priority: item.number("priority", 0..=checks::PRIORITY_MAX)?,
        order_by: item.order_by()?,
        ..Target::of_queue(queue)
    };
    Ok(Arc::new(target))
}

/// A place in the document, with the path that errors name.
struct Item<'a> {
    value: &'a Value,
    at: String,
}

impl<'a> Item<'a> {
    fn fault(&self, reason: &str) -> String {
        if self.at.is_empty() { reason.to_owned() } else { format!("{}: {reason}", self.at) }
    }

    fn object(&self) -> Result<&'a Map<String, Value>, String> {
        self.value.as_object().ok_or_else(|| self.fault("a JSON object is expected"))
    }

    /// Returns a member; null counts as absent.
    fn get(&self, key: &str) -> Option<Item<'a>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        let dot = if self.at.is_empty() { "" } else { "." };
        Some(Item { value, at: format!("{}{dot}{key}", self.at) })
    }

    fn list(&self) -> Result<Vec<Item<'a>>, String> {
        let values = self.value.as_array().ok_or_else(|| self.fault("a JSON list is expected"))?;
        let place = |(index, value)| Item { value, at: format!("{}[{index}]", self.at) };
        Ok(values.iter().enumerate().map(place).collect())
    }

    /// Returns a member that is text; blank text counts as absent.
    fn text(&self, key: &str) -> Result<Option<&'a str>, String> {
        let Some(item) = self.get(key) else { return Ok(None) };
        let text = item.value.as_str().ok_or_else(|| item.fault("text is expected"))?;
        Ok(Some(text).filter(|text| !text.trim().is_empty()))
    }

    fn queue(&self) -> Result<Option<TaskQueueSid>, String> {
        let Some(text) = self.text("queue")? else { return Ok(None) };
        text.parse().map(Some).map_err(|error: domain::SidError| self.fault(&format!("queue: {error}")))
    }

    /// Reads a number that may also be written as text.
    fn number(&self, key: &str, range: std::ops::RangeInclusive<u32>) -> Result<Option<u32>, String> {
        let Some(item) = self.get(key) else { return Ok(None) };
        let written = match item.value {
            Value::String(text) if text.trim().is_empty() => return Ok(None),
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let number = written.filter(|number| range.contains(number));
        let expected = || {
            format!(
                "{} is given, a whole number from {} to {} is expected",
                item.value,
                range.start(),
                range.end()
            )
        };
        number.map(Some).ok_or_else(|| item.fault(&expected()))
    }

    fn expression(&self, key: &str, scope: Scope) -> Result<Option<Expression>, String> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        Expression::parse(text, scope).map(Some).map_err(|error| self.fault(&format!("{key}: {error}")))
    }

    fn order_by(&self) -> Result<Option<OrderBy>, String> {
        let Some(text) = self.text("order_by")? else { return Ok(None) };
        OrderBy::parse(text).map(Some).map_err(|error| self.fault(&format!("order_by: {error}")))
    }

    fn known_worker(&self) -> Result<Option<KnownWorkerRule>, String> {
        match (self.text("known_worker_sid")?, self.text("known_worker_friendly_name")?) {
            (Some(_), Some(_)) => {
                Err(self.fault("known_worker_sid and known_worker_friendly_name are both given: keep one"))
            }
            (Some(path), None) => Ok(Some(KnownWorkerRule::Sid(path.to_owned()))),
            (None, Some(path)) => Ok(Some(KnownWorkerRule::FriendlyName(path.to_owned()))),
            (None, None) => Ok(None),
        }
    }
}
