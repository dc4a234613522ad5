//! `patchboard flow run`: be the contact of a flow in the terminal, as texter or as caller; time stands still until
//! `:wait`.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use domain::Timestamp;
use flow::{Settings, Status};
use simulation::rehearsal::{
    Answers, Awaited, CONTACT, CallSource, CallState, Digits, Happening, HttpAnswer, OURS, Outcome, Outcomes,
    RehearsedFlow, RequestSource, Said, Stage, TaskAnswer, TextOr, TriggerSource, parse_duration,
    read_answers,
};

use super::{load, read_text};
use crate::clock;
use crate::commands::say;

/// What can be typed apart from what the contact says.
const HELP: &str = "\
:press 12#           press keys on the call
:hangup              hang up
:write TEXT          write a message, on a call too
:wait 60s            let time pass
:accept              the task is created
:refuse REASON       the task is refused
:answer 200 BODY     the other system answers
:fail REASON         the other system does not answer
:end RESULT          what the call waits for ends: busy, bridged, answered …
:vars                show the flow's variables
:quit                leave
";

/// What ends only when whoever types says so.
const PLAYED_BY_HAND: [Awaited; 5] =
    [Awaited::Dial, Awaited::Queue, Awaited::Payment, Awaited::Agent, Awaited::OutgoingCall];

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
    #[arg(long, conflicts_with = "request")]
    call: bool,
    /// Begin by a request with these parameters, a JSON object, in place of a message
    #[arg(long, value_name = "JSON")]
    request: Option<String>,
    /// File with answers of other systems, as under `answers` in a scenario
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// The file of a flow that this one runs inside itself; files with its name beside the flow are found without
    #[arg(long = "subflow", value_name = "SID=FILE", value_parser = subflow)]
    subflows: Vec<(String, PathBuf)>,
    /// The zone in which the flow tells time
    #[arg(long, default_value = "UTC", value_name = "NAME")]
    time_zone: String,
}

/// Reads lines until the end of the input or `:quit`.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let settings =
        Settings::default().with_time_zone(&options.time_zone).map_err(|error| anyhow::anyhow!(error))?;
    let subflows: BTreeMap<_, _> =
        options.subflows.iter().map(|(sid, file)| (sid.clone(), Some(file.clone()))).collect();
    let flow = load::flow_with_subflows(&options.file, settings, &subflows)?;
    let mut talk = Talk::new(&flow, options, answers(options)?);
    talk.greet()?;
    for line in std::io::stdin().lock().lines() {
        let line = line.context("the input can not be read")?;
        if !talk.take(line.trim()) {
            break;
        }
        talk.show();
    }
    Ok(ExitCode::SUCCESS)
}

fn subflow(text: &str) -> Result<(String, PathBuf), String> {
    let (sid, file) = text.split_once('=').ok_or("SID=FILE is expected")?;
    Ok((sid.to_owned(), PathBuf::from(file)))
}

/// Reads how the world answers; what the file leaves open is asked for.
fn answers(options: &Options) -> anyhow::Result<Answers> {
    let mut answers = match &options.answers {
        Some(file) => read_answers(&read_text(file)?, &file.display().to_string())?,
        // Tasks wait for `:accept` or `:refuse`: whoever rehearses by hand plays the router too.
        None => Answers { task: TaskAnswer::Pending, ..Answers::default() },
    };
    answers.awaits_http = true;
    for awaited in PLAYED_BY_HAND {
        answers.outcomes.entry(awaited).or_insert_with(|| TextOr(outcome("pending")));
    }
    Ok(answers)
}

/// The conversation so far.
struct Talk<'a> {
    flow: &'a RehearsedFlow,
    options: &'a Options,
    answers: Answers,
    began_at: Timestamp,
    /// `None` until the first message.
    stage: Option<Stage<'a>>,
    /// How many entries of the transcript were shown.
    shown: usize,
    is_terminal: bool,
}

impl<'a> Talk<'a> {
    fn new(flow: &'a RehearsedFlow, options: &'a Options, answers: Answers) -> Self {
        let is_terminal = std::io::stdin().is_terminal();
        Self { flow, options, answers, began_at: clock::now(), stage: None, shown: 0, is_terminal }
    }

    fn greet(&mut self) -> anyhow::Result<()> {
        if self.is_terminal {
            say(&format!("Write as {} to {}, or:\n{HELP}", self.options.from, self.options.to));
        }
        let Options { from, to, call, request, .. } = self.options;
        if *call {
            let call = CallSource { from: from.clone(), to: to.clone(), parameters: Default::default() };
            self.begin(&TriggerSource::Call(call));
        }
        if let Some(parameters) = request {
            let parameters = serde_json::from_str(parameters).context("--request is no JSON object")?;
            let (contact, ours) = (from.clone(), to.clone());
            self.begin(&TriggerSource::Request(RequestSource { from: ours, to: contact, parameters }));
        }
        self.show();
        Ok(())
    }

