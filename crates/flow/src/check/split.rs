//! The branches of a split, as the rules about them see them.

use serde_json::Value;

use super::model::{Model, Widget};
use crate::condition::Test;

/// The one condition of a branch.
pub(super) struct Branch<'a> {
    /// The place of the condition.
    pub(super) path: String,
    pub(super) argument: &'a str,
    pub(super) test: Test,
    /// In the form in which it is compared.
    pub(super) value: String,
}

/// Returns the splits that can be reached, with those of their branches that have exactly one condition.
pub(super) fn splits<'a>(model: &'a Model<'_>) -> impl Iterator<Item = Vec<Branch<'a>>> {
    let splits = model.reachable().filter(|(_, widget)| widget.kind.type_name == "split-based-on");
    splits.map(|(_, widget)| branches(widget))
}

fn branches<'a>(widget: &'a Widget<'_>) -> Vec<Branch<'a>> {
    let input = widget.text("input").unwrap_or_default();
    let ways = widget.ways.iter().filter(|way| way.event == "match");
    let branch = |(path, condition): (&String, &'a Value)| {
        Some(Branch {
            path: format!("{path}/conditions/0"),
            argument: condition["arguments"][0].as_str().unwrap_or(input).trim(),
            test: Test::named(condition["type"].as_str()?)?,
            value: condition["value"].as_str().unwrap_or_default().trim().to_lowercase(),
        })
    };
    ways.filter_map(|way| match way.conditions {
        [condition] => branch((&way.path, condition)),
        _ => None,
    })
    .collect()
}

impl Branch<'_> {
    /// Tells whether two branches ask the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let asks_for_value = !matches!(self.test, Test::IsBlank | Test::IsNotBlank);
        self.argument == other.argument
            && self.test == other.test
            && (!asks_for_value || self.value == other.value)
    }

    /// Returns the texts that a branch of equality lets pass.
    pub(super) fn equals(&self) -> Option<Vec<&str>> {
        let is_fixed = !self.value.contains("{{") && !self.value.contains("{%");
        let values = match self.test {
            Test::EqualTo => vec![self.value.as_str()],
            Test::MatchesAnyOf => self.value.split(',').map(str::trim).collect(),
            Test::NotEqualTo
            | Test::DoesNotMatchAnyOf
            | Test::Contains
            | Test::DoesNotContain
            | Test::StartsWith
            | Test::DoesNotStartWith
            | Test::IsBlank
            | Test::IsNotBlank
            | Test::Regex
            | Test::LessThan
            | Test::GreaterThan
            | Test::IsBeforeTime
            | Test::IsAfterTime
            | Test::IsBeforeDate
            | Test::IsAfterDate => return None,
        };
        is_fixed.then_some(values)
    }
}
