//! Actions in words: one line each, with people's names for SIDs. Records have no line.

use std::collections::BTreeMap;

use call::*;

/// Standard parameters that every request carries, and times.
const LEFT_OUT: [&str; 12] = [
    "CallSid",
    "AccountSid",
    "From",
    "To",
    "Caller",
    "Called",
    "Direction",
    "ApiVersion",
    "ParentCallSid",
    "Timestamp",
    "CallbackSource",
    "RecordingStartTime",
];

/// Names of SIDs: people's as given, others numbered as they come.
#[derive(Default)]
pub(crate) struct Names {
    by_sid: BTreeMap<String, String>,
    counts: BTreeMap<String, usize>,
}

impl Names {
    pub(crate) fn give(&mut self, name: &str, sid: impl ToString) {
        self.by_sid.insert(sid.to_string(), name.to_owned());
    }

    pub(crate) fn legend(&self) -> String {
        format!("{:#?}", self.by_sid)
    }

    fn of(&mut self, sid: impl ToString) -> String {
        let sid = sid.to_string();
        if !self.by_sid.contains_key(&sid) {
            let prefix = sid[..2].to_owned();
            let count = self.counts.entry(prefix.clone()).or_default();
            *count += 1;
            self.by_sid.insert(sid.clone(), format!("{prefix}{count}"));
        }
        self.by_sid[&sid].clone()
    }

    /// Replaces all SIDs in a text.
    fn inside(&mut self, text: &str) -> String {
        let is_sid = |word: &str| {
            word.len() == 34
                && word[..2].chars().all(|c| c.is_ascii_uppercase())
                && word[2..].chars().all(|c| c.is_ascii_hexdigit())
        };
        let words: Vec<&str> =
            text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| is_sid(w)).collect();
        words.into_iter().fold(text.to_owned(), |text, sid| text.replace(sid, &self.of(sid)))
    }
}

pub(crate) fn callee(target: &Target) -> String {
    match target {
        Target::Number { number, .. } => number.clone(),
        Target::Client { identity, .. } => identity.clone(),
        Target::Sip(targets) => targets[0].uri.clone(),
    }
}

/// Returns the line of an action; records have none.
pub(crate) fn line(action: &Action, names: &mut Names) -> Option<String> {
    let line = match action {
        Action::Leg(action) => leg(action, names),
        Action::Media(action) => media(action, names),
        Action::Ask { call, question: Question::Document { url, method, parameters, .. }, .. } => {
            format!("ask {} {} {url}{}", names.of(call), method.as_str(), pairs(parameters))
        }
        Action::Ask { call, question: Question::Flow { parameters }, .. } => {
            format!("ask {} flow{}", names.of(call), pairs(parameters))
        }
        Action::Notify(notice) => format!("tell {}{}", notice.link.url, pairs(&notice.parameters)),
        Action::TellCallEnded { call, parameters } => {
            format!("flow's call {} ended{}", names.of(call), pairs(parameters))
        }
        Action::Router(action) => router(action, names),
        Action::Changed(_) => return None,
        Action::Report { code, message, .. } => format!("report {code}: {message}"),
    };
    Some(names.inside(&line))
}

fn leg(action: &LegAction, names: &mut Names) -> String {
    match action {
        LegAction::Ring { leg } => format!("ring {}", names.of(leg)),
        LegAction::Answer { leg } => format!("answer {}", names.of(leg)),
        LegAction::Reject { leg, status } => format!("reject {} {status}", names.of(leg)),
        LegAction::HangUp { leg } => format!("hang up {}", names.of(leg)),
        LegAction::Place(placement) => format!("place {} from {}", names.of(placement.leg), placement.from),
        LegAction::SendDigits { leg, digits } => format!("send {} {digits}", names.of(leg)),
        LegAction::AnswerReferral { leg, is_taken } => {
            format!("{} the transfer of {}", if *is_taken { "see to" } else { "decline" }, names.of(leg))
        }
        LegAction::Refer { leg, to } => format!("refer {} to {to}", names.of(leg)),
    }
}

