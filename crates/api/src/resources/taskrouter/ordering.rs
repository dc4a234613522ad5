//! The `Ordering` of lists: `DateCreated:desc,Priority:asc`.

use crate::error::ApiError;
use crate::parameters::Parameters;

/// The fields by which a list is ordered, the most important first.
pub(super) struct Ordering {
    fields: Vec<(&'static str, Direction)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Ascending,
    Descending,
}

impl Ordering {
    /// Reads the parameter; the list knows these fields.
    pub(super) fn of(query: &Parameters, known: &'static [&'static str]) -> Result<Self, ApiError> {
        let parts = query.list("Ordering");
        let fields = parts.iter().map(|part| field(part, known)).collect::<Result<_, _>>()?;
        Ok(Self { fields })
    }

    /// Tells whether the list is ordered by this field.
    pub(super) fn names(&self, field: &str) -> bool {
        self.fields.iter().any(|(name, _)| *name == field)
    }

    /// Tells whether the list keeps its own order.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Sorts a list by what `key` says of an item's field.
    pub(super) fn sort<T>(&self, items: &mut [T], key: impl Fn(&T, &str) -> i64) {
        items.sort_by(|a, b| {
            let compare = |(field, direction): &(&str, Direction)| match direction {
                Direction::Ascending => key(a, field).cmp(&key(b, field)),
                Direction::Descending => key(b, field).cmp(&key(a, field)),
            };
            self.fields.iter().map(compare).fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
    }
}

fn field(part: &str, known: &'static [&'static str]) -> Result<(&'static str, Direction), ApiError> {
    let (name, direction) = part.split_once(':').unwrap_or((part, "asc"));
    let expected = || {
        let names = known.join(", ");
        ApiError::invalid(
            "Ordering",
            format!("'{part}' is not known: one of {names} with :asc or :desc is expected"),
        )
    };
    let name = known.iter().find(|field| field.eq_ignore_ascii_case(name)).ok_or_else(expected)?;
    match direction.to_ascii_lowercase().as_str() {
        "asc" => Ok((name, Direction::Ascending)),
        "desc" => Ok((name, Direction::Descending)),
        _ => Err(expected()),
    }
}