    /// Takes a line; returns whether there is more to come.
    fn take(&mut self, line: &str) -> bool {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            ":quit" => return false,
            "" => {}
            ":help" => say(HELP),
            ":vars" => self.show_variables(),
            ":write" => self.say_as_contact(rest, Stage::write),
            word if word.starts_with(':') => self.direct(word, rest),
            _ => self.say_as_contact(line, Stage::say),
        }
        true
    }

    /// Carries out what is typed about the stage.
    fn direct(&mut self, word: &str, rest: &str) {
        let Some(stage) = &mut self.stage else {
            return say("nothing has begun yet: write a message\n");
        };
        let done = match word {
            ":press" => press(stage, rest),
            ":hangup" => stage.hang_up(),
            ":wait" => parse_duration(rest).map(|duration| stage.wait(duration)),
            ":accept" => settle_task(stage, TaskAnswer::Created),
            ":refuse" => settle_task(stage, TaskAnswer::Refused(rest.to_owned())),
            ":answer" => answer(rest).and_then(|answer| settle_http(stage, answer)),
            ":fail" => settle_http(stage, HttpAnswer::failing(rest)),
            ":end" => end(stage, rest),
            word => Err(format!("'{word}' is not known; there is\n{}", HELP.trim_end())),
        };
        if let Err(objection) = done {
            say(&format!("{objection}\n"));
        }
    }

    fn say_as_contact(&mut self, text: &str, how: impl FnOnce(&mut Stage<'a>, &Said)) {
        match &mut self.stage {
            Some(stage) => how(stage, &said(text)),
            None => {
                let Options { from, to, .. } = self.options;
                self.begin(&TriggerSource::Message(TextOr(said(text).between(from, to))));
            }
        }
    }

    fn begin(&mut self, trigger: &TriggerSource) {
        self.stage = Some(Stage::begin(self.flow, trigger, self.answers.clone(), self.began_at));
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
            say(&hint_after(stage));
        }
        self.shown += entries.len();
    }
}

/// Says what can be done where the flow waits for something other than a message.
fn hint_after(stage: &Stage<'_>) -> String {
    match (stage.execution().status(), stage.pending().next()) {
        (Status::Ended, _) => "the execution has ended; a message begins another\n".to_owned(),
        (Status::Active, Some("task")) => "a task waits for :accept or :refuse REASON\n".to_owned(),
        (Status::Active, Some("http")) => {
            "a request waits for :answer STATUS BODY or :fail REASON\n".to_owned()
        }
        (Status::Active, Some(name)) => {
            let words = stage.awaited().map_or(&[][..], Awaited::words);
            format!("{name} waits for :end {}\n", words.join("|"))
        }
        (Status::Active, None) if stage.call_state() == CallState::InProgress => {
            "the flow listens: speak, :press KEYS, :wait 5s or :hangup\n".to_owned()
        }
        (Status::Active, None) => String::new(),
    }
}

fn press(stage: &mut Stage<'_>, keys: &str) -> Result<(), String> {
    let keys = Digits::new(keys).ok_or_else(|| format!("'{keys}' are no keys: 0-9, # and * are expected"))?;
    stage.press(&keys)
}

fn settle_task(stage: &mut Stage<'_>, answer: TaskAnswer) -> Result<(), String> {
    if !stage.pending().any(|name| name == "task") {
        return Err("no task waits for an answer".to_owned());
    }
    stage.settle(|answers| answers.task = answer);
    Ok(())
}

fn settle_http(stage: &mut Stage<'_>, answer: HttpAnswer) -> Result<(), String> {
    if !stage.pending().any(|name| name == "http") {
        return Err("no request waits for an answer".to_owned());
    }
    stage.settle(|answers| answers.http.push(answer));
    Ok(())
}

fn answer(text: &str) -> Result<HttpAnswer, String> {
    let (status, body) = text.split_once(' ').unwrap_or((text, ""));
    let status =
        status.parse().map_err(|_| format!("'{status}' is no status: :answer 200 BODY is expected"))?;
    Ok(HttpAnswer::of(status, body))
}

fn end(stage: &mut Stage<'_>, result: &str) -> Result<(), String> {
    let Some(awaited) = stage.awaited() else { return Err("nothing waits for its end".to_owned()) };
    if !awaited.words().contains(&result) {
        return Err(format!("'{result}' is not how it can end: {} is expected", awaited.words().join(", ")));
    }
    stage.settle(|answers| answers.outcomes = Outcomes::from([(awaited, TextOr(outcome(result)))]));
    Ok(())
}

fn outcome(result: &str) -> Outcome {
    Outcome { result: result.to_owned(), ..Outcome::default() }
}

fn said(text: &str) -> Said {
    Said { body: text.to_owned(), media: Vec::new(), parameters: Default::default() }
}
