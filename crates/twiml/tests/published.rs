//! Every published element and attribute with a fixed set of words is read, or named here as not carried.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::{env, fs};

use twiml::Document;

/// Elements that no engine performs: `<Connect>` leaves them out with a warning.
const NOT_CARRIED: [&str; 6] =
    ["AiSession", "Assistant", "Autopilot", "Conversation", "ConversationRelaySession", "Room"];

/// Where each published element stands, as the names from the verb down to itself.
const PLACES: [(&str, &[&str]); 56] = [
    ("Application", &["Dial", "Application"]),
    ("ApplicationSid", &["Dial", "Application", "ApplicationSid"]),
    ("Client", &["Dial", "Client"]),
    ("Conference", &["Dial", "Conference"]),
    ("Config", &["Connect", "VirtualAgent", "Config"]),
    ("Connect", &["Connect"]),
    ("ConversationRelay", &["Connect", "ConversationRelay"]),
    ("Dial", &["Dial"]),
    ("Echo", &["Echo"]),
    ("Enqueue", &["Enqueue"]),
    ("Gather", &["Gather"]),
    ("Hangup", &["Hangup"]),
    ("Header", &["Dial", "Sip", "Headers", "Header"]),
    ("Headers", &["Dial", "Sip", "Headers"]),
    ("Identity", &["Dial", "Client", "Identity"]),
    ("Language", &["Connect", "ConversationRelay", "Language"]),
    ("Leave", &["Leave"]),
    ("Number", &["Dial", "Number"]),
    ("Parameter", &["Dial", "Client", "Parameter"]),
    ("Pause", &["Pause"]),
    ("Pay", &["Pay"]),
    ("Play", &["Gather", "Play"]),
    ("Prompt", &["Pay", "Prompt"]),
    ("Queue", &["Dial", "Queue"]),
    ("Record", &["Record"]),
    ("Recording", &["Start", "Recording"]),
    ("Redirect", &["Redirect"]),
    ("Refer", &["Refer"]),
    ("ReferSip", &["Refer", "Sip"]),
    ("Reject", &["Reject"]),
    ("Say", &["Say"]),
    ("Sim", &["Dial", "Sim"]),
    ("Sip", &["Dial", "Sip"]),
    ("SipUri", &["Dial", "Sip", "Uri"]),
    ("Siprec", &["Start", "Siprec"]),
    ("Sms", &["Sms"]),
    ("SsmlBreak", &["Say", "break"]),
    ("SsmlEmphasis", &["Say", "emphasis"]),
    ("SsmlLang", &["Say", "lang"]),
    ("SsmlP", &["Say", "p"]),
    ("SsmlPhoneme", &["Say", "phoneme"]),
    ("SsmlProsody", &["Say", "prosody"]),
    ("SsmlS", &["Say", "s"]),
    ("SsmlSayAs", &["Say", "say-as"]),
    ("SsmlSub", &["Say", "sub"]),
    ("SsmlW", &["Say", "w"]),
    ("Start", &["Start"]),
    ("Stop", &["Stop"]),
    ("Stream", &["Connect", "Stream"]),
    ("Task", &["Enqueue", "Task"]),
    ("Transcription", &["Start", "Transcription"]),
    ("VirtualAgent", &["Connect", "VirtualAgent"]),
    ("WhatsApp", &["Dial", "WhatsApp"]),
    ("Message", &["Message"]),
    ("Body", &["Message", "Body"]),
    ("Media", &["Message", "Media"]),
];

#[test]
fn published_elements_attributes_and_words_are_read() {
    let Some(text) = published() else { return };
    let mut element = Published::default();
    for line in text.lines().skip(1) {
        if let Some((name, attributes)) = line.strip_prefix('<').and_then(|line| line.split_once('>')) {
            element = Published::new(name, attributes);
            element.check_attributes();
        } else if let Some((kind, words)) = line.trim().split_once(": ") {
            element.check_words(kind.split('(').next().unwrap(), words);
        }
    }
}

#[derive(Default)]
struct Published {
    path: Option<&'static [&'static str]>,
    attributes: Vec<String>,
}

impl Published {
    fn new(name: &str, attributes: &str) -> Published {
        let path = PLACES.iter().find(|(place, _)| *place == name).map(|(_, path)| *path);
        assert!(path.is_some() || NOT_CARRIED.contains(&name), "<{name}> has no place");
        // The published list is of Python names, in which `for` can not stand alone.
        let attributes = attributes.split_whitespace().map(|name| name.trim_end_matches('_').to_owned());
        Published { path, attributes: attributes.collect() }
    }

    fn check_attributes(&self) {
        for attribute in &self.attributes {
            self.check(attribute, "1", "' is left out: ");
            self.check(attribute, "1", "has no attribute");
        }
    }

    /// Checks that each word of a kind is taken by the attribute that the kind belongs to.
    fn check_words(&self, kind: &str, words: &str) {
        let wanted = match kind {
            "Event" | "RecordingEvent" => "callbackevent".to_owned(),
            kind => kind.to_lowercase(),
        };
        let is_wanted = |name: &&String| {
            let plain: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
            plain.ends_with(&wanted) && (kind == "RecordingEvent") <= plain.starts_with("recording")
        };
        let Some(attribute) = self.attributes.iter().find(is_wanted) else {
            assert!(self.path.is_none(), "{:?} has no attribute for {kind}", self.path);
            return;
        };
        for word in words.split(['|', ' ']).filter(|word| !word.is_empty() && *word != "...") {
            self.check(attribute, word, &format!("{attribute}='"));
        }
    }

    fn check(&self, attribute: &str, value: &str, complaint: &str) {
        let Some(path) = self.path else { return };
        let open: String = path.iter().map(|name| format!("<{name}>")).collect();
        let open = format!("{} {attribute}='{value}'>", open.strip_suffix('>').unwrap());
        let close: String = path.iter().rev().map(|name| format!("</{name}>")).collect();
        let parsed = Document::parse(&format!("<Response>{open}text{close}</Response>")).unwrap();
        let complaints = parsed.warnings.iter().filter(|warning| warning.message.contains(complaint));
        assert_eq!(complaints.collect::<Vec<_>>(), Vec::<&twiml::Warning>::new(), "{open}");
    }
}

/// Returns the published list, which lies beside the repository.
fn published() -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = env::var_os("PATCHBOARD_SHARED").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = shared.join("spec/voice-twiml-attrs.txt");
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("left out: {} is not there", path.display());
    }
    text
}
