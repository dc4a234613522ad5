//! The template language of flows: Liquid, parsed once and rendered many times over JSON.
//!
//! What it is not: templates can not include other templates, read files, or know the time: the moment and
//! the time zone of the `date` filter come in with [`Options`].
//!
//! ```
//! # use liquid::{Options, Template};
//! let template = Template::parse("Hello {{ flow.data.name | default: 'caller' }}!")?;
//! let globals = serde_json::json!({"flow": {"data": {"name": "Ada"}}});
//! let text = template.render(&globals, &Options::studio(domain::Timestamp::from_secs(0)))?;
//! assert_eq!(text, "Hello Ada!");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Invariants:
//! - No text makes the parser or a render panic; nesting, output and work are bounded.
//! - The same template, globals and options give the same text.
//! - A variable that does not exist is empty, never an error.
//!
//! Simplifying assumptions: filters are known when a template is parsed, so that an unknown one or a wrong
//! number of arguments is a parse error; numbers are 64 bits wide.

mod compare;
mod condition;
mod context;
mod date_text;
mod error;
mod expression;
mod filters;
mod markup;
mod number;
mod options;
mod parser;
mod path;
mod scanner;
mod sequence;
mod sink;
mod tags;
mod template;
mod token;
mod value;

pub use error::{ParseError, RenderError};
pub use options::Options;
pub use template::Template;
