//! Development commands: what a machine can check of the house rules, it checks here.
//!
//! What it is not: a formatter or a linter of Rust. rustfmt and clippy do what they can; `tidy` does the rest.
//!
//! How to call it: [`tidy::check`] with the root of the repository gives the breaches.
//! `cargo xtask tidy` prints them, and the test `tests/tidy.rs` fails on them.
//!
//! - *Invariant:* a rule looks at a [`tree::Tree`] and nothing else, so that its tests need no files.
//! - *Invariant:* a new rule is one file under `rules/` and one line in [`rules::RULES`].
//! - *Assumption:* the sources are formatted by rustfmt; the scanner knows comments and literals, not the grammar.

pub mod bench;
pub mod functions;
pub mod hold_music;
pub mod packages;
mod restate;
pub mod rules;
pub mod rust_source;
pub mod soak;
pub mod tidy;
pub mod tree;
