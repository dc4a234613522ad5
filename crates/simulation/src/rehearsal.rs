//! Rehearsals of flows: scenarios, the stage on which they run, and what is told about it afterwards.

mod answers;
mod check;
mod coverage;
mod duration;
mod expectation;
mod http;
mod line;
mod lined;
mod outcome;
mod pattern;
mod performed_verb;
mod read;
mod rehearsed_flow;
mod run;
mod scenario;
mod stage;
mod text_or;
mod transcript;
mod trigger;
mod world;

pub use answers::{Answers, MessageAnswer, Rejection, TaskAnswer};
pub use coverage::Coverage;
pub use duration::{format_duration, parse_duration};
pub use expectation::{CallState, Expectation, ExpectedMessage, ExpectedTask, Prospect};
pub use http::{ExpectedRequest, HttpAnswer};
pub use lined::Lined;
pub use outcome::{Awaited, Outcome, Outcomes};
pub use pattern::TextPattern;
pub use performed_verb::ExpectedVerb;
pub use read::{ReadError, read, read_answers};
pub use rehearsed_flow::{RehearsedFlow, Transition};
pub use run::{Failure, Run};
pub use scenario::{Happens, Scenario, ScenarioSettings, Step};
pub use stage::Stage;
pub use text_or::TextOr;
pub use transcript::{Entry, Happening, Transcript};
pub use trigger::{
    CONTACT, CallSource, ConversationSource, MessageSource, OURS, ParentSource, RequestSource, Said,
    TriggerSource,
};
pub use twiml::Digits;
