//! A telephone exchange in a few lines: people with names, virtual time, and the whole list of what was asked.

use std::collections::BTreeMap;
use std::time::Duration;

use call::*;
use domain::{AccountSid, CallSid, ReservationSid, Sid, TaskSid, Tick, Timestamp};
use twiml::{AnsweredBy, CallEvent, Document, Method, Verb};

use crate::words;

/// The number that people call.
pub(crate) const OURS: &str = "+15555550100";

/// The document that answers it.
pub(crate) const VOICE_URL: &str = "https://a.example/voice/start";

/// An exchange under test.
pub(crate) struct Scenario {
    pub(crate) exchange: Exchange,
    pub(crate) now: Timestamp,
    seed: u64,
    pub(crate) names: words::Names,
    calls: BTreeMap<String, CallSid>,
    /// The last question about each call, and the URL that was asked.
    pub(crate) questions: BTreeMap<CallSid, (Request, String)>,
    playbacks: BTreeMap<Onto, Playback>,
    pub(crate) recording: Option<domain::RecordingSid>,
    pub(crate) stream: Option<domain::StreamSid>,
    pub(crate) records: Vec<Record>,
    lines: Vec<String>,
}

pub(crate) fn task() -> TaskSid {
    TaskSid::from_bits(7)
}

pub(crate) fn reservation() -> ReservationSid {
    ReservationSid::from_bits(8)
}

pub(crate) fn verbs(text: &str) -> Vec<Verb> {
    Document::parse(&format!("<Response>{text}</Response>")).unwrap().document.verbs
}

pub(crate) fn application(url: &str) -> Program {
    Program::Url(Application { url: url.to_owned(), method: Method::Post, fallback: None })
}

impl Scenario {
    pub(crate) fn new() -> Self {
        let settings =
            Settings { account_sid: AccountSid::from_bits(1), api_url: "https://api.example".to_owned() };
        Self {
            exchange: Exchange::new(settings),
            now: Timestamp::from_secs(1_000_000),
            seed: 0,
            names: words::Names::default(),
            calls: BTreeMap::new(),
            questions: BTreeMap::new(),
            playbacks: BTreeMap::new(),
            recording: None,
            stream: None,
            records: vec![],
            lines: vec![],
        }
    }

    /// Somebody calls us and hears this document.
    pub(crate) fn hears(text: &str) -> Self {
        Self::new().calls("caller").quietly().document("caller", text)
    }

    /// Somebody calls us; a document drives the call.
    pub(crate) fn calls(self, name: &str) -> Self {
        self.calls_with(name, |_| {})
    }

    /// Somebody calls us; a flow drives the call.
    pub(crate) fn calls_flow(self, name: &str) -> Self {
        self.calls_with(name, |arrival| arrival.program = Program::Flow)
    }

    pub(crate) fn calls_with(mut self, name: &str, change: impl FnOnce(&mut Arrival)) -> Self {
        let index = self.calls.len();
        let call = CallSid::from_bits(100 + index as u128);
        self.name(name, call);
        let mut arrival = Arrival {
            call,
            from: format!("+1555555011{index}"),
            to: OURS.to_owned(),
            caller_name: None,
            forwarded_from: None,
            parameters: Parameters::new(),
            program: application(VOICE_URL),
            progress: None,
            phone_number_sid: None,
        };
        change(&mut arrival);
        self.happens(Event::CallArrived(Box::new(arrival)))
    }

    /// The application answers the last question about a call.
    pub(crate) fn document(self, name: &str, text: &str) -> Self {
        let (request, base_url) = self.question(name);
        self.happens(Event::DocumentReady { request, base_url, verbs: verbs(text) })
    }

    pub(crate) fn document_fails(self, name: &str) -> Self {
        let (request, _) = self.question(name);
        self.happens(Event::DocumentFailed { request, code: 11200, reason: "no answer".to_owned() })
    }

    /// The flow wants this next.
    pub(crate) fn flow(mut self, name: &str, text: &str) -> Self {
        let call = self.call(name);
        self.run(Command::Perform { call, verbs: verbs(text) });
        self
    }

    pub(crate) fn presses(mut self, name: &str, keys: &str) -> Self {
        for digit in keys.chars() {
            let call = self.call(name);
            self = self.happens(Event::DigitPressed { call, digit });
        }
        self
    }

    pub(crate) fn says(self, name: &str, text: &str) -> Self {
        let call = self.call(name);
        self.happens(Event::SpeechBegan { call }).happens(Event::SpeechHeard {
            call,
            text: text.to_owned(),
            confidence: Some(0.5),
            is_final: true,
        })
    }

    /// What was played last to somebody comes to its end.
    pub(crate) fn hears_out(self, name: &str) -> Self {
        let playback = self.playbacks[&Onto::Leg(self.call(name))];
        self.happens(Event::PlaybackEnded { playback })
    }

