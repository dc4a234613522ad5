//! No function is longer than a screen, and none takes more than a reader can tell apart.

use super::{Finding, Rule};
use crate::functions::{Function, functions};
use crate::tree::{File, Tree};

const LINES_MAX: usize = 70;
const PARAMETERS_MAX: usize = 6;

/// A function has at most 70 lines and 6 parameters; the length of tests is free, for their tables.
pub(super) const RULE: Rule = Rule {
    name: "function-size",
    hint: "keep control flow in the parent and move pure leaves out; parameters that travel together are a struct",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let breaches_in =
        |(file, rust)| functions(rust).into_iter().filter_map(move |function| breach(file, &function));
    tree.rust_files().flat_map(breaches_in).collect()
}

fn breach(file: &File, function: &Function) -> Option<Finding> {
    let Function { name, line, lines, parameters } = function;
    let what = if *lines > LINES_MAX && !file.is_test_line(*line) {
        format!("'{name}' has {lines} lines, at most {LINES_MAX} are allowed")
    } else if *parameters > PARAMETERS_MAX {
        format!("'{name}' takes {parameters} parameters, at most {PARAMETERS_MAX} are allowed")
    } else {
        return None;
    };
    Some(Finding::new(&file.path, *line, what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::places;

    #[test]
    fn long_and_wide_functions_are_refused() {
        let of_lines = |lines: usize| format!("\nfn a() {{\n{}}}\n", "    b();\n".repeat(lines - 2));
        let tested = format!("#[cfg(test)]\nmod tests {{{}}}\n", of_lines(71));
        for (text, expected) in [
            (of_lines(70).as_str(), vec![]),
            (&of_lines(71), vec!["a.rs:2"]),
            (&tested, vec![]),
            ("fn a(&self, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8) {}", vec![]),
            ("fn a(b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) {}", vec!["a.rs:1"]),
        ] {
            assert_eq!(places(&RULE, &[("a.rs", text)]), expected, "{text}");
        }
    }
}
