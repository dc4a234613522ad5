//! Filters that count. Numeric strings are numbers; what is no number counts as 0.

use super::{Arguments, FilterResult};
use crate::error::Fault;
use crate::number::Number;
use crate::value::Value;

pub(super) fn abs<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Number::of(&value).abs().into())
}

pub(super) fn at_least<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let (number, least) = (Number::of(&value), Number::of(arguments.first()));
    Ok(if number.to_f64() < least.to_f64() { least.into() } else { number.into() })
}

pub(super) fn at_most<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let (number, most) = (Number::of(&value), Number::of(arguments.first()));
    Ok(if number.to_f64() > most.to_f64() { most.into() } else { number.into() })
}

pub(super) fn ceil<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Number::of(&value).ceil().into())
}

pub(super) fn divided_by<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let quotient = Number::of(&value).divided_by(Number::of(arguments.first()));
    quotient.map(Value::from).ok_or_else(|| by_zero("divided_by", arguments))
}

pub(super) fn floor<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Number::of(&value).floor().into())
}

pub(super) fn minus<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Number::of(&value).minus(Number::of(arguments.first())).into())
}

pub(super) fn modulo<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let remainder = Number::of(&value).modulo(Number::of(arguments.first()));
    remainder.map(Value::from).ok_or_else(|| by_zero("modulo", arguments))
}

pub(super) fn plus<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Number::of(&value).plus(Number::of(arguments.first())).into())
}

pub(super) fn round<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Number::of(&value).round(Number::of(arguments.first()).truncate()).into())
}

pub(super) fn times<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Number::of(&value).times(Number::of(arguments.first())).into())
}

fn by_zero(filter: &str, arguments: &Arguments<'_>) -> Fault {
    let argument = arguments.first().to_json();
    Fault::new(format!("`{filter}: {argument}` divides by zero; expected another number"))
}