fn media(action: &MediaAction, names: &mut Names) -> String {
    match action {
        MediaAction::Play { playback, onto, source, loops } => {
            let onto = match onto {
                Onto::Leg(call) => names.of(call),
                Onto::Conference(conference) => names.of(conference),
            };
            let often = match loops {
                0 => " for ever".to_owned(),
                1 => String::new(),
                _ => format!(" {loops} times"),
            };
            format!("play #{} to {onto}: {}{often}", playback.0, sound(source))
        }
        MediaAction::StopPlaying { playback } => format!("stop #{}", playback.0),
        MediaAction::Connect { a, b } => format!("connect {} and {}", names.of(a), names.of(b)),
        MediaAction::Disconnect { a, b } => format!("part {} and {}", names.of(a), names.of(b)),
        MediaAction::Join { conference, leg, seat } => {
            format!("{} joins {}{}", names.of(leg), names.of(conference), manner(seat, names))
        }
        MediaAction::Update { conference, leg, seat } => {
            format!("{} in {}:{}", names.of(leg), names.of(conference), manner(seat, names))
        }
        MediaAction::Leave { conference, leg } => {
            format!("{} leaves {}", names.of(leg), names.of(conference))
        }
        MediaAction::StartRecording(order) => {
            let channels = if order.is_dual { " in two channels" } else { "" };
            let silence = order.silence_timeout_secs.map(|secs| format!(" until {secs}s silence"));
            let whom = match order.scene {
                Scene::Inbound(call) => format!("what {} says", names.of(call)),
                Scene::Leg(call) => names.of(call),
                Scene::Conference(conference) => names.of(conference),
            };
            format!("record {} of {whom}{channels}{}", names.of(order.recording), silence.unwrap_or_default())
        }
        MediaAction::PauseRecording { recording, .. } => format!("pause {}", names.of(recording)),
        MediaAction::ResumeRecording { recording } => format!("resume {}", names.of(recording)),
        MediaAction::StopRecording { recording } => format!("stop {}", names.of(recording)),
        MediaAction::ListenForSpeech(listening) => {
            format!("listen to {} in {}", names.of(listening.leg), listening.gather.language())
        }
        MediaAction::DetectAnswerer { leg, .. } => format!("judge who answers at {}", names.of(leg)),
        MediaAction::StopListening { leg } => format!("stop listening to {}", names.of(leg)),
        MediaAction::OpenStream(order) => {
            let both = if order.is_bidirectional { "both ways" } else { order.track.as_str() };
            format!("stream {} of {} to {} {both}", names.of(order.stream), names.of(order.leg), order.url)
        }
        MediaAction::CloseStream { stream } => format!("close {}", names.of(stream)),
        MediaAction::StartEcho { leg } => format!("echo {}", names.of(leg)),
        MediaAction::StopEcho { leg } => format!("stop echo of {}", names.of(leg)),
    }
}

fn router(action: &RouterAction, names: &mut Names) -> String {
    match action {
        RouterAction::CreateTask(order) => {
            let TaskOrder { call, workflow, attributes, priority, timeout_secs } = &**order;
            let written: serde_json::Map<_, _> = attributes
                .map()
                .iter()
                .filter(|(key, _)| ["call_sid", "type", "name", "from"].contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let attributes = serde_json::Value::Object(written);
            let lives = timeout_secs.map_or_else(String::new, |secs| format!(" for {secs}s"));
            format!("task for {} in {workflow} at {priority}{lives}: {attributes}", names.of(call))
        }
        RouterAction::CancelTask { task, reason } => format!("cancel {}: {reason}", names.of(task)),
        RouterAction::AcceptReservation { reservation } => format!("accept {}", names.of(reservation)),
        RouterAction::ReportUnanswered { reservation, call, status } => {
            format!("{} unanswered by {}: {status}", names.of(reservation), names.of(call))
        }
        RouterAction::UpdateAttributes { task, attributes } => {
            format!("attributes of {}: {}", names.of(task), serde_json::Value::Object(attributes.clone()))
        }
        RouterAction::WrapUp { task, reservation } => {
            format!("wrap up {} of {}", names.of(reservation), names.of(task))
        }
        RouterAction::CompleteTask { task, post_work_activity, .. } => {
            let activity = post_work_activity.clone().unwrap_or_default();
            format!("complete {} {activity}", names.of(task)).trim_end().to_owned()
        }
    }
}

fn manner(seat: &Seat, names: &mut Names) -> String {
    let mut text = String::new();
    for (is_so, word) in [(seat.is_muted, " muted"), (seat.is_on_hold, " on hold")] {
        text.push_str(if is_so { word } else { "" });
    }
    if let Some(coached) = seat.coaches {
        text.push_str(&format!(" coaching {}", names.of(coached)));
    }
    text
}

fn sound(source: &Source) -> String {
    match source {
        Source::Speech { parts, voice, .. } => {
            let words = twiml::Say { speech: parts.clone(), ..twiml::Say::default() }.plain_text();
            voice.as_ref().map_or_else(|| format!("'{words}'"), |voice| format!("'{words}' by {voice}"))
        }
        Source::File(url) => url.clone(),
        Source::Tones(digits) => format!("tones {digits}"),
        Source::HoldMusic => "music".to_owned(),
        Source::Ringing(country) => format!("ringing {}", country.as_str()),
        Source::Beep => "beep".to_owned(),
    }
}

fn pairs(parameters: &Parameters) -> String {
    let told = parameters.iter().filter(|(name, value)| {
        let is_usual = *name == "CallStatus" && *value == "in-progress";
        !is_usual && !LEFT_OUT.contains(&name.as_str())
    });
    told.map(|(name, value)| format!(" {name}={}", value.as_str().unwrap_or("not text"))).collect()
}
