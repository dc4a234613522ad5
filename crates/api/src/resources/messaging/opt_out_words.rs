//! The own words of a messaging service for STOP, START and HELP: `StopKeywords`, `StopReply` and so on.

use serde_json::{Value, json};
use store::{OptOut, OptOutWords, OwnWords};

use crate::error::ApiError;
use crate::parameters::Parameters;

/// The most words of a kind, and the most characters of one.
const KEYWORDS_MAX: usize = 25;
const KEYWORD_MAX: usize = 40;

/// The longest answer, in characters: two segments of SMS.
const REPLY_MAX: usize = 320;

/// Applies what a form gives; an empty value goes back to what holds without it.
pub(super) fn change(form: &Parameters, old: OptOutWords) -> Result<OptOutWords, ApiError> {
    let words = OptOutWords {
        stop: own(form, "Stop", old.stop)?,
        start: own(form, "Start", old.start)?,
        help: own(form, "Help", old.help)?,
    };
    for (kind, name) in
        [(OptOut::Stop, "StopKeywords"), (OptOut::Start, "StartKeywords"), (OptOut::Help, "HelpKeywords")]
    {
        for keyword in &words.of(kind).keywords {
            let meaning = OptOut::by_default(keyword).or_else(|| words.meaning(keyword));
            if let Some(other) = meaning.filter(|other| *other != kind) {
                let reason =
                    format!("'{keyword}' means {} already: another word is expected", other.as_str());
                return Err(ApiError::invalid(name, reason));
            }
        }
    }
    Ok(words)
}

/// Adds the words to what a service shows.
pub(super) fn present(words: &OptOutWords, shown: &mut Value) {
    for (kind, name) in [(OptOut::Stop, "stop"), (OptOut::Start, "start"), (OptOut::Help, "help")] {
        let own = words.of(kind);
        shown[format!("{name}_keywords")] = json!(own.keywords);
        shown[format!("{name}_reply")] = json!(own.reply);
    }
}

fn own(form: &Parameters, kind: &str, old: OwnWords) -> Result<OwnWords, ApiError> {
    let name = format!("{kind}Keywords");
    let keywords = match form.text(&name) {
        Some(_) => checked(&name, form.list(&name))?,
        None => old.keywords,
    };
    let name = format!("{kind}Reply");
    let reply = match form.text(&name) {
        Some(text) if text.chars().count() > REPLY_MAX => {
            return Err(ApiError::invalid(&name, format!("at most {REPLY_MAX} characters are expected")));
        }
        Some(text) => Some(text).filter(|text| !text.trim().is_empty()),
        None => old.reply,
    };
    Ok(OwnWords { keywords, reply })
}

fn checked(name: &str, keywords: Vec<String>) -> Result<Vec<String>, ApiError> {
    if keywords.len() > KEYWORDS_MAX {
        return Err(ApiError::invalid(name, format!("at most {KEYWORDS_MAX} words are expected")));
    }
    if let Some(long) = keywords.iter().find(|keyword| keyword.chars().count() > KEYWORD_MAX) {
        let reason = format!("'{long}' has more than {KEYWORD_MAX} characters: a shorter one is expected");
        return Err(ApiError::invalid(name, reason));
    }
    Ok(keywords)
}
