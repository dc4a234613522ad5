//! One story by chance: what begins it, how the world answers, and what the contact does.

use std::time::Duration;

use domain::Timestamp;
use flow::Status;
use serde_json::{Map, Value, json};

use super::lexicon::{Lexicon, set_at};
use crate::rehearsal::{
    Answers, Awaited, CONTACT, CallSource, CallState, ConversationSource, Digits, HttpAnswer, MessageAnswer,
    MessageSource, OURS, Outcome, ParentSource, RehearsedFlow, Rejection, RequestSource, Said, Stage,
    TaskAnswer, TextOr, Transcript, TriggerSource,
};

/// How many things happen in a story at most.
const STEPS_MAX: u32 = 40;

/// When the earliest story begins: a Monday at midnight; the others follow within eight days.
const BEGINS_AT: Timestamp = Timestamp::from_secs(1_767_571_200);

/// All that calls wait for.
const AWAITED: [Awaited; 7] = [
    Awaited::Dial,
    Awaited::Queue,
    Awaited::Redirect,
    Awaited::Payment,
    Awaited::Agent,
    Awaited::OutgoingCall,
    Awaited::Conversation,
];

/// A story in the making.
pub(super) struct Story<'a> {
    lexicon: &'a Lexicon,
    chance: Chance,
}

impl<'a> Story<'a> {
    /// Begins the story of a seed.
    pub(super) fn new(lexicon: &'a Lexicon, seed: u32) -> Self {
        Self { lexicon, chance: Chance(seed.into()) }
    }

    /// Tells it to its end.
    pub(super) fn tell(mut self, flow: &RehearsedFlow) -> Transcript {
        let trigger = self.trigger();
        let begins_at = BEGINS_AT + Duration::from_secs(60 * self.chance.below(8 * 24 * 60));
        let mut stage = Stage::begin(flow, &trigger, self.answers(), begins_at);
        for _ in 0..STEPS_MAX {
            if stage.execution().status() == Status::Ended {
                break;
            }
            self.happen(&mut stage);
            let Answers { message, task, http, outcomes, .. } = self.answers();
            stage.answer_messages(message);
            stage.answer_tasks(task);
            stage.answer_http(http);
            stage.end_as(outcomes);
        }
        stage.into_transcript()
    }

    fn happen(&mut self, stage: &mut Stage<'_>) {
        let widget = stage.execution().visit().map_or("", |visit| visit.widget.as_str());
        let waiting = format!("widgets.{widget}.");
        let is_call = stage.call_state() == CallState::InProgress;
        match self.chance.below(if is_call { 24 } else { 12 }) {
            0 => stage.wait(Duration::from_secs(60 * 60)),
            1 => stage.wait(Duration::from_secs(24 * 60 * 60)),
            2..=11 => stage.say(&said(self.word_for(&waiting))),
            12 | 13 => stage.wait(Duration::from_secs(30)),
            14 => {
                // The call goes on: there is something to hang up.
                let _ = stage.hang_up();
            }
            _ => {
                let _ = stage.press(&self.keys(&waiting));
            }
        }
    }

    fn trigger(&mut self) -> TriggerSource {
        let parameters = self.values(&self.lexicon.triggered, 3);
        let text = |name: &str, otherwise: &str| {
            parameters.get(name).and_then(Value::as_str).map_or_else(|| otherwise.to_owned(), str::to_owned)
        };
        let (from, to, body) = (text("From", CONTACT), text("To", OURS), text("Body", "x"));
        let event = self.chance.pick(&self.lexicon.triggers).map_or("incomingMessage", String::as_str);
        match event {
            "incomingCall" => TriggerSource::Call(CallSource { from, to, parameters }),
            "incomingRequest" => TriggerSource::Request(RequestSource {
                from: OURS.to_owned(),
                to: CONTACT.to_owned(),
                parameters,
            }),
            "incomingParent" => TriggerSource::Parent(ParentSource { parameters, trigger: Map::new() }),
            "incomingConversationMessage" => {
                let mut message = ConversationSource::writing(body);
                message.parameters = parameters;
                TriggerSource::Conversation(TextOr(message))
            }
            _ => TriggerSource::Message(TextOr(MessageSource {
                from,
                to,
                body,
                media: Vec::new(),
                parameters,
            })),
        }
    }

