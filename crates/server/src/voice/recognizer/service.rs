//! A service that puts speech into words: any that takes a form with a `file` and answers with JSON that has a `text`,
//! as the servers of Whisper models do.

use std::time::Duration;

use webhooks::{Body, Client, Request};

use super::{Wanted, Words};
use crate::voice::provider::Provider;

/// What separates the parts of the form; audio can not hold it, as it is no multiple of a sample long.
const BOUNDARY: &str = "patchboard-7f4c1d9a52e84b3fa0c6e1b78d2f9035";

/// How long a sentence may take: the caller waits meanwhile.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Has speech put into words; the error says what is wrong with the service.
pub(super) async fn recognize(
    service: &Provider,
    client: &Client,
    wanted: &Wanted<'_>,
) -> Result<Words, String> {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let body = Body::Bytes { content_type, bytes: form(wanted) };
    let request = Request { timeout: TIMEOUT, ..service.request(body) };
    let response = client.send(request).await.map_err(|failure| failure.to_string())?;
    if !response.is_success() {
        return Err(format!("the recogniser answers HTTP {}", response.status));
    }
    let words: Words = serde_json::from_slice(&response.body)
        .map_err(|error| format!("the recogniser's answer is no JSON with a 'text': {error}"))?;
    Ok(Words { text: words.text.trim().to_owned(), ..words })
}

/// RFC 7578: a part for each field, the file last.
fn form(wanted: &Wanted<'_>) -> Vec<u8> {
    let language = wanted.language.split('-').next().unwrap_or_default();
    let hints = wanted.hints.join(", ");
    let fields = [
        ("model", wanted.model.unwrap_or("whisper-1")),
        ("language", language),
        ("prompt", hints.as_str()),
        ("response_format", "json"),
    ];
    let mut form = Vec::with_capacity(wanted.sound.samples().len() * 2 + 1024);
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(value.as_bytes());
        form.extend_from_slice(b"\r\n");
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"\r\n\
         Content-Type: audio/wav\r\n\r\n"
    );
    form.extend_from_slice(head.as_bytes());
    form.extend_from_slice(&wanted.sound.to_wav());
    form.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    form
}

#[cfg(test)]
mod tests {
    use media::Clip;

    use super::*;

    #[test]
    fn a_form_has_the_fields_that_are_known_and_ends_with_the_file() {
        let wanted = Wanted {
            sound: Clip::from_samples(&[], 16_000),
            language: "de-DE",
            hints: vec!["Vertrieb", "Hilfe"],
            model: None,
        };
        let form = String::from_utf8_lossy(&form(&wanted)).into_owned();
        let parts: Vec<_> = form
            .split(&format!("--{BOUNDARY}"))
            .filter_map(|part| part.trim().rsplit_once("\r\n\r\n"))
            .map(|(_, value)| value)
            .collect();
        let (file, fields) = parts.split_last().unwrap();
        assert_eq!(fields, ["whisper-1", "de", "Vertrieb, Hilfe", "json"]);
        assert!(file.starts_with("RIFF"));
    }

    #[test]
    fn an_answer_without_confidence_is_an_answer() {
        let read = |text: &str| serde_json::from_str::<Words>(text).ok();
        let words = |text: &str, confidence| Some(Words { text: text.to_owned(), confidence });
        assert_eq!(read(r#"{"text":" yes","duration":1.2}"#), words(" yes", None));
        assert_eq!(read(r#"{"text":"yes","confidence":0.5}"#), words("yes", Some(0.5)));
        assert_eq!(read("{}"), words("", None));
    }
}
