//! Tokens: what values that are equal have in common, for indexes over them.

use serde_json::Value;

use crate::compare::number;

/// What a value and all that equal it have in common; values that differ may share one too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Token {
    /// A boolean.
    Boolean(bool),
    /// A number, or a text that is one: the bits of its nearest floating-point number.
    Number(u64),
    /// Any other text.
    Text(Box<str>),
}

impl Token {
    /// Returns the token of a value; `None` for null, an array or an object.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(Self::Boolean(*value)),
            Value::Number(value) => value.as_f64().map(Self::of_number),
            Value::String(text) => match number(text).and_then(|number| number.as_f64()) {
                Some(number) => Some(Self::of_number(number)),
                None => Some(Self::Text(text.as_str().into())),
            },
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Returns the tokens that a worker's attribute is found by: its own, or those of an array's items.
    pub fn all_of(value: &Value) -> Vec<Self> {
        match value {
            Value::Array(items) => items.iter().filter_map(Self::of).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                Self::of(value).into_iter().collect()
            }
        }
    }

    fn of_number(number: f64) -> Self {
        // There are two zeros, which are equal.
        Self::Number(if number == 0.0 { 0 } else { number.to_bits() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::compare::equality;

    #[test]
    fn values_that_are_equal_have_the_same_token() {
        let values = [
            json!(1),
            json!(1.0),
            json!("1"),
            json!("1.0"),
            json!(0),
            json!(-0.0),
            json!("-0"),
            json!("x"),
            json!(true),
            json!("true"),
            json!(9_007_199_254_740_993_u64),
            json!("9007199254740993"),
        ];
        for left in &values {
            for right in &values {
                if equality(left, right) == Some(true) {
                    assert_eq!(Token::of(left), Token::of(right), "{left} and {right}");
                }
            }
        }
    }
}