    fn answers(&mut self) -> Answers {
        let rejection = || TextOr(Rejection { code: 30_008, reason: "by chance".to_owned() });
        Answers {
            message: match self.chance.below(8) {
                0 => MessageAnswer::Refused(rejection()),
                1 => MessageAnswer::Undelivered(rejection()),
                _ => MessageAnswer::Accepted,
            },
            task: match self.chance.below(4) {
                0 => TaskAnswer::Refused("by chance".to_owned()),
                _ => TaskAnswer::Created,
            },
            http: self.http(),
            outcomes: AWAITED.iter().map(|awaited| (*awaited, TextOr(self.outcome(*awaited)))).collect(),
            awaits_http: false,
        }
    }

    /// Lets every system answer for itself.
    fn http(&mut self) -> Vec<HttpAnswer> {
        let urls = &self.lexicon.urls;
        let mut answers: Vec<_> = urls.iter().map(|url| self.http_answer().at(url)).collect();
        answers.push(self.http_answer());
        answers
    }

    fn http_answer(&mut self) -> HttpAnswer {
        match self.chance.below(8) {
            0 => HttpAnswer::of(500, ""),
            1 => HttpAnswer::failing("by chance"),
            _ => HttpAnswer::of(200, &Value::Object(self.values(&self.lexicon.answered, 8)).to_string()),
        }
    }

    fn outcome(&mut self, awaited: Awaited) -> Outcome {
        if self.chance.below(8) == 0 {
            return Outcome { refused: Some("by chance".to_owned()), ..Outcome::default() };
        }
        let result = self.chance.pick(awaited.words()).copied().unwrap_or_default().to_owned();
        let is_returned = awaited == Awaited::Redirect && self.chance.below(2) == 0;
        let parameters = if is_returned { self.values(&self.lexicon.returned, 8) } else { Map::new() };
        Outcome { result, parameters, refused: None }
    }

    /// Gives a part of these places values: `of_ten` says how large a part.
    fn values(&mut self, paths: &[String], of_ten: u64) -> Map<String, Value> {
        let mut values = Map::new();
        for path in paths {
            if self.chance.below(10) < of_ten {
                set_at(&mut values, path, json!(self.word_for(path)));
            }
        }
        values
    }

    fn word(&mut self) -> String {
        self.chance.pick(&self.lexicon.words).cloned().unwrap_or_default()
    }

    /// Returns a word that fits what is read at this path, more often than not.
    fn word_for(&mut self, path: &str) -> String {
        let words = self.lexicon.words_for(path);
        let fitting = self.chance.pick(&words).map(|word| (*word).clone());
        fitting.filter(|_| self.chance.below(4) > 0).unwrap_or_else(|| self.word())
    }

    /// Makes keys of a word that consists of them, else a single one.
    fn keys(&mut self, path: &str) -> Digits {
        let word = self.word_for(path);
        let one = self.chance.below(10).to_string();
        let keys = Digits::new(&word).filter(|keys| !keys.as_str().is_empty());
        keys.or_else(|| Digits::new(&one)).unwrap_or_default()
    }
}

fn said(body: String) -> Said {
    Said { body, media: Vec::new(), parameters: Map::new() }
}

/// Numbers by chance, the same for the same seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % end
    }

    fn pick<'b, T>(&mut self, items: &'b [T]) -> Option<&'b T> {
        let count = u64::try_from(items.len()).ok().filter(|count| *count > 0)?;
        usize::try_from(self.below(count)).ok().and_then(|place| items.get(place))
    }
}
