//! Lists: which page of a list is asked for, and the links to the pages beside it.
//!
//! Two published forms: `meta` of the newer APIs, and the flat one of the 2010 API.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::Timestamp;
use serde_json::{Map, Value, json};
use store::{Cursor, Listing, Page};

use crate::app::Shared;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::parameters::Parameters;
use crate::reply::Reply;

const SIZE_DEFAULT: usize = 50;
const SIZE_MAX: usize = 1_000;

/// The parameters that say which page; all others are filters, and every link repeats them.
const OWN: [&str; 3] = ["PageSize", "Page", "PageToken"];

/// A request for a list.
#[derive(Debug, Clone)]
pub(crate) struct List {
    /// The query, with the list's filters.
    pub(crate) query: Parameters,
    public_url: String,
    path: String,
    size: usize,
    number: usize,
    cursor: Option<Cursor>,
}

impl FromRequestParts<Shared> for List {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let unreadable =
            |reason| ApiError::new(catalog::INVALID, format!("The query can not be read: {reason}"));
        Self::new(&app.public_url, parts.uri.path(), Parameters::parse(query).map_err(unreadable)?)
    }
}

impl List {
    fn new(public_url: &str, path: &str, query: Parameters) -> Result<Self, ApiError> {
        let size = query.number::<usize>("PageSize")?.unwrap_or(SIZE_DEFAULT);
        if size == 0 {
            return Err(ApiError::invalid(
                "PageSize",
                format!("'0' is too small: 1 to {SIZE_MAX} is expected"),
            ));
        }
        Ok(Self {
            public_url: public_url.to_owned(),
            path: path.to_owned(),
            size: size.min(SIZE_MAX),
            number: query.number("Page")?.unwrap_or(0),
            cursor: query.filled("PageToken").map(cursor).transpose()?,
            query,
        })
    }

    /// Returns the page to ask the store for, oldest first.
    pub(crate) fn page(&self) -> Page {
        let skip = self.number.saturating_mul(self.size);
        Page { size: self.size, cursor: self.cursor.clone(), skip, newest_first: false }
    }

    /// Cuts the page out of a list that is in memory; `sid` names an item for the links.
    pub(crate) fn cut<T>(&self, items: Vec<T>, sid: impl Fn(&T) -> String) -> Listing<T> {
        let place = |wanted: &str| items.iter().position(|item| sid(item) == wanted);
        let by_number = self.number.saturating_mul(self.size);
        let start = match &self.cursor {
            None => by_number,
            // What the link named may be gone meanwhile: its page's number still says about where it was.
            Some(Cursor::After(_, last)) => place(last).map_or(by_number, |place| place + 1),
            Some(Cursor::Before(_, first)) => {
                place(first).map_or(by_number, |place| place.saturating_sub(self.size))
            }
        };
        let start = start.min(items.len());
        let end = start.saturating_add(self.size).min(items.len());
        let token = |item: &T| (Timestamp::default(), sid(item));
        let first = items.get(start).filter(|_| start > 0).map(token);
        let last =
            end.checked_sub(1).filter(|_| end < items.len()).and_then(|last| items.get(last)).map(token);
        Listing {
            items: items.into_iter().skip(start).take(end - start).collect(),
            previous: first.map(|(at, sid)| Cursor::Before(at, sid)),
            next: last.map(|(at, sid)| Cursor::After(at, sid)),
        }
    }

    /// Answers in the form of the newer APIs.
    pub(crate) fn reply(&self, key: &str, listing: Listing<Value>) -> Reply {
        let links = Links::of(self, &listing);
        let url = |uri: String| format!("{}{uri}", self.public_url);
        Reply::ok(json!({
            "meta": {
                "page": self.number,
                "page_size": self.size,
                "first_page_url": url(links.first),
                "previous_page_url": links.previous.map(url),
                "url": url(links.own),
                "next_page_url": links.next.map(url),
                "key": key,
            },
            key: listing.items,
        }))
    }

