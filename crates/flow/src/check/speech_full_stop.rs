//! Speech compared as if recognisers gave bare words.

use super::model::Model;
use super::split::splits;
use super::{Report, Rule, Severity};
use crate::template::is_literal;

pub(super) static RULE: Rule = Rule {
    code: "speech-full-stop",
    severity: Severity::Warning,
    reason: "Recognisers write sentences: 'yes' comes as 'Yes.', which is not equal to 'yes'.",
    hint: "ask with 'contains' or a regex, or take the full stop away: {{ … | remove: '.' }}",
    example: r#"{{ widgets.ask.SpeechResult }} "equal_to" "yes""#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for branch in splits(model).flatten() {
        let is_speech = branch.argument.contains("SpeechResult");
        let is_cleaned =
            ["remove", "replace", "split", "slice"].iter().any(|it| branch.argument.contains(it));
        let misses = |case: &&str| !is_literal(case) || case.ends_with(char::is_alphabetic);
        if !is_speech || is_cleaned {
            continue;
        }
        // A list that names the words with their full stop, too, was made by someone who knows.
        let cases = branch.equals().unwrap_or_default();
        let missed =
            cases.iter().copied().find(|case| misses(case) && !cases.contains(&format!("{case}.").as_str()));
        if let Some(case) = missed {
            report.add(
                &branch.path,
                format!("speech comes as '{case}.', with a full stop, and is not equal to '{case}'"),
            );
        }
    }
}
