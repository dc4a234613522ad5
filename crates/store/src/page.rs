//! Pages of a list in a stable order: by creation, then SID, so that rows that come in between shift nothing.

use domain::Timestamp;

use crate::{Error, Query, Row, Store, Value};

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The number of rows at most, 1 to 1000.
    pub size: usize,
    /// Where to start: without a cursor, `skip` rows after the beginning.
    pub cursor: Option<Cursor>,
    /// Rows to pass over at the beginning; used without a cursor only.
    pub skip: usize,
    /// Whether the newest come first.
    pub newest_first: bool,
}

impl Page {
    /// Makes the first page of `size` rows, oldest first.
    pub fn first(size: usize) -> Self {
        Self { size, cursor: None, skip: 0, newest_first: false }
    }

    /// The same page with the newest first.
    #[must_use]
    pub fn newest_first(mut self) -> Self {
        self.newest_first = true;
        self
    }
}

/// A place between two rows of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cursor {
    /// Behind this row.
    After(Timestamp, String),
    /// In front of this row.
    Before(Timestamp, String),
}

/// A page of rows, and whether there is more on either side.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the page in front of this one.
    pub previous: Option<Cursor>,
    /// The cursor of the page behind this one.
    pub next: Option<Cursor>,
}

/// A list before it is cut into pages: `SELECT body … FROM table WHERE …`, on tables with `date_created` and `sid`.
pub(crate) struct Selection {
    /// What to select, from where: its first three columns are `date_created`, `sid` and what is wanted.
    pub(crate) select: &'static str,
    /// Conditions, joined by AND, with their parameters numbered by position.
    pub(crate) conditions: Vec<String>,
    /// The parameters of the conditions.
    pub(crate) values: Vec<Value>,
}

impl Selection {
    /// Starts a list of everything in `select`.
    pub(crate) fn of(select: &'static str) -> Self {
        Self { select, conditions: Vec::new(), values: Vec::new() }
    }

    /// Keeps rows of which `column operator value` holds.
    pub(crate) fn filter(&mut self, comparison: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.conditions.push(format!("{comparison} ${}", self.values.len()));
    }

    /// Keeps rows of which `column = value` holds, when there is a value.
    pub(crate) fn equal(&mut self, column: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.filter(&format!("{column} ="), value);
        }
    }

    /// Keeps rows of which one of the columns has this value, when there is one.
    pub(crate) fn any_equal(&mut self, columns: &[&str], value: Option<&str>) {
        if let Some(value) = value {
            let place = self.place(value);
            let comparisons: Vec<String> =
                columns.iter().map(|column| format!("{column} = {place}")).collect();
            self.conditions.push(format!("({})", comparisons.join(" OR ")));
        }
    }

    /// Keeps rows whose `column` is one of `values`; an empty list keeps all.
    pub(crate) fn one_of(&mut self, column: &str, values: &[String]) {
        if values.is_empty() {
            return;
        }
        let places: Vec<String> = values.iter().map(|value| self.place(value.as_str())).collect();
        self.conditions.push(format!("{column} IN ({})", places.join(", ")));
    }

    /// Keeps rows whose `column`, of JSON, has this text somewhere, which JSON writes as it is, or an escape such as `\u0041`
    /// that may stand for any of it.
    pub(crate) fn may_hold(&mut self, column: &str, text: &str) {
        let place = self.place(text);
        self.conditions.push(format!(r"(instr({column}, {place}) > 0 OR instr({column}, '\u') > 0)"));
    }

    /// Adds a parameter and returns the place where it stands.
    fn place(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Reads one page, with one row more than asked for to learn whether there is a next one.
    pub(crate) async fn page<T>(
        mut self,
        store: &Store,
        page: &Page,
        read: impl Fn(&Row) -> Result<T, Error>,
    ) -> Result<Listing<T>, Error> {
        let is_backwards = matches!(page.cursor, Some(Cursor::Before(..)));
        let is_descending = page.newest_first != is_backwards;
        if let Some(Cursor::After(at, sid) | Cursor::Before(at, sid)) = &page.cursor {
            let comparison = if is_descending { "<" } else { ">" };
            let (at, sid) = (self.place(*at), self.place(sid.as_str()));
            self.conditions.push(format!("(date_created, sid) {comparison} ({at}, {sid})"));
        }
        let skip = if page.cursor.is_some() { 0 } else { page.skip };
        let rows = store.query(self.query(is_descending, page.size + 1, skip)).await?;
        let Listing { items, previous, next } =
            cut(page, rows, |row| Ok((row.timestamp(0)?, row.text(1)?.to_owned())))?;
        Ok(Listing { items: items.iter().map(read).collect::<Result<_, _>>()?, previous, next })
    }

    /// Writes the SQL of the next rows by time, of a table without a list's other columns.
    pub(crate) fn by_time(self, is_descending: bool, limit: usize) -> Query {
        let order = if is_descending { "DESC" } else { "ASC" };
        let sql = format!("{} ORDER BY date_created {order} LIMIT {limit}", self.without_order());
        Query::new(sql, self.values)
    }

    /// Writes the SQL of one page.
    fn query(&self, is_descending: bool, limit: usize, skip: usize) -> Query {
        let order = if is_descending { "DESC" } else { "ASC" };
        let select = self.without_order();
        let sql = format!("{select} ORDER BY date_created {order}, sid {order} LIMIT {limit} OFFSET {skip}");
        Query::new(sql, self.values.clone())
    }

    fn without_order(&self) -> String {
        match self.conditions.is_empty() {
            true => self.select.to_owned(),
            false => format!("{} WHERE {}", self.select, self.conditions.join(" AND ")),
        }
    }
}

/// Makes a page of what was read for it, one item more than asked for where there are more.
pub(crate) fn cut<T>(
    page: &Page,
    mut items: Vec<T>,
    place: impl Fn(&T) -> Result<(Timestamp, String), Error>,
) -> Result<Listing<T>, Error> {
    let is_backwards = matches!(page.cursor, Some(Cursor::Before(..)));
    let has_more = items.len() > page.size;
    items.truncate(page.size);
    if is_backwards {
        items.reverse();
    }
    let has_previous = if is_backwards { has_more } else { page.cursor.is_some() || page.skip > 0 };
    let has_next = is_backwards || has_more;
    let first = items.first().filter(|_| has_previous).map(&place).transpose()?;
    let last = items.last().filter(|_| has_next).map(&place).transpose()?;
    Ok(Listing {
        previous: first.map(|(at, sid)| Cursor::Before(at, sid)),
        next: last.map(|(at, sid)| Cursor::After(at, sid)),
        items,
    })
}
