//! Connect Call To: connects the caller to another party.

use serde_json::{Map, Value};
use twiml::{Client, Conference, DIAL_TARGETS_MAX, Dial, DialRecord, DialTarget, Number, Sim, Sip};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::voice;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "connect-call-to",
    label: "Connect Call To",
    group: Group::Voice,
    help: "Connects the caller to a number, client, SIP address or conference.",
    properties: &[
        PropertyKind::new(
            "noun",
            PropertyType::Choice {
                values: &["number", "number-multi", "client", "sip", "sim", "conference"],
            },
            "What the caller is connected to.",
        )
        .required(),
        PropertyKind::liquid_text(
            "to",
            "The number, client, SIM or conference; several numbers separated by commas ring together.",
        ),
        PropertyKind::liquid_text("caller_id", "The number that is shown.")
            .default("{{contact.channel.address}}"),
        PropertyKind::new("timeout", PropertyType::Integer { min: 1, max: 600 }, "Seconds to let it ring.")
            .default("30"),
        PropertyKind::new("record", PropertyType::Boolean, "Whether the call is recorded.").default("false"),
        PropertyKind::new(
            "time_limit",
            PropertyType::IntegerText { min: 1, max: 86400 },
            "The longest duration in seconds.",
        )
        .liquid(),
        PropertyKind::liquid_text("sip_endpoint", "The SIP address."),
        PropertyKind::liquid_text("sip_username", "User name for the SIP address."),
        PropertyKind::liquid_text("sip_password", "Password for the SIP address."),
    ],
    events: &[
        EventKind::new("callCompleted", "Connected call ended"),
        EventKind::new("hangup", "Caller hung up"),
    ],
    failure_event: None,
    outputs: &[
        "DialCallStatus",
        "DialCallSid",
        "DialCallDuration",
        "RecordingUrl",
        "CallSid",
        "CallStatus",
        "From",
        "To",
    ],
    compile: Some(compile),
};

#[derive(Debug)]
struct ConnectCallTo {
    noun: String,
    to: Template,
    caller_id: Template,
    time_limit: Template,
    sip_endpoint: Template,
    sip_username: Template,
    sip_password: Template,
    timeout_secs: Option<u32>,
    record: Option<DialRecord>,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    // Flows that were written by hand hold the verb's own word here.
    let record = source.text("record").and_then(|text| match text.trim() {
        "true" => Some(DialRecord::FromAnswer),
        other => voice::word(Some(other)),
    });
    Box::new(ConnectCallTo {
        noun: source.text("noun").unwrap_or_default(),
        to: source.template("to"),
        caller_id: source.template("caller_id"),
        time_limit: source.template("time_limit"),
        sip_endpoint: source.template("sip_endpoint"),
        sip_username: source.template("sip_username"),
        sip_password: source.template("sip_password"),
        timeout_secs: source.number("timeout"),
        record,
    })
}

impl Behaviour for ConnectCallTo {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let targets = self.targets(scope);
        if targets.is_empty() {
            let warning = format!("there is nobody to connect to: '{}' came out empty", self.to.source());
            let outputs = Map::from_iter([("DialCallStatus".to_owned(), Value::from("failed"))]);
            return voice::pass_over(scope, Exit::by("callCompleted").with_outputs(outputs), warning);
        }
        let dial = Dial {
            timeout_secs: self.timeout_secs,
            time_limit_secs: voice::text_of(scope, &self.time_limit).and_then(|text| text.parse().ok()),
            caller_id: voice::text_of(scope, &self.caller_id),
            record: self.record,
            targets,
            ..Dial::default()
        };
        voice::perform(scope, dial)
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        voice::leave_or_hangup(scope, resume, |parameters| Exit::by("callCompleted").with_outputs(parameters))
    }
}

impl ConnectCallTo {
    fn targets(&self, scope: &mut Scope<'_>) -> Vec<DialTarget> {
        let address = if self.noun == "sip" { &self.sip_endpoint } else { &self.to };
        let Some(to) = voice::text_of(scope, address).or_else(|| voice::text_of(scope, &self.to)) else {
            return Vec::new();
        };
        vec![match self.noun.as_str() {
            "number-multi" => return numbers(&to),
            "client" => Client { identity: to, ..Client::default() }.into(),
            "sip" => self.sip(scope, to).into(),
            "sim" => Sim { sid: to }.into(),
            "conference" => Conference { name: to, ..Conference::default() }.into(),
            _ => number(&to),
        }]
    }

    fn sip(&self, scope: &mut Scope<'_>, uri: String) -> Sip {
        let uri = if uri.starts_with("sip") { uri } else { format!("sip:{uri}") };
        let (username, password) =
            (voice::text_of(scope, &self.sip_username), voice::text_of(scope, &self.sip_password));
        Sip { uri, username, password, ..Sip::default() }
    }
}

/// Numbers that ring together.
fn numbers(list: &str) -> Vec<DialTarget> {
    list.split(',').map(str::trim).filter(|to| !to.is_empty()).take(DIAL_TARGETS_MAX).map(number).collect()
}

fn number(to: &str) -> DialTarget {
    Number { number: to.to_owned(), ..Number::default() }.into()
}
