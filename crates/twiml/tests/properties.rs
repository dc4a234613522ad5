//! What holds for every text and every document.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ops::RangeInclusive;

use proptest::collection::vec;
use proptest::option::of as optional;
use proptest::prelude::*;
use proptest::sample::select;

use twiml::*;

/// Codes of what is only remarked on: the document keeps it, so the written one is remarked on again.
const REMARKS: [u32; 6] = [13330, 13520, 13521, 13615, 14204, 14205];

/// Elements with some of their attributes and children; `Fax` is none.
const GRAMMAR: &[(&str, &[&str], &[&str])] = &[
    ("Say", &["voice", "language", "loop"], &["break", "say-as", "prosody", "blink"]),
    ("break", &["strength", "time"], &[]),
    ("say-as", &["interpret-as", "format"], &["s"]),
    ("prosody", &["rate"], &["say-as", "break"]),
    ("Play", &["loop", "digits"], &["Fax"]),
    ("Pause", &["length"], &[]),
    ("Gather", &["input", "timeout", "numDigits", "finishOnKey", "speechTimeout"], &["Say", "Play", "Dial"]),
    ("Record", &["maxLength", "finishOnKey", "transcribe", "trim", "method"], &[]),
    (
        "Dial",
        &["timeout", "record", "action", "ringTone"],
        &["Number", "Client", "Sip", "Conference", "Queue"],
    ),
    ("Number", &["sendDigits", "statusCallbackEvent", "machineDetectionTimeout"], &["Fax"]),
    ("Client", &["url", "method"], &["Identity", "Parameter"]),
    ("Parameter", &["name", "value"], &[]),
    ("Sip", &["username"], &["Uri", "Headers"]),
    ("Uri", &["priority", "weight"], &[]),
    ("Headers", &[], &["Header"]),
    ("Header", &["name", "value"], &[]),
    ("Conference", &["beep", "muted", "maxParticipants", "participantLabel"], &[]),
    ("Queue", &["url", "reservationSid"], &[]),
    ("Enqueue", &["workflowSid", "waitUrl", "waitUrlMethod"], &["Task", "TaskAttributes"]),
    ("Task", &["priority", "timeout"], &[]),
    ("Redirect", &["method"], &[]),
    ("Start", &["action"], &["Stream", "Recording"]),
    ("Connect", &[], &["Stream", "VirtualAgent"]),
    ("Stream", &["url", "track", "name"], &["Parameter"]),
    ("Recording", &["channels", "recordingStatusCallbackEvent"], &[]),
    ("VirtualAgent", &["sentimentAnalysis"], &["Config"]),
    ("Message", &["to", "statusCallback"], &["Body", "Media"]),
    ("Pay", &["validCardTypes", "timeout"], &["Prompt"]),
    ("Prompt", &["for", "attempt"], &["Say"]),
    ("Refer", &["action"], &["Sip"]),
];

/// Values that some attribute takes, and some that none does.
const VALUES: [&str; 30] = [
    "",
    "0",
    "1",
    " 7 ",
    "60",
    "-1",
    "99999999999",
    "1.5",
    "true",
    "FALSE",
    "get",
    "POST",
    "dtmf speech",
    "auto",
    "#",
    "*#",
    "1w2",
    "completed",
    "ringing,answered",
    "completed completed",
    "trim-silence",
    "onEnter",
    "digits",
    "strong",
    "both_tracks",
    "dual",
    "visa amex",
    "payment-card-number",
    "a&amp;b&#10;&lt;",
    "é 😀",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_text_is_too_strange(text in ".{0,200}", bytes in vec(any::<u8>(), 0..200)) {
        let _ = Document::parse(&text);
        let _ = Document::parse(&String::from_utf8_lossy(&bytes));
        let _ = Document::parse(&format!("<Response><Say>{text}</Say></Response>"));
    }

    #[test]
    fn no_mixture_of_markup_is_too_strange(pieces in vec(select(PIECES), 0..40)) {
        let _ = Document::parse(&pieces.concat());
    }

    #[test]
    fn what_was_read_is_written_and_read_without_loss(verbs in vec(element(None, 3), 0..6)) {
        let text = format!("<Response>{}</Response>", verbs.concat());
        let document = Document::parse(&text).unwrap().document;
        let again = Document::parse(&document.to_xml()).unwrap();
        prop_assert_eq!(&again.document, &document, "{}", text);
        let faults: Vec<_> = again.warnings.iter().filter(|it| !REMARKS.contains(&it.code)).collect();
        prop_assert!(faults.is_empty(), "{:?}\n{}", faults, document.to_xml());
    }

    #[test]
    fn what_was_built_is_written_and_read_without_loss(verbs in vec(verb(), 0..6)) {
        let document = Document { verbs };
        prop_assert_eq!(&Document::parse(&document.to_xml()).unwrap().document, &document);
        let stored = serde_json::to_string(&document).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Document>(&stored).unwrap(), &document);
    }
}

const PIECES: &[&str] = &[
    "<Response>",
    "</Response>",
    "<Say>",
    "</Say>",
    "<Say",
    "<Gather ",
    "timeout='5'",
    "timeout=",
    "/>",
    ">",
    "<",
    "&",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "&lol;",
    "<!DOCTYPE a>",
    "<!DOCTYPE",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0'?>",
    "<?xml?>",
    "<?",
    "?>",
    "'",
    "\"",
    "text",
    "\u{0}",
    "é",
    "xml:lang='x'",
    "</",
    "\n",
];

