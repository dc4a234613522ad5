//! Rust text taken apart far enough for the house rules: code, comments, string literals and tests.
//!
//! A scanner, not a parser: it knows where comments and literals end and which brace closes which.

/// What a test module's item begins with.
const TEST_MARK: &str = "#[cfg(test)]";

/// A Rust text with its comments and literals set apart.
pub struct RustSource {
    /// The text with the insides of comments and literals blanked; offsets and lines are those of the file.
    pub code: String,
    /// The string literals, without their quotes, as written.
    pub literals: Vec<Piece>,
    /// The comments, with their marks.
    pub comments: Vec<Piece>,
    line_starts: Vec<usize>,
    tests: Vec<std::ops::Range<usize>>,
}

/// A comment or a literal.
pub struct Piece {
    /// The line where it begins, from one.
    pub line: usize,
    /// Its text.
    pub text: String,
}

impl RustSource {
    /// Takes `text` apart.
    pub fn parse(text: &str) -> Self {
        let mut scanner =
            Scanner { text, at: 0, code: text.as_bytes().to_vec(), literals: vec![], comments: vec![] };
        scanner.scan();
        let line_starts: Vec<usize> =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let piece =
            |(at, text): (usize, &str)| Piece { line: line_at(&line_starts, at), text: text.to_owned() };
        let (literals, comments) = (scanner.literals, scanner.comments);
        let code =
            String::from_utf8(scanner.code).expect("whole literals and comments are blanked with ASCII");
        Self {
            tests: test_items(&code),
            literals: literals.into_iter().map(piece).collect(),
            comments: comments.into_iter().map(piece).collect(),
            code,
            line_starts,
        }
    }

    /// Returns the line of an offset, from one.
    pub fn line(&self, offset: usize) -> usize {
        line_at(&self.line_starts, offset)
    }

    /// Tells whether a line belongs to an item that is compiled for tests only.
    pub fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|item| (self.line(item.start)..=self.line(item.end - 1)).contains(&line))
    }

    /// Returns the names of the modules that are declared here for tests only and lie in files of their own.
    pub fn test_modules(&self) -> Vec<String> {
        let name = |item: &std::ops::Range<usize>| {
            let (_, declaration) = self.code[item.clone()].split_once("mod ")?;
            declaration.strip_suffix(';').map(|name| name.trim().to_owned())
        };
        self.tests.iter().filter_map(name).collect()
    }
}

/// Returns the offset of the bracket that closes the one at `open`.
pub fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
            _ => continue,
        }
        if depth == 0 {
            return Some(offset);
        }
    }
    None
}

/// Returns the offset behind the item that begins at `start`: behind its block, or behind its semicolon.
pub fn item_end(code: &str, start: usize) -> usize {
    let mut at = start;
    while let Some(found) = code[at..].find(['(', '[', '{', ';']) {
        let found = at + found;
        match code.as_bytes()[found] {
            b';' => return found + 1,
            bracket => match closing(code, found) {
                Some(end) if bracket == b'{' => return end + 1,
                Some(end) => at = end + 1,
                None => break,
            },
        }
    }
    code.len()
}

fn line_at(line_starts: &[usize], offset: usize) -> usize {
    line_starts.partition_point(|start| *start <= offset)
}

/// Returns the items that are compiled for tests only, from their mark to their end.
fn test_items(code: &str) -> Vec<std::ops::Range<usize>> {
    code.match_indices(TEST_MARK).map(|(at, mark)| at..item_end(code, at + mark.len())).collect()
}

