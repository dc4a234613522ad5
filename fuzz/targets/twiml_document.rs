//! Whatever an application answers is read or refused; what was read is written and read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use twiml::Document;

fuzz_target!(|text: &str| {
    let Ok(parsed) = Document::parse(text) else { return };
    let again = Document::parse(&parsed.document.to_xml()).expect("what we write can be read");
    assert_eq!(again.document, parsed.document);
});
