//! `patchboard flow run`: be the contact of a flow in the terminal; time stands still until `:wait`.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use domain::Timestamp;
use flow::{Settings, Status};
use simulation::rehearsal::{
    Answers, CONTACT, CallSource, Happening, MessageAnswer, OURS, RehearsedFlow, Said, Stage, TaskAnswer,
    TextOr, TriggerSource, parse_duration,
};

use super::load;
use crate::clock;
use crate::commands::say;

/// What can be typed apart from messages.
const HELP: &str = "\
:wait 60s          let time pass
:accept            the task is created
:refuse REASON     the task is refused
:vars              show the flow's variables
:quit              leave
";

/// Options of `patchboard flow run`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The flow's definition
    file: PathBuf,
    /// The address that you write or call from
    #[arg(long, default_value = CONTACT, value_name = "ADDRESS")]
    from: String,
    /// The flow's address
    #[arg(long, default_value = OURS, value_name = "ADDRESS")]
    to: String,
    /// Begin with a call in place of a message
    #[arg(long)]
    call: bool,
    /// The zone in which the flow tells time
    #[arg(long, default_value = "UTC", value_name = "NAME")]
    time_zone: String,
}

/// Reads lines until the end of the input or `:quit`.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let settings =
        Settings::default().with_time_zone(&options.time_zone).map_err(|error| anyhow::anyhow!(error))?;
    let flow = load::flow(&options.file, settings)?;
    let mut talk = Talk::new(&flow, options);
    talk.greet();
    for line in std::io::stdin().lock().lines() {
        let line = line.context("the input can not be read")?;
        if !talk.take(line.trim()) {
            break;
        }
        talk.show();
    }
    Ok(ExitCode::SUCCESS)
}

/// The conversation so far.
struct Talk<'a> {
    flow: &'a RehearsedFlow,
    options: &'a Options,
    began_at: Timestamp,
    /// `None` until the first message.
    stage: Option<Stage<'a>>,
    /// How many entries of the transcript were shown.
    shown: usize,
    is_terminal: bool,
}

impl<'a> Talk<'a> {
    fn new(flow: &'a RehearsedFlow, options: &'a Options) -> Self {
        let is_terminal = std::io::stdin().is_terminal();
        Self { flow, options, began_at: clock::now(), stage: None, shown: 0, is_terminal }
    }

    fn greet(&mut self) {
        if self.is_terminal {
            say(&format!("Write as {} to {}, or:\n{HELP}", self.options.from, self.options.to));
        }
        if self.options.call {
            let Options { from, to, .. } = self.options;
            let call = CallSource { from: from.clone(), to: to.clone(), parameters: Default::default() };
            self.begin(&TriggerSource::Call(call));
            self.show();
        }
    }

    /// Takes a line; returns whether there is more to come.
    fn take(&mut self, line: &str) -> bool {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (word, rest.trim()) {
            (":quit", _) => return false,
            ("", _) => {}
            (":help", _) => say(HELP),
            (":wait", time) => self.wait(time),
            (":accept", _) => self.settle(&TaskAnswer::Created),
            (":refuse", reason) => self.settle(&TaskAnswer::Refused(reason.to_owned())),
            (":vars", _) => self.show_variables(),
            (word, _) if word.starts_with(':') => say(&format!("'{word}' is not known; there is\n{HELP}")),
            _ => self.say_as_contact(line),
        }
        true
    }

    fn say_as_contact(&mut self, text: &str) {
        match &mut self.stage {
            Some(stage) => stage.say(&said(text)),
            None => {
                let Options { from, to, .. } = self.options;
                self.begin(&TriggerSource::Message(TextOr(said(text).between(from, to))));
            }
        }
    }

    fn begin(&mut self, trigger: &TriggerSource) {
        // Tasks wait for `:accept` or `:refuse`: whoever rehearses by hand plays the router too.
        let answers =
            Answers { message: MessageAnswer::Accepted, task: TaskAnswer::Pending, http: Vec::new() };
        self.stage = Some(Stage::begin(self.flow, trigger, answers, self.began_at));
    }

    fn wait(&mut self, time: &str) {
        match (parse_duration(time), &mut self.stage) {
            (Ok(duration), Some(stage)) => stage.wait(duration),
            (Ok(_), None) => say("nothing has begun yet: write a message\n"),
            (Err(error), _) => say(&format!("{error}\n")),
        }
    }

    fn settle(&mut self, answer: &TaskAnswer) {
        match &mut self.stage {
            Some(stage) if stage.has_pending() => stage.settle_tasks(answer),
            Some(_) | None => say("no task waits for an answer\n"),
        }
    }

    fn show_variables(&self) {
        let Some(stage) = &self.stage else { return say("nothing has begun yet: write a message\n") };
        let variables = &stage.execution().context()["flow"]["variables"];
        say(&format!("{variables:#}\n"));
    }

    /// Shows what happened since the last time.
    fn show(&mut self) {
        let Some(stage) = &self.stage else { return };
        let entries = &stage.transcript().entries()[self.shown..];
        for entry in entries {
            // Whoever types sees the own words already.
            if !(self.is_terminal && matches!(entry.happening, Happening::Wrote(_))) {
                say(&entry.to_string());
            }
        }
        if !entries.is_empty() {
            say(hint_after(stage));
        }
        self.shown += entries.len();
    }
}

/// Says what can be done where the flow waits for something other than a message.
fn hint_after(stage: &Stage<'_>) -> &'static str {
    match stage.execution().status() {
        Status::Ended => "the execution has ended; a message begins another\n",
        Status::Active if stage.has_pending() => "a task waits for :accept or :refuse REASON\n",
        Status::Active => "",
    }
}

fn said(text: &str) -> Said {
    Said { body: text.to_owned(), media: Vec::new(), parameters: Default::default() }
}