/// Makes an element of the grammar, as text; for a parent one of its children.
fn element(parent: Option<usize>, depth: u32) -> BoxedStrategy<String> {
    let all = || GRAMMAR.iter().map(|(name, ..)| *name).collect::<Vec<_>>();
    let names = parent.map_or_else(all, |parent| GRAMMAR[parent].2.to_vec());
    if names.is_empty() || depth == 0 {
        return select(&["", "text", " a b ", "&lt;&#13;", "<i/>", "<!-- -->"][..])
            .prop_map(str::to_owned)
            .boxed();
    }
    select(names).prop_flat_map(move |name| content(name, depth)).boxed()
}

fn content(name: &'static str, depth: u32) -> impl Strategy<Value = String> {
    let place = GRAMMAR.iter().position(|(known, ..)| *known == name);
    let names = place.map_or(&["colour"][..], |place| GRAMMAR[place].1);
    let attributes: Vec<_> = names
        .iter()
        .map(|attribute| {
            let written = select(&VALUES[..]).prop_map(move |value| format!(" {attribute}=\"{value}\""));
            prop_oneof![Just(String::new()), written]
        })
        .collect();
    let child = place.map_or_else(|| Just(String::new()).boxed(), |place| element(Some(place), depth - 1));
    (attributes, vec(child, 0..4), select(&["", "text"][..])).prop_map(move |(attributes, children, text)| {
        format!("<{name}{}>{}{text}</{name}>", attributes.concat(), children.concat())
    })
}

/// Makes a verb out of values.
fn verb() -> impl Strategy<Value = Verb> {
    prop_oneof![
        say().prop_map(Verb::from),
        gather().prop_map(Verb::from),
        dial().prop_map(Verb::from),
        (text(), number(0..=1000), task())
            .prop_map(|(queue_name, size, task)| {
                Enqueue { queue_name, max_queue_size: size, task, ..Enqueue::default() }
            })
            .prop_map(Verb::from),
        (text(), vec(text(), 0..3), callback())
            .prop_map(|(body, media, action)| Message { media, action, ..Message::new(body) })
            .prop_map(Verb::from),
        (text(), method()).prop_map(|(url, method)| Redirect { url, method }).prop_map(Verb::from),
        Just(Verb::from(Hangup::default())),
    ]
}

fn say() -> impl Strategy<Value = Say> {
    let words = any::<String>().prop_map(carried).prop_filter("no words", |words| !words.is_empty());
    (words.clone(), words, optional(text()), number(0..=1000)).prop_map(
        |(before, marked, voice, loop_count)| {
            let mark = SpeechElement {
                tag: SpeechTag::Sub,
                attributes: vec![("alias".to_owned(), before.clone())],
                content: vec![Speech::Text(marked)],
            };
            let speech = vec![Speech::Text(before), Speech::Marked(mark)];
            Say { voice, language: None, loop_count, speech }
        },
    )
}

fn gather() -> impl Strategy<Value = Gather> {
    let announcements = vec(
        prop_oneof![
            say().prop_map(Announcement::from),
            text().prop_map(|url| Play::new(url).into()),
            number(0..=100).prop_map(|length_secs| Pause { length_secs }.into()),
        ],
        0..3,
    );
    let key = optional("[0-9*#]?".prop_map(|key| Keys::new(&key).unwrap()));
    let input = vec(select(Input::ALL), 0..3);
    (announcements, key, input, callback(), number(0..=u32::MAX), number(1..=20)).prop_map(
        |(announcements, finish_on_key, input, action, timeout_secs, digits_max)| Gather {
            announcements,
            finish_on_key,
            input,
            action,
            timeout_secs,
            digits_max,
            ..Gather::default()
        },
    )
}

fn dial() -> impl Strategy<Value = Dial> {
    let parameters = vec((optional(text()), optional(text())), 0..3).prop_map(|pairs| {
        pairs.into_iter().map(|(name, value)| Parameter { name, value }).collect::<Vec<_>>()
    });
    let target = prop_oneof![
        (text(), callback())
            .prop_map(|(number, whisper)| Number { number, whisper, ..Number::default() }.into()),
        (text(), parameters).prop_map(|(identity, parameters)| Client {
            identity,
            parameters,
            ..Client::default()
        }
        .into()),
    ];
    (vec(target, 0..=DIAL_TARGETS_MAX), number(5..=600), optional(select(DialRecord::ALL)))
        .prop_map(|(targets, timeout_secs, record)| Dial { targets, timeout_secs, record, ..Dial::default() })
}

fn task() -> impl Strategy<Value = Option<Task>> {
    optional(
        (text(), number(0..=100), number(1..=1000)).prop_map(|(attributes, priority, timeout_secs)| Task {
            attributes,
            priority,
            timeout_secs,
        }),
    )
}

fn callback() -> impl Strategy<Value = Callback> {
    (optional(text()), method()).prop_map(|(url, method)| Callback { url, method })
}

fn method() -> impl Strategy<Value = Option<Method>> {
    optional(select(Method::ALL))
}

fn number(range: RangeInclusive<u32>) -> impl Strategy<Value = Option<u32>> {
    optional(range)
}

/// Makes text that XML can carry, without blanks at both ends.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ -~]{0,20}", "[\n\r\t<>&\"']{0,9}"]
        .prop_map(|text| carried(text).trim().to_owned())
}

fn carried(text: String) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') || "\n\r\t".contains(*c))
        .collect()
}
