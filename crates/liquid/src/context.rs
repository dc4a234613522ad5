//! What a render knows while it runs: variables, counters, running loops, and the work left to it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::error::{Fault, RenderError};
use crate::options::Options;
use crate::path::entry;
use crate::tags::LoopState;
use crate::value::Value;

/// The longest value that a filter may make, in bytes.
const VALUE_MAX: usize = 1 << 20;

/// Bytes of a value that count as one step of work.
const BYTES_PER_STEP: usize = 64;

/// The state of one render.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    globals: &'a Json,
    options: &'a Options,
    /// The variables of running loops, innermost last.
    loop_variables: Vec<(&'a str, Value<'a>)>,
    /// The loops that run, innermost last.
    loops: Vec<Rc<LoopState>>,
    /// What `assign` and `capture` made, by name.
    locals: BTreeMap<&'a str, Value<'a>>,
    /// What `increment` and `decrement` count, by name.
    pub(crate) counters: BTreeMap<&'a str, i64>,
    /// Where `offset: continue` goes on, by the name of the loop.
    pub(crate) continue_offsets: BTreeMap<&'a str, usize>,
    /// Which item a `cycle` shows next, by its group.
    pub(crate) cycles: BTreeMap<Cow<'a, str>, usize>,
    /// The text that the last `ifchanged` block gave.
    pub(crate) last_changed: Option<String>,
    /// The line of the output or tag that is rendered, for errors.
    pub(crate) line: u32,
    steps: usize,
}

impl<'a> Context<'a> {
    /// Makes the state at the start of a render.
    pub(crate) fn new(globals: &'a Json, options: &'a Options) -> Self {
        Self {
            globals,
            options,
            loop_variables: Vec::new(),
            loops: Vec::new(),
            locals: BTreeMap::new(),
            counters: BTreeMap::new(),
            continue_offsets: BTreeMap::new(),
            cycles: BTreeMap::new(),
            last_changed: None,
            line: 0,
            steps: 0,
        }
    }

    /// Returns the options of the render.
    pub(crate) fn options(&self) -> &'a Options {
        self.options
    }

    /// Returns a variable: of the innermost loop that has it, assigned, counted, or given to the render.
    pub(crate) fn variable(&self, name: &str) -> Value<'a> {
        let of_loop = self.loop_variables.iter().rev().find(|(known, _)| *known == name);
        if let Some((_, value)) = of_loop {
            return value.clone();
        }
        if let Some(value) = self.locals.get(name) {
            return value.clone();
        }
        if let Some(count) = self.counters.get(name) {
            return Value::Int(*count);
        }
        self.globals.as_object().and_then(|map| entry(map, name)).map_or(Value::Nil, Value::from)
    }

    /// Gives a variable its value for the rest of the render.
    pub(crate) fn assign(&mut self, name: &'a str, value: Value<'a>) {
        self.locals.insert(name, value);
    }

    /// Returns the innermost `for` loop that runs.
    pub(crate) fn innermost_for(&self) -> Option<Rc<LoopState>> {
        self.loops.iter().rev().find(|state| state.columns.is_none()).cloned()
    }

    /// Enters a loop whose state is visible as `state_name` and whose item as `item_name`.
    pub(crate) fn enter_loop(&mut self, state: &Rc<LoopState>, state_name: &'a str, item_name: &'a str) {
        self.loops.push(Rc::clone(state));
        self.loop_variables.push((state_name, Value::Loop(Rc::clone(state))));
        self.loop_variables.push((item_name, Value::Nil));
    }

    /// Sets the item of the innermost loop.
    pub(crate) fn set_item(&mut self, item: Value<'a>) {
        if let Some((_, value)) = self.loop_variables.last_mut() {
            *value = item;
        }
    }

    /// Leaves the innermost loop.
    pub(crate) fn leave_loop(&mut self) {
        self.loops.pop();
        self.loop_variables.truncate(self.loop_variables.len().saturating_sub(2));
    }

    /// Turns a complaint into the error of the line at hand.
    pub(crate) fn blame(&self, fault: Fault) -> RenderError {
        fault.at_line(self.line)
    }

    /// Counts one step of work.
    pub(crate) fn charge(&mut self) -> Result<(), RenderError> {
        self.charge_steps(1)
    }

    /// Counts the work of a filter on a value, which may not be longer than filters may make them.
    pub(crate) fn charge_for(&mut self, value: &Value<'_>) -> Result<(), RenderError> {
        let weight = value.weight();
        if weight > VALUE_MAX && matches!(value, Value::Text(Cow::Owned(_))) {
            return Err(self.blame(Fault::new(format!("a filter made a text longer than {VALUE_MAX} bytes"))));
        }
        self.charge_steps(1 + weight / BYTES_PER_STEP)
    }

    fn charge_steps(&mut self, steps: usize) -> Result<(), RenderError> {
        self.steps = self.steps.saturating_add(steps);
        match self.options.work_limit {
            Some(limit) if self.steps > limit => Err(RenderError::TooMuchWork { limit }),
            Some(_) | None => Ok(()),
        }
    }
}