/// Walks over a text once; what it has passed is blanked in `code` where it was no code.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
    code: Vec<u8>,
    literals: Vec<(usize, &'a str)>,
    comments: Vec<(usize, &'a str)>,
}

impl Scanner<'_> {
    fn scan(&mut self) {
        while self.at < self.text.len() {
            let rest = &self.text.as_bytes()[self.at..];
            match rest {
                [b'/', b'/', ..] => self.comment(line_end(rest)),
                [b'/', b'*', ..] => self.comment(block_comment_end(rest)),
                [b'"', ..] => self.literal(1, string_end(rest), 1),
                [b'\'', ..] => self.character(),
                [b'r', ..] if !self.is_inside_word() => self.raw_string(),
                _ => self.at += 1,
            }
        }
    }

    fn comment(&mut self, length: usize) {
        self.comments.push((self.at, &self.text[self.at..self.at + length]));
        self.blank(0, length);
        self.at += length;
    }

    /// Passes a literal of `length` bytes whose inside lies between `open` and `close` bytes of marks.
    fn literal(&mut self, open: usize, length: usize, close: usize) {
        let inside_end = length.saturating_sub(close).max(open.min(length));
        self.literals.push((self.at, &self.text[self.at + open.min(length)..self.at + inside_end]));
        self.blank(open, inside_end);
        self.at += length;
    }

    /// Passes a character literal; a lifetime's quote is code like any other.
    fn character(&mut self) {
        let mut characters = self.text[self.at + 1..].char_indices();
        let first = characters.next();
        let length = match first {
            Some((_, '\\')) => self.text[self.at + 3..].find('\'').map(|end| end + 4),
            Some(_) => characters.next().filter(|(_, c)| *c == '\'').map(|(end, _)| end + 2),
            None => None,
        };
        if let Some(length) = length {
            self.blank(1, length - 1);
        }
        self.at += length.unwrap_or(1);
    }

    fn raw_string(&mut self) {
        let rest = &self.text[self.at + 1..];
        let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
        if !rest[hashes..].starts_with('"') {
            self.at += 1;
            return;
        }
        let open = hashes + 2;
        let close = format!("\"{}", "#".repeat(hashes));
        let inside = self.text[self.at + open..].find(&close).unwrap_or(self.text.len() - self.at - open);
        let length = (open + inside + close.len()).min(self.text.len() - self.at);
        self.literal(open, length, close.len());
    }

    /// Tells whether the byte before is part of a word; `br` and `cr` open raw strings too.
    fn is_inside_word(&self) -> bool {
        let before = &self.text.as_bytes()[..self.at];
        let before = before.strip_suffix(b"b").or(before.strip_suffix(b"c")).unwrap_or(before);
        before.last().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    }

    fn blank(&mut self, from: usize, to: usize) {
        for byte in &mut self.code[self.at + from..self.at + to] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
}

fn line_end(rest: &[u8]) -> usize {
    rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}

fn block_comment_end(rest: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
            [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string_end(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_set_apart_from_code() {
        for (text, code, literals) in [
            ("a(\"x{\\\"\"); // y {", "a(\"    \");       ", vec!["x{\\\""]),
            ("r#\"a\"b\"#;", "r#\"   \"#;", vec!["a\"b"]),
            ("br\"\\\";c", "br\" \";c", vec!["\\"]),
            ("r#type + 'a' + '\\'' + b'{'", "r#type + ' ' + '  ' + b' '", vec![]),
            ("&'a str /* b /* c */ { */ d", "&'a str                   d", vec![]),
            ("'é' \"ü\"", "'  ' \"  \"", vec!["ü"]),
        ] {
            let source = RustSource::parse(text);
            let found: Vec<&str> = source.literals.iter().map(|literal| literal.text.as_str()).collect();
            assert_eq!((source.code.as_str(), found), (code, literals), "{text}");
        }
    }

    #[test]
    fn items_for_tests_are_known_by_their_lines() {
        let source = RustSource::parse("fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n");
        let tests: Vec<bool> = (1..=6).map(|line| source.is_test(line)).collect();
        assert_eq!(tests, [false, true, true, true, true, false]);
    }

    #[test]
    fn a_bracket_finds_its_partner() {
        assert_eq!(closing("f(a[1], {b})c", 1), Some(11));
        assert_eq!(closing("f(a", 1), None);
        assert_eq!(item_end("fn a(b: [u8; 2]) -> c { d; } e", 0), 28);
        assert_eq!(item_end("mod a; b", 0), 6);
    }
}
