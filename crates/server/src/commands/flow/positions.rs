//! Where the values of a JSON text stand: line and column by their path, and the keys that occur twice.

use std::collections::BTreeMap;

/// A place in a text, both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// The places of all values of one text.
#[derive(Debug)]
pub(super) struct Positions {
    /// By paths such as `#/states/3/name`.
    places: BTreeMap<String, Position>,
    /// The second and later occurrences of a key in its object.
    pub(super) duplicates: Vec<(String, Position)>,
}

impl Positions {
    /// Reads the places of a text that is JSON; where it is not, reading ends.
    pub(super) fn of(text: &str) -> Self {
        let mut scanner = Scanner {
            rest: text,
            at: Position { line: 1, column: 1 },
            found: Self { places: BTreeMap::new(), duplicates: Vec::new() },
        };
        scanner.value("#");
        scanner.found
    }

    /// Returns the place of a value, or of what should hold it where it is missing.
    pub(super) fn find(&self, path: &str) -> Position {
        let mut path = path;
        loop {
            match (self.places.get(path), path.rfind('/')) {
                (Some(position), _) => return *position,
                (None, Some(end)) => path = &path[..end],
                (None, None) => return Position { line: 1, column: 1 },
            }
        }
    }
}

struct Scanner<'a> {
    rest: &'a str,
    at: Position,
    found: Positions,
}

/// The text is not JSON after all.
struct NotJson;

type Scanned<T = ()> = Result<T, NotJson>;

impl<'a> Scanner<'a> {
    fn value(&mut self, path: &str) -> Option<()> {
        self.scan_value(path).ok()
    }

    fn scan_value(&mut self, path: &str) -> Scanned {
        self.skip_blanks();
        self.found.places.insert(path.to_owned(), self.at);
        match self.rest.chars().next() {
            Some('{') => self.scan_list('}', |scanner, _| scanner.scan_member(path)),
            Some('[') => self.scan_list(']', |scanner, place| scanner.scan_value(&format!("{path}/{place}"))),
            Some('"') => self.scan_string().map(|_| ()),
            Some(_) => {
                self.take_while(|character| !",]}".contains(character) && !character.is_whitespace());
                Ok(())
            }
            None => Err(NotJson),
        }
    }

    fn scan_list(&mut self, end: char, mut item: impl FnMut(&mut Self, usize) -> Scanned) -> Scanned {
        self.take_one();
        self.skip_blanks();
        let mut place = 0;
        while !self.rest.starts_with(end) {
            item(self, place)?;
            place += 1;
            self.skip_blanks();
            if self.rest.starts_with(',') {
                self.take_one();
                self.skip_blanks();
            } else if !self.rest.starts_with(end) {
                return Err(NotJson);
            }
        }
        self.take_one();
        Ok(())
    }

    fn scan_member(&mut self, path: &str) -> Scanned {
        let at = self.at;
        let key: String = serde_json::from_str(self.scan_string()?).map_err(|_| NotJson)?;
        let path = format!("{path}/{key}");
        if self.found.places.contains_key(&path) {
            self.found.duplicates.push((path.clone(), at));
        }
        self.skip_blanks();
        self.take_one();
        self.scan_value(&path)
    }

    /// Takes a string and returns it with its quotes.
    fn scan_string(&mut self) -> Scanned<&'a str> {
        let start = self.rest;
        if self.take_one() != Some('"') {
            return Err(NotJson);
        }
        loop {
            match self.take_one() {
                Some('"') => break,
                Some('\\') => _ = self.take_one(),
                Some(_) => {}
                None => return Err(NotJson),
            }
        }
        Ok(&start[..start.len() - self.rest.len()])
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn take_while(&mut self, is_wanted: impl Fn(char) -> bool) {
        while self.rest.starts_with(&is_wanted) {
            self.take_one();
        }
    }

    fn take_one(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        self.at = match character {
            '\n' => Position { line: self.at.line + 1, column: 1 },
            _ => Position { column: self.at.column + 1, ..self.at },
        };
        Some(character)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_path_and_missing_ones_by_their_owner() {
        let text = "{ \"ä\": [1, {\"b\\\"\": \"x]\"}],\n  \"c\": {},\n\"c\" : {\"d\":\n null}}";
        let positions = Positions::of(text);
        for (path, line, column) in [
            ("#", 1, 1),
            ("#/ä", 1, 8),
            ("#/ä/0", 1, 9),
            ("#/ä/1/b\"", 1, 20),
            ("#/ä/1/missing/deeper", 1, 12),
            ("#/c", 3, 7),
            ("#/c/d", 4, 2),
            ("#/other", 1, 1),
        ] {
            assert_eq!(positions.find(path), Position { line, column }, "{path}");
        }
        assert_eq!(positions.duplicates, [("#/c".to_owned(), Position { line: 3, column: 1 })]);
    }

    #[test]
    fn text_that_is_no_json_ends_the_reading() {
        for text in ["", "{", "{\"a", "[1 2]", "{\"a\":", "{1:2}", "nul", "\"\\"] {
            Positions::of(text);
        }
    }
}
