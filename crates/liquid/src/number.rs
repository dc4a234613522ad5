//! Numbers as Liquid counts: numeric strings are numbers, and decimals add up as they read (0.1 + 0.2 is 0.3).

use std::fmt::Write;

use crate::value::Value;

/// A whole number or one with decimals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
}

/// A float as the decimal that it reads as: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// Whole floats are exact below this, 2^53.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// The largest power of ten that a float holds exactly.
const SCALE_MAX: u32 = 22;

impl Number {
    /// Returns the number that arithmetic reads in a value: 0 where there is none.
    pub(crate) fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Int(int) => Number::Int(*int),
            Value::Float(float) => Number::Float(*float),
            Value::Text(text) => Self::of_text(text),
            Value::Nil | Value::Empty | Value::Blank | Value::Bool(_) | Value::Array(_) => Number::Int(0),
            Value::List(_) | Value::Object(_) | Value::Range(_) | Value::Loop(_) => Number::Int(0),
        }
    }

    /// Returns the number that a text is as a whole, such as `12` or `-1.5`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        Some(match text.parse() {
            Ok(int) => Number::Int(int),
            Err(_) => Number::Float(text.parse().ok()?),
        })
    }

    /// Returns the whole number that a value must be for counting; `None` for decimals and other texts.
    pub(crate) fn whole(value: &Value<'_>) -> Option<i64> {
        match value {
            Value::Int(int) => Some(*int),
            Value::Text(text) => text.trim().parse().ok(),
            Value::Nil | Value::Empty | Value::Blank | Value::Bool(_) | Value::Float(_) => None,
            Value::Array(_) | Value::List(_) | Value::Object(_) | Value::Range(_) | Value::Loop(_) => None,
        }
    }

    /// Adds.
    pub(crate) fn plus(self, other: Self) -> Self {
        self.combine(other, i64::checked_add, |a, b| a.aligned(b, i128::checked_add), |a, b| a + b)
    }

    /// Subtracts.
    pub(crate) fn minus(self, other: Self) -> Self {
        self.combine(other, i64::checked_sub, |a, b| a.aligned(b, i128::checked_sub), |a, b| a - b)
    }

    /// Multiplies.
    pub(crate) fn times(self, other: Self) -> Self {
        let decimal = |a: Decimal, b: Decimal| {
            Some(Decimal { mantissa: a.mantissa.checked_mul(b.mantissa)?, scale: a.scale + b.scale })
        };
        self.combine(other, i64::checked_mul, decimal, |a, b| a * b)
    }

    /// Divides, whole numbers rounding down; `None` by zero.
    pub(crate) fn divided_by(self, other: Self) -> Option<Self> {
        if other.to_f64() == 0.0 {
            return None;
        }
        Some(match (self, other) {
            (Number::Int(a), Number::Int(b)) => Self::whole_or_float(div_floor(i128::from(a), i128::from(b))),
            (a, b) => Number::Float(a.to_f64() / b.to_f64()),
        })
    }

    /// Returns the remainder, which has the sign of `other`; `None` by zero.
    pub(crate) fn modulo(self, other: Self) -> Option<Self> {
        if other.to_f64() == 0.0 {
            return None;
        }
        let remainder = |a: i128, b: i128| Some(a - div_floor(a, b) * b);
        let int = |a: i64, b: i64| i64::try_from(remainder(a.into(), b.into())?).ok();
        let float = |a: f64, b: f64| a - (a / b).floor() * b;
        Some(self.combine(other, int, |a, b| a.aligned(b, remainder), float))
    }

    /// Rounds half away from zero to `places` decimals; to a whole number when there are none.
    pub(crate) fn round(self, places: i64) -> Self {
        let places = places.clamp(-15, i64::from(SCALE_MAX)) as i32;
        let decimal = match self {
            Number::Int(int) => Some(Decimal { mantissa: int.into(), scale: 0 }),
            Number::Float(float) => Decimal::of(float),
        };
        match (decimal, self) {
            (Some(decimal), _) if places <= 0 => Self::whole_or_float(decimal.round_whole(places)),
            (Some(decimal), Number::Float(_)) => Number::Float(decimal.round_places(places.unsigned_abs())),
            (_, Number::Int(_)) => self,
            (None, Number::Float(float)) => Self::round_float(float, places),
        }
    }

    /// Returns the largest whole number that is not above this one.
    pub(crate) fn floor(self) -> Self {
        self.to_whole(f64::floor)
    }

    /// Returns the smallest whole number that is not below this one.
    pub(crate) fn ceil(self) -> Self {
        self.to_whole(f64::ceil)
    }

    /// Returns the number without its sign.
    pub(crate) fn abs(self) -> Self {
        match self {
            Number::Int(int) => int.checked_abs().map_or(Number::Float(-(int as f64)), Number::Int),
            Number::Float(float) => Number::Float(float.abs()),
        }
    }

    /// Returns the nearest float.
    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Number::Int(int) => int as f64,
            Number::Float(float) => float,
        }
    }

    /// Returns the whole part.
    pub(crate) fn truncate(self) -> i64 {
        match self {
            Number::Int(int) => int,
            Number::Float(float) => float as i64,
        }
    }

    /// A numeric text is its number; of any other the leading digits count, as in `12 items`.
    fn of_text(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| {
            let text = text.trim();
            let sign = usize::from(text.starts_with('-'));
            let digits = text[sign..].bytes().take_while(u8::is_ascii_digit).count();
            Number::Int(text[..sign + digits].parse().unwrap_or(0))
        })
    }

    /// Applies the exact operation for the kind of numbers at hand, the float one where that overflows.
    fn combine(
        self,
        other: Self,
        int: impl Fn(i64, i64) -> Option<i64>,
        decimal: impl Fn(Decimal, Decimal) -> Option<Decimal>,
        float: impl Fn(f64, f64) -> f64,
    ) -> Self {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            return int(a, b).map_or_else(|| Number::Float(float(a as f64, b as f64)), Number::Int);
        }
        let (a, b) = (self.to_f64(), other.to_f64());
        let exact = Decimal::of(a).zip(Decimal::of(b)).and_then(|(a, b)| decimal(a, b));
        Number::Float(exact.and_then(Decimal::to_f64).unwrap_or_else(|| float(a, b)))
    }

    fn to_whole(self, round: fn(f64) -> f64) -> Self {
        match self {
            Number::Int(_) => self,
            Number::Float(float) if float.abs() < EXACT_MAX => Number::Int(round(float) as i64),
            Number::Float(_) => self,
        }
    }

    fn whole_or_float(whole: i128) -> Self {
        i64::try_from(whole).map_or(Number::Float(whole as f64), Number::Int)
    }

    fn round_float(float: f64, places: i32) -> Self {
        let factor = 10f64.powi(places);
        let rounded = (float * factor).round() / factor;
        // Floats this large have no decimals that could be rounded.
        let rounded = if float.abs() < EXACT_MAX && rounded.is_finite() { rounded } else { float };
        if places > 0 { Number::Float(rounded) } else { Number::Float(rounded).floor() }
    }
}

