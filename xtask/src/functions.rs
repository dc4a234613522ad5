//! Finds the functions of a Rust text, their length and their parameters.

use crate::rust_source::{RustSource, closing, item_end};

/// A function with a body or without.
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`, from one.
    pub line: usize,
    /// Its lines, from `fn` to the closing brace.
    pub lines: usize,
    /// Its parameters, `self` not counted.
    pub parameters: usize,
}

/// Returns the functions of a text in the order in which they begin.
pub fn functions(source: &RustSource) -> Vec<Function> {
    let starts = source.code.match_indices("fn ").map(|(at, _)| at);
    starts.filter(|at| !is_word_before(&source.code, *at)).filter_map(|at| function_at(source, at)).collect()
}

fn is_word_before(code: &str, at: usize) -> bool {
    code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Reads the function whose `fn` stands at `start`; a function pointer has no name and is none.
fn function_at(source: &RustSource, start: usize) -> Option<Function> {
    let code = &source.code;
    let name_start = start + "fn ".len();
    let name: String = code[name_start..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if name.is_empty() {
        return None;
    }
    let open = parameters_start(code, name_start + name.len())?;
    let close = closing(code, open)?;
    let end = item_end(code, close + 1);
    let line = source.line(start);
    let lines = source.line(end - 1) + 1 - line;
    Some(Function { parameters: count_parameters(&code[open + 1..close]), name, line, lines })
}

/// Returns the offset of the parenthesis that opens the parameters, behind the generics that start at `at`.
fn parameters_start(code: &str, at: usize) -> Option<usize> {
    let mut angles = Angles::default();
    code[at..].char_indices().find(|(_, c)| !angles.is_inside(*c) && *c == '(').map(|(offset, _)| at + offset)
}

/// Counts what commas outside any bracket separate, `self` left out.
fn count_parameters(list: &str) -> usize {
    let mut angles = Angles::default();
    let mut depth = 0_usize;
    let mut parameters = vec![String::new()];
    for c in list.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (angles.is_inside(c) || depth > 0, c, parameters.last_mut()) {
            (false, ',', _) => parameters.push(String::new()),
            (_, _, Some(parameter)) => parameter.push(c),
            (_, _, None) => {}
        }
    }
    parameters.iter().filter(|parameter| !parameter.trim().is_empty() && !is_self(parameter)).count()
}

fn is_self(parameter: &str) -> bool {
    let name = parameter.split(':').next().unwrap_or_default();
    name.split([' ', '&', '\n']).any(|word| word == "self")
}

/// Counts angle brackets, in which the arrow of a closure's type is none.
#[derive(Default)]
struct Angles {
    depth: usize,
    previous: char,
}

impl Angles {
    /// Takes the next character and tells whether it stands within angle brackets.
    fn is_inside(&mut self, c: char) -> bool {
        let before = self.depth;
        match (self.previous, c) {
            (_, '<') => self.depth += 1,
            ('-', '>') => {}
            (_, '>') => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.previous = c;
        before > 0 || self.depth > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_measured() {
        for (text, expected) in [
            ("fn a() {}", vec![("a", 1, 0)]),
            ("pub fn a(&self, b: u8) -> [u8; 2] {\n    c\n}", vec![("a", 3, 1)]),
            ("fn a<F: Fn(u8) -> u8>(f: F, b: Map<u8, u8>,) where F: Copy {\n}", vec![("a", 2, 2)]),
            ("trait A { fn a(self: &Arc<Self>, b: (u8, u8)); }", vec![("a", 1, 1)]),
            ("fn a(f: fn (u8, u8) -> u8, g: &dyn Fn(u8, u8) -> u8) {}", vec![("a", 1, 2)]),
            ("fn a() {\n    fn b(c: u8) {\n    }\n}", vec![("a", 4, 0), ("b", 2, 1)]),
        ] {
            let found = functions(&RustSource::parse(text));
            let found: Vec<_> = found
                .iter()
                .map(|function| (function.name.as_str(), function.lines, function.parameters))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