    pub(crate) fn last_playback(&self, onto: Onto) -> Playback {
        self.playbacks[&onto]
    }

    pub(crate) fn rings(self, name: &str) -> Self {
        let call = self.call(name);
        self.happens(Event::LegRang { call })
    }

    pub(crate) fn answers(self, name: &str) -> Self {
        let call = self.call(name);
        self.happens(Event::LegAnswered { call })
    }

    /// It turns out whether a person or a machine answered.
    pub(crate) fn is_found(self, name: &str, answered_by: AnsweredBy) -> Self {
        let call = self.call(name);
        self.happens(Event::AnswererKnown { call, answered_by, after_ms: 2500 })
    }

    pub(crate) fn fails(self, name: &str, status: u16) -> Self {
        let call = self.call(name);
        self.happens(Event::LegFailed { call, status: Some(status), reason: "it was refused".to_owned() })
    }

    pub(crate) fn hangs_up(self, name: &str) -> Self {
        let call = self.call(name);
        self.happens(Event::LegHungUp { call })
    }

    pub(crate) fn task_is_created(self, name: &str) -> Self {
        let call = self.call(name);
        self.happens(Event::TaskCreated { call, task: task() })
    }

    /// Time passes; the exchange wakes up whenever it asked to be.
    pub(crate) fn after(mut self, secs: u64) -> Self {
        let until = self.now + Duration::from_secs(secs);
        while let Some(at) = self.exchange.next_timeout().filter(|at| *at <= until) {
            self.now = at;
            self = self.happens(Event::TimeReached);
        }
        self.now = until;
        self
    }

    pub(crate) fn happens(mut self, event: Event) -> Self {
        let mut tick = self.tick();
        let actions = self.exchange.handle(event, &mut tick);
        self.note(actions);
        self
    }

    pub(crate) fn run(&mut self, command: Command) -> Subject {
        self.try_run(command).unwrap()
    }

    pub(crate) fn try_run(&mut self, command: Command) -> Result<Subject, Refusal> {
        let mut tick = self.tick();
        let outcome = self.exchange.execute(command, &mut tick)?;
        self.note(outcome.actions);
        Ok(outcome.subject)
    }

    pub(crate) fn does(mut self, command: Command) -> Self {
        self.run(command);
        self
    }

    /// Holds everything that was asked since the last time against these lines.
    #[track_caller]
    pub(crate) fn expect<const N: usize>(mut self, expected: [&str; N]) -> Self {
        assert_eq!(std::mem::take(&mut self.lines), expected, "{}", self.names.legend());
        self
    }

    /// Holds only the last question or notice that names `part` against a line's end.
    #[track_caller]
    pub(crate) fn expect_last(mut self, part: &str) -> Self {
        let lines = std::mem::take(&mut self.lines);
        assert!(lines.iter().any(|line| line.contains(part)), "no {part:?} in {lines:#?}");
        self
    }

    /// Returns what was asked since the last time.
    pub(crate) fn lines(mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    pub(crate) fn quietly(mut self) -> Self {
        self.lines.clear();
        self
    }

    pub(crate) fn call(&self, name: &str) -> CallSid {
        *self.calls.get(name).unwrap_or_else(|| panic!("nobody is called {name}: {:?}", self.calls.keys()))
    }

    pub(crate) fn name(&mut self, name: &str, call: CallSid) {
        self.calls.insert(name.to_owned(), call);
        self.names.give(name, call);
    }

    fn question(&self, name: &str) -> (Request, String) {
        self.questions.get(&self.call(name)).cloned().unwrap_or_else(|| panic!("nothing was asked of {name}"))
    }

    fn tick(&mut self) -> Tick {
        self.seed += 1;
        Tick::new(self.now, self.seed)
    }

    fn note(&mut self, actions: Vec<Action>) {
        for action in actions {
            match &action {
                Action::Leg(LegAction::Place(placement)) => {
                    self.name(&words::callee(&placement.target), placement.leg);
                }
                Action::Ask { request, call, question } => {
                    let url = match question {
                        Question::Document { url, .. } => url.clone(),
                        Question::Flow { .. } => String::new(),
                    };
                    self.questions.insert(*call, (*request, url));
                }
                Action::Media(MediaAction::Play { playback, onto, .. }) => {
                    self.playbacks.insert(*onto, *playback);
                }
                Action::Media(MediaAction::StartRecording(order)) => self.recording = Some(order.recording),
                Action::Media(MediaAction::OpenStream(order)) => self.stream = Some(order.stream),
                Action::Changed(record) => self.records.push(record.clone()),
                _ => {}
            }
            self.lines.extend(words::line(&action, &mut self.names));
        }
    }
}

/// A callback that wants to know everything.
pub(crate) fn progress(url: &str) -> Option<ProgressCallback> {
    Some(ProgressCallback { link: Link::post(url), events: CallEvent::ALL.to_vec() })
}