impl From<Number> for Value<'_> {
    fn from(number: Number) -> Self {
        match number {
            Number::Int(int) => Value::Int(int),
            Number::Float(float) => Value::Float(float),
        }
    }
}

impl Decimal {
    /// Reads a float as the shortest decimal that it prints as; `None` when that has too many digits.
    fn of(float: f64) -> Option<Self> {
        let mut factor = 1.0;
        for scale in 0..=SCALE_MAX {
            let scaled = float * factor;
            if !scaled.is_finite() || scaled.abs() >= EXACT_MAX {
                return None;
            }
            // A whole number below 2^53 divided by an exact power of ten is the float nearest to that decimal.
            let whole = scaled.round();
            if whole / factor == float {
                return Some(Self { mantissa: whole as i128, scale });
            }
            factor *= 10.0;
        }
        None
    }

    fn aligned(self, other: Self, operation: impl Fn(i128, i128) -> Option<i128>) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let mantissa = operation(self.scaled_to(scale)?, other.scaled_to(scale)?)?;
        Some(Self { mantissa, scale })
    }

    fn scaled_to(self, scale: u32) -> Option<i128> {
        self.mantissa.checked_mul(10i128.checked_pow(scale - self.scale)?)
    }

    /// Returns the float nearest to the decimal; `None` where the division would not be exact.
    fn to_f64(self) -> Option<f64> {
        let is_exact = self.mantissa.unsigned_abs() < EXACT_MAX as u128 && self.scale <= SCALE_MAX;
        is_exact.then(|| self.mantissa as f64 / 10f64.powi(self.scale as i32))
    }

    /// Rounds to tens, hundreds … for negative `places`, to a whole number for zero.
    fn round_whole(self, places: i32) -> i128 {
        let unit = 10i128.pow(places.unsigned_abs());
        div_round(self.mantissa, 10i128.pow(self.scale) * unit) * unit
    }

    fn round_places(self, places: u32) -> f64 {
        let scale = self.scale.min(places);
        let mantissa = div_round(self.mantissa, 10i128.pow(self.scale - scale));
        mantissa as f64 / 10f64.powi(scale as i32)
    }
}

