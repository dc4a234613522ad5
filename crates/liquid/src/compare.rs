//! Equality, order and membership of values, as conditions and the array filters see them.

use std::cmp::Ordering;

use crate::error::Fault;
use crate::number::Number;
use crate::sequence::Sequence;
use crate::value::Value;

/// Says whether two values are equal: numbers by size, strings only with strings, arrays item by item.
pub(crate) fn equals(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Nil, Value::Nil) | (Value::Empty, Value::Empty) | (Value::Blank, Value::Blank) => true,
        (Value::Empty, Value::Blank) | (Value::Blank, Value::Empty) => false,
        (Value::Empty, other) | (other, Value::Empty) => other.is_empty(),
        (Value::Blank, other) | (other, Value::Blank) => other.is_blank(),
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            Number::of(a).to_f64() == Number::of(b).to_f64()
        }
        (Value::Object(a), Value::Object(b)) => a == b,
        (Value::Range(a), Value::Range(b)) => a == b,
        (Value::Array(_) | Value::List(_), Value::Array(_) | Value::List(_)) => arrays_equal(a, b),
        _ => false,
    }
}

/// Orders two values: numbers by size, strings by their characters; `None` where there is no order.
pub(crate) fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            Number::of(a).to_f64().partial_cmp(&Number::of(b).to_f64())
        }
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Orders numbers or texts for sorting, where large whole numbers beside decimals must not come full circle.
pub(crate) fn total_order(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    if let (Value::Text(a), Value::Text(b)) = (a, b) {
        return a.cmp(b);
    }
    let (a, b) = (Number::of(a), Number::of(b));
    a.to_f64().total_cmp(&b.to_f64()).then_with(|| a.truncate().cmp(&b.truncate()))
}

/// Orders two values for a comparison of the standard language, where a string beside a number is an error.
pub(crate) fn strict_order(a: &Value<'_>, b: &Value<'_>) -> Result<Option<Ordering>, Fault> {
    let is_number = |value: &Value<'_>| matches!(value, Value::Int(_) | Value::Float(_));
    let is_text = |value: &Value<'_>| matches!(value, Value::Text(_));
    if (is_number(a) && is_text(b)) || (is_text(a) && is_number(b)) {
        let (a, b) = (a.to_json(), b.to_json());
        return Err(Fault::new(format!("{a} and {b} have no order; compare numbers with numbers")));
    }
    Ok(order(a, b))
}

/// Orders two values for a comparison in a flow, where numeric strings such as pressed digits are numbers.
pub(crate) fn lax_order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Text(text), Value::Int(_) | Value::Float(_)) => order(&Value::from(Number::parse(text)?), b),
        (Value::Int(_) | Value::Float(_), Value::Text(text)) => order(a, &Value::from(Number::parse(text)?)),
        _ => order(a, b),
    }
}

/// Says whether `whole` has `part` in it: as text in a string, as item in an array, as key in an object.
pub(crate) fn contains(whole: &Value<'_>, part: &Value<'_>) -> bool {
    if !part.is_truthy() {
        return false;
    }
    match (whole, part) {
        (Value::Text(whole), Value::Text(part)) => whole.contains(&**part),
        (Value::Text(whole), part) => whole.contains(&part.to_text()),
        (Value::Object(map), part) => map.contains_key(&part.to_text()),
        (Value::Range(range), Value::Int(int)) => (range.first..=range.last).contains(int),
        _ => Sequence::of_array(whole)
            .is_some_and(|items| (0..items.len()).any(|index| equals(&items.get(index), part))),
    }
}

fn arrays_equal(a: &Value<'_>, b: &Value<'_>) -> bool {
    let (Some(a), Some(b)) = (Sequence::of_array(a), Sequence::of_array(b)) else { return false };
    a.len() == b.len() && (0..a.len()).all(|index| equals(&a.get(index), &b.get(index)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeric_string_orders_as_a_number_in_flows_and_fails_in_the_standard_language() {
        let (five, text) = (Value::Int(5), Value::from(String::from("12")));
        assert_eq!(lax_order(&text, &five), Some(Ordering::Greater));
        assert_eq!(lax_order(&five, &Value::from(String::from("many"))), None);
        let error = strict_order(&text, &five).unwrap_err().at_line(1).to_string();
        assert_eq!(error, r#"line 1: "12" and 5 have no order; compare numbers with numbers"#);
    }

    #[test]
    fn range_membership_does_not_walk_the_range() {
        let all = Value::Range(crate::sequence::Range { first: 0, last: i64::MAX });
        assert!(contains(&all, &Value::Int(i64::MAX)));
    }
}
