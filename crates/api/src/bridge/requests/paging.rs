//! Pages of lists as the SDK walks them: after a SID, or after a token where the list has an order of its own.

use serde_json::{Value, json};

use super::Payload;
use crate::error::ApiError;
use crate::parameters::Parameters;

const SIZE_DEFAULT: usize = 50;
const SIZE_MAX: usize = 1_000;

/// Answers with the page of a list that the parameters ask for; `sid` names an item, `show` presents it.
pub(super) fn page<T>(
    items: &[T],
    parameters: &Parameters,
    sid: impl Fn(&T) -> String,
    show: impl Fn(&T) -> Value,
) -> Payload {
    let size = parameters.number::<usize>("PageSize")?.unwrap_or(SIZE_DEFAULT).clamp(1, SIZE_MAX);
    let start = start(items, parameters, &sid)?;
    let end = start.saturating_add(size).min(items.len());
    let shown = &items[start..end];
    let next = shown.last().filter(|_| end < items.len()).map(&sid);
    Ok(json!({
        "contents": shown.iter().map(show).collect::<Vec<_>>(),
        "after_sid": next,
        "meta": { "next_token": next },
    }))
}

/// A list's tokens are the SIDs of its items, so that either parameter says the same.
fn start<T>(items: &[T], parameters: &Parameters, sid: impl Fn(&T) -> String) -> Result<usize, ApiError> {
    for name in ["NextToken", "AfterSid"] {
        if let Some(last) = parameters.filled(name) {
            let place = items.iter().position(|item| sid(item) == last);
            let unknown =
                || ApiError::invalid(name, format!("'{last}' is not in the list: start at its beginning"));
            return place.map(|place| place + 1).ok_or_else(unknown);
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_walked_to_its_end_by_either_token() {
        for name in ["AfterSid", "NextToken"] {
            let mut query = "PageSize=2".to_owned();
            for expected in [json!([0, 1]), json!([2, 3]), json!([4])] {
                let page = page_of(&query).unwrap();
                assert_eq!(page["contents"], expected);
                query = format!("PageSize=2&{name}={}", page["after_sid"].as_str().unwrap_or_default());
            }
            assert!(query.ends_with('='), "{query}");
        }
    }

    #[test]
    fn a_sid_that_is_not_in_the_list_is_refused() {
        assert!(page_of("AfterSid=9").is_err());
    }

    fn page_of(query: &str) -> Payload {
        let query = Parameters::parse(query.as_bytes()).unwrap();
        page(&[0, 1, 2, 3, 4], &query, ToString::to_string, |item| json!(item))
    }
}
