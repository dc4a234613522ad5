//! Documents of `tests/data`: what is warned of, and what is written back.
//!
//! `TWIML_BLESS=1` writes the expected files anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use twiml::*;

#[test]
fn documents_are_read_as_their_files_say() {
    let paths = inputs();
    assert!(paths.len() >= 5, "{paths:?}");
    for path in paths {
        let found = outcome(&fs::read_to_string(&path).unwrap());
        let expected_path = path.with_extension("out");
        if env::var_os("TWIML_BLESS").is_some() {
            fs::write(&expected_path, &found).unwrap();
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        assert_eq!(found, expected, "{}", path.display());
    }
}

#[test]
fn what_was_written_reads_back_the_same() {
    for path in inputs() {
        let Ok(parsed) = Document::parse(&fs::read_to_string(&path).unwrap()) else { continue };
        let written = parsed.document.to_xml();
        assert_eq!(Document::parse(&written).unwrap().document, parsed.document, "{written}");
        let stored = serde_json::to_string(&parsed.document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&stored).unwrap(), parsed.document, "{stored}");
    }
}

#[test]
fn a_call_that_was_stored_before_an_attribute_existed_is_loaded() {
    let gather: Verb = serde_json::from_str(r##"{"Gather": {"finish_on_key": "*"}}"##).unwrap();
    let Verb::Gather(gather) = gather else { panic!("{gather:?}") };
    assert!(gather.is_finish_key('*') && !gather.is_finish_key('#'));
}

#[test]
fn what_was_not_written_has_the_published_default() {
    assert_eq!(
        (Say::default().loop_count(), Play::default().loop_count(), Pause::default().length_secs()),
        (1, 1, 1)
    );
    assert_eq!(
        (Redirect::default().method(), Reject::default().reason()),
        (Method::Post, RejectReason::Rejected)
    );

    let gather = Gather::default();
    assert_eq!((gather.input(), gather.timeout_secs(), gather.digits_max), (&[Input::Dtmf][..], 5, None));
    assert_eq!((gather.speech_timeout(), gather.max_speech_time_secs()), (SpeechTimeout::Seconds(5), 60));
    assert_eq!((gather.language(), gather.speech_model()), ("en-US", "default"));
    assert!(gather.is_finish_key('#') && gather.barge_in() && !gather.action_on_empty_result());

    let record = Record::default();
    assert_eq!(
        (record.timeout_secs(), record.max_length_secs(), record.trim()),
        (5, 3600, Trim::TrimSilence)
    );
    assert!(record.play_beep() && record.is_finish_key('5') && !record.transcribe());
    assert_eq!(Record { transcribe: Some(true), ..record }.max_length_secs(), 120);

    let dial = Dial::default();
    assert_eq!((dial.timeout_secs(), dial.time_limit_secs()), (30, 14400));
    assert_eq!((dial.record(), dial.trim()), (DialRecord::DoNotRecord, Trim::DoNotTrim));
    assert_eq!(dial.recording_status_callback.events(), [RecordingEvent::Completed]);
    assert_eq!(Number::default().status_callback.events(), [CallEvent::Completed]);

    let conference = Conference::default();
    assert_eq!((conference.beep(), conference.participants_max()), (Beep::Always, 250));
    assert_eq!(
        (conference.trim(), conference.jitter_buffer_size()),
        (Trim::TrimSilence, JitterBufferSize::Large)
    );
    assert!(conference.start_on_enter() && !conference.end_on_exit() && !conference.muted());
}

/// Writes down what became of a document: the error, or the warnings and the document with a verb a line.
fn outcome(text: &str) -> String {
    let parsed = match Document::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => return format!("{}: {error}\n", error.code()),
    };
    let warnings = parsed.warnings.iter().map(|warning| format!("{warning}\n"));
    let verbs = parsed.document.verbs.into_iter().map(|verb| {
        let xml = Document::from_iter([verb]).to_xml();
        let xml = xml.split_once("<Response>").unwrap().1;
        format!("{}\n", xml.strip_suffix("</Response>").unwrap())
    });
    warnings.chain(["---\n".to_owned()]).chain(verbs).collect()
}

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut inputs: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "xml")).collect();
    inputs.sort();
    inputs
}