/// Appends a float as Ruby prints it: always with a decimal, `1.0e+20` when large.
pub(crate) fn write_float(float: f64, out: &mut String) {
    if float.is_infinite() {
        out.push_str(if float > 0.0 { "Infinity" } else { "-Infinity" });
        return;
    }
    let start = out.len();
    // Writing to a string can not fail.
    let _ = write!(out, "{float:?}");
    if let Some(at) = out[start..].find('e').map(|at| start + at) {
        let exponent = out.split_off(at);
        let sign = if exponent.starts_with("e-") { "e-" } else { "e+" };
        let decimal = if out[start..].contains('.') { "" } else { ".0" };
        out.extend([decimal, sign, exponent.trim_start_matches(['e', '-'])]);
    }
}

fn div_floor(a: i128, b: i128) -> i128 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

fn div_round(a: i128, b: i128) -> i128 {
    let (quotient, remainder) = (a / b, a % b);
    if remainder.unsigned_abs() * 2 >= b.unsigned_abs() { quotient + a.signum() } else { quotient }
}

#[cfg(test)]
mod tests {
    use super::Number::*;
    use super::*;

    #[test]
    fn decimals_add_and_multiply_as_they_read() {
        assert_eq!(Float(0.1).plus(Float(0.2)), Float(0.3));
        assert_eq!(Float(10.1).modulo(Int(7)), Some(Float(3.1)));
        assert_eq!(Float(1.1).times(Float(1.1)), Float(1.21));
        assert_eq!(Int(i64::MAX).plus(Int(1)), Float(9_223_372_036_854_775_808.0));
    }

    #[test]
    fn division_rounds_down_and_refuses_zero() {
        assert_eq!(Int(-9).divided_by(Int(2)), Some(Int(-5)));
        assert_eq!(Int(-9).modulo(Int(2)), Some(Int(1)));
        assert_eq!(Int(i64::MIN).divided_by(Int(-1)), Some(Float(9_223_372_036_854_775_808.0)));
        assert_eq!(Int(1).divided_by(Float(0.0)), None);
        assert_eq!(Int(1).modulo(Int(0)), None);
    }

    #[test]
    fn rounding_is_half_away_from_zero_on_what_the_number_reads_as() {
        assert_eq!(Float(1.005).round(2), Float(1.01));
        assert_eq!(Float(-2.5).round(0), Int(-3));
        assert_eq!(Int(1250).round(-2), Int(1300));
        assert_eq!(Float(1e300).round(5), Float(1e300));
    }

    #[test]
    fn texts_count_by_their_leading_digits() {
        let number = |text: &str| Number::of(&Value::from(text.to_owned()));
        assert_eq!(number(" 12 "), Int(12));
        assert_eq!(number("1.50"), Float(1.5));
        assert_eq!(number("12 items"), Int(12));
        assert_eq!(number("items"), Int(0));
    }

    #[test]
    fn floats_print_with_a_decimal() {
        let print = |float| {
            let mut text = String::new();
            write_float(float, &mut text);
            text
        };
        assert_eq!([print(5.0), print(1e20), print(1.5e-9)], ["5.0", "1.0e+20", "1.5e-9"]);
    }
}
