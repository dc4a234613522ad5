//! The conditions of a split: seventeen questions about two rendered texts.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use regex::{Regex, RegexBuilder};
use serde_json::Value;

use crate::template::Template;
use crate::widget::{Scope, scalar_text};

/// How much of a side a question shows, in characters.
const SHOWN_MAX: usize = 100;

/// The most memory that a compiled regular expression may take, in bytes.
const REGEX_SIZE_MAX: usize = 1 << 20;

/// One condition of a `match` transition.
#[derive(Debug)]
pub(crate) struct Condition {
    argument: Template,
    test: Test,
    value: Template,
    /// Compiled once where the expression holds no Liquid.
    pattern: Option<Result<Regex, String>>,
}

macro_rules! tests {
    ($($name:ident $text:literal,)*) => {
        /// What is asked about the two sides.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Test { $($name,)* }

        impl Test {
            /// The names in definitions.
            pub(crate) const NAMES: &'static [&'static str] = &[$($text,)*];

            /// Returns its name in definitions.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// Returns the test with this name.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

tests! {
    EqualTo "equal_to",
    NotEqualTo "not_equal_to",
    MatchesAnyOf "matches_any_of",
    DoesNotMatchAnyOf "does_not_match_any_of",
    Contains "contains",
    DoesNotContain "does_not_contain",
    StartsWith "starts_with",
    DoesNotStartWith "does_not_start_with",
    IsBlank "is_blank",
    IsNotBlank "is_not_blank",
    Regex "regex",
    LessThan "less_than",
    GreaterThan "greater_than",
    IsBeforeTime "is_before_time",
    IsAfterTime "is_after_time",
    IsBeforeDate "is_before_date",
    IsAfterDate "is_after_date",
}

impl Condition {
    /// Reads a condition; `input` stands in where it has no argument of its own.
    pub(crate) fn compile(condition: &Value, input: &str) -> Option<Self> {
        let test = Test::named(condition["type"].as_str()?)?;
        let argument =
            condition["arguments"].get(0).and_then(scalar_text).unwrap_or_else(|| input.to_owned());
        let value = Template::lenient(&scalar_text(&condition["value"]).unwrap_or_default());
        let is_fixed = test == Test::Regex && value.is_literal();
        let pattern = is_fixed.then(|| whole_text_regex(value.source()));
        Some(Self { argument: Template::lenient(&argument), test, value, pattern })
    }

    /// Answers the condition; what keeps it from being answered becomes a warning and a no.
    pub(crate) fn holds(&self, scope: &mut Scope<'_>) -> bool {
        let left = scope.render_or_warn(&self.argument);
        let right = scope.render_or_warn(&self.value);
        if self.test == Test::Regex {
            return self.matches_regex(scope, left.trim(), &right);
        }
        holds(self.test, &left, &right, &scope.settings.time_zone)
    }

    /// Says what is asked, with both sides rendered.
    pub(crate) fn question(&self, scope: &Scope<'_>) -> String {
        let shown = |side| clip(&scope.render(side).unwrap_or_default());
        let (left, name) = (shown(&self.argument), self.test.name());
        match self.test {
            Test::IsBlank | Test::IsNotBlank => format!("'{left}' {name}"),
            Test::EqualTo
            | Test::NotEqualTo
            | Test::MatchesAnyOf
            | Test::DoesNotMatchAnyOf
            | Test::Contains
            | Test::DoesNotContain
            | Test::StartsWith
            | Test::DoesNotStartWith
            | Test::Regex
            | Test::LessThan
            | Test::GreaterThan
            | Test::IsBeforeTime
            | Test::IsAfterTime
            | Test::IsBeforeDate
            | Test::IsAfterDate => format!("'{left}' {name} '{}'", shown(&self.value)),
        }
    }

    fn matches_regex(&self, scope: &mut Scope<'_>, left: &str, right: &str) -> bool {
        let rendered;
        let pattern = match &self.pattern {
            Some(pattern) => pattern,
            None => {
                rendered = whole_text_regex(right);
                &rendered
            }
        };
        match pattern {
            Ok(regex) => regex.is_match(left),
            Err(error) => {
                scope.warn(error);
                false
            }
        }
    }
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Compiles an expression that must match the entire text, in any case.
pub(crate) fn whole_text_regex(expression: &str) -> Result<Regex, String> {
    let expression = expression.trim();
    RegexBuilder::new(&format!(r"\A(?:{expression})\z"))
        .case_insensitive(true)
        .size_limit(REGEX_SIZE_MAX)
        .build()
        .map_err(|error| format!("the regular expression '{expression}' can not be used: {error}"))
}

/// Answers a test about two texts; a regular expression that does not compile matches nothing.
fn holds(test: Test, left: &str, right: &str, zone: &TimeZone) -> bool {
    let (left, right) = (left.trim().to_lowercase(), right.trim().to_lowercase());
    let (left, right) = (left.as_str(), right.as_str());
    match test {
        Test::EqualTo => left == right,
        Test::NotEqualTo => left != right,
        Test::MatchesAnyOf => is_any_of(left, right),
        Test::DoesNotMatchAnyOf => !is_any_of(left, right),
        Test::Contains => left.contains(right),
        Test::DoesNotContain => !left.contains(right),
        Test::StartsWith => left.starts_with(right),
        Test::DoesNotStartWith => !left.starts_with(right),
        Test::IsBlank => left.is_empty(),
        Test::IsNotBlank => !left.is_empty(),
        Test::Regex => whole_text_regex(right).is_ok_and(|regex| regex.is_match(left)),
        Test::LessThan => compare(left, right, number, |a, b| a < b),
        Test::GreaterThan => compare(left, right, number, |a, b| a > b),
        Test::IsBeforeTime => compare(left, right, |text| time(text, zone), |a, b| a < b),
        Test::IsAfterTime => compare(left, right, |text| time(text, zone), |a, b| a > b),
        Test::IsBeforeDate => compare(left, right, |text| date(text, zone), |a, b| a < b),
        Test::IsAfterDate => compare(left, right, |text| date(text, zone), |a, b| a > b),
    }
}

fn is_any_of(left: &str, list: &str) -> bool {
    list.split(',').any(|item| item.trim() == left)
}

/// Compares what both sides mean; a side that means nothing compares to nothing.
fn compare<T>(left: &str, right: &str, read: impl Fn(&str) -> Option<T>, test: fn(T, T) -> bool) -> bool {
    read(left).zip(read(right)).is_some_and(|(left, right)| test(left, right))
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Reads `HH:MM`, or the time of day of a full timestamp in the flow's zone.
fn time(text: &str, zone: &TimeZone) -> Option<Time> {
    moment(text, zone).map(|moment| moment.time()).or_else(|| text.parse().ok())
}

/// Reads `YYYY-MM-DD`, or the day of a full timestamp in the flow's zone.
fn date(text: &str, zone: &TimeZone) -> Option<Date> {
    moment(text, zone).map(|moment| moment.date()).or_else(|| text.parse().ok())
}

fn moment(text: &str, zone: &TimeZone) -> Option<jiff::Zoned> {
    text.parse::<jiff::Timestamp>().ok().map(|moment| moment.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_answers_without_regard_to_case_and_outer_blanks() {
        for (name, left, right, expected) in [
            ("equal_to", " YES ", "yes", true),
            ("equal_to", "yes.", "yes", false),
            ("equal_to", "Ä", "ä", true),
            ("not_equal_to", "no", "yes", true),
            ("not_equal_to", "Yes", "yes", false),
            ("matches_any_of", "One", "1, 1-, one", true),
            ("matches_any_of", "two", "1, 1-, one", false),
            ("does_not_match_any_of", "two", "1, one", true),
            ("does_not_match_any_of", "ONE", "1, one", false),
            ("contains", "I want an Agent", "agent", true),
            ("contains", "help", "agent", false),
            ("does_not_contain", "help", "agent", true),
            ("does_not_contain", "AGENT", "agent", false),
            ("starts_with", "+49301234", "+49", true),
            ("starts_with", "+1", "+49", false),
            ("does_not_start_with", "+1", "+49", true),
            ("does_not_start_with", "+49", "+49", false),
            ("is_blank", " \t\n", "Is Blank", true),
            ("is_blank", "x", "Is Blank", false),
            ("is_not_blank", "x", "Is Not Blank", true),
            ("is_not_blank", " ", "Is Not Blank", false),
            ("regex", "AB12", "[a-z]+[0-9]+", true),
            ("regex", "ab12!", "[a-z]+[0-9]+", false),
            ("regex", "ab", "a|b", false),
            ("regex", "ab", "(", false),
            ("less_than", "9", "10", true),
            ("less_than", "a", "b", false),
            ("less_than", "nan", "1", false),
            ("greater_than", "10", "9.5", true),
            ("greater_than", "9", "9", false),
            ("is_before_time", "08:59", "09:00", true),
            ("is_before_time", "2026-11-22T07:59:00Z", "09:00", true),
            ("is_before_time", "2026-11-22T08:01:00Z", "09:00", false),
            ("is_before_time", "morning", "09:00", false),
            ("is_after_time", "17:01", "17:00", true),
            ("is_after_time", "17:00", "17:00", false),
            ("is_before_date", "2026-11-21", "2026-11-22", true),
            ("is_before_date", "2026-11-22", "2026-11-22", false),
            ("is_after_date", "2026-11-22T23:30:00Z", "2026-11-22", true),
            ("is_after_date", "2026-13-01", "2026-11-22", false),
        ] {
            let test = Test::named(name).unwrap();
            let berlin = TimeZone::get("Europe/Berlin").unwrap();
            assert_eq!(holds(test, left, right, &berlin), expected, "'{left}' {name} '{right}'");
        }
        assert_eq!(Test::NAMES.len(), 17);
    }
}