    /// Answers in the form of the 2010 API.
    pub(crate) fn reply_2010(&self, key: &str, listing: Listing<Value>) -> Reply {
        let links = Links::of(self, &listing);
        let start = self.number.saturating_mul(self.size);
        let end = (start + listing.items.len()).saturating_sub(1).max(start);
        let mut body = Map::new();
        body.insert("first_page_uri".into(), json!(links.first));
        body.insert("end".into(), json!(end));
        body.insert("previous_page_uri".into(), json!(links.previous));
        body.insert(key.into(), json!(listing.items));
        body.insert("uri".into(), json!(links.own));
        body.insert("page_size".into(), json!(self.size));
        body.insert("start".into(), json!(start));
        body.insert("next_page_uri".into(), json!(links.next));
        body.insert("page".into(), json!(self.number));
        Reply::ok(Value::Object(body))
    }

    fn uri(&self, page: usize, cursor: Option<&Cursor>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.without(&OWN));
        query.append_pair("PageSize", &self.size.to_string());
        query.append_pair("Page", &page.to_string());
        if let Some(cursor) = cursor {
            query.append_pair("PageToken", &token(cursor));
        }
        format!("{}?{}", self.path, query.finish())
    }
}

/// Presents every item of a page.
pub(crate) fn each<T>(listing: Listing<T>, present: impl FnMut(T) -> Value) -> Listing<Value> {
    let items = listing.items.into_iter().map(present).collect();
    Listing { items, previous: listing.previous, next: listing.next }
}

/// The paths of a page and of those beside it.
struct Links {
    first: String,
    previous: Option<String>,
    own: String,
    next: Option<String>,
}

impl Links {
    fn of(list: &List, listing: &Listing<Value>) -> Self {
        let previous = list.number.saturating_sub(1);
        Self {
            first: list.uri(0, None),
            previous: listing.previous.as_ref().map(|cursor| list.uri(previous, Some(cursor))),
            own: list.uri(list.number, list.cursor.as_ref()),
            next: listing.next.as_ref().map(|cursor| list.uri(list.number + 1, Some(cursor))),
        }
    }
}

/// Writes a place in a list as `PA` (after) or `PB` (before), the microseconds, a point, and the SID.
fn token(cursor: &Cursor) -> String {
    match cursor {
        Cursor::After(at, sid) => format!("PA{}.{sid}", at.as_micros()),
        Cursor::Before(at, sid) => format!("PB{}.{sid}", at.as_micros()),
    }
}

fn cursor(token: &str) -> Result<Cursor, ApiError> {
    let read = || {
        let (side, place) = token.split_at_checked(2)?;
        let (micros, sid) = place.split_once('.')?;
        let at = Timestamp::from_micros(micros.parse().ok()?);
        match side {
            "PA" => Some(Cursor::After(at, sid.to_owned())),
            "PB" => Some(Cursor::Before(at, sid.to_owned())),
            _ => None,
        }
    };
    read()
        .ok_or_else(|| ApiError::invalid("PageToken", "it is not one of ours: follow next_page_url as it is"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_memory_is_walked_to_its_end_and_back() {
        let mut query = "PageSize=2&FriendlyName=a%20b".to_owned();
        let mut seen = Vec::new();
        for expected in [vec![0, 1], vec![2, 3], vec![4]] {
            let listing = list(&query).cut((0..5).collect(), ToString::to_string);
            assert_eq!(listing.items, expected);
            seen.push(listing.previous.is_some());
            if let Some(next) = listing.next {
                let uri = list(&query).uri(list(&query).number + 1, Some(&next));
                assert!(uri.contains("FriendlyName=a+b"), "{uri}");
                query = uri.split_once('?').unwrap().1.to_owned();
            }
        }
        assert_eq!(seen, [false, true, true]);
        let back =
            list(&format!("{query}&PageToken=PB0.4&Page=1")).cut((0..5).collect(), ToString::to_string);
        assert_eq!(back.items, [2, 3]);
    }

    #[test]
    fn pages_that_can_not_be_are_refused() {
        for query in ["PageSize=0", "PageSize=x", "Page=-1", "PageToken=abc"] {
            let query = Parameters::parse(query.as_bytes()).unwrap();
            assert!(List::new("", "/", query.clone()).is_err(), "{query:?}");
        }
        assert_eq!(list("PageSize=5000").size, 1_000);
    }

    fn list(query: &str) -> List {
        List::new("http://localhost", "/things", Parameters::parse(query.as_bytes()).unwrap()).unwrap()
    }
}
