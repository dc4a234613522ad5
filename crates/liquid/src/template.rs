//! A parsed template: parsed once, rendered any number of times, from any thread.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::markup::Names;
use crate::options::Options;
use crate::parser::Parser;
use crate::sink::Sink;
use crate::tags::Block;

/// A template, cheap to clone.
#[derive(Debug, Clone)]
pub struct Template(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    block: Block,
    names: Names,
    /// How much room to set aside for the text of a render.
    capacity: usize,
}

impl Template {
    /// Parses a text; any text without `{{` and `{%` is a template that renders as itself.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut names = Names::default();
        let block = Parser::new(text, &mut names).template()?;
        Ok(Self(Arc::new(Parsed { block, names, capacity: text.len() })))
    }

    /// Renders the template with the members of `globals` as its variables.
    pub fn render(&self, globals: &Json, options: &Options) -> Result<String, RenderError> {
        let mut context = Context::new(globals, options);
        let mut sink = Sink::new(options, self.0.capacity);
        self.0.block.render(&mut context, &mut sink)?;
        Ok(sink.into_text())
    }

    /// Says whether the template has neither outputs nor tags, so that it renders as it is written.
    pub fn is_literal(&self) -> bool {
        self.0.block.is_literal()
    }

    /// Returns the paths that the template reads of its globals, each as far as its steps are written out:
    /// `widgets[name].body` gives `widgets`. Names that it gives a value itself are left out.
    pub fn variables(&self) -> impl Iterator<Item = &[String]> {
        let Names { read, bound } = &self.0.names;
        read.iter().map(Vec::as_slice).filter(|path| path.first().is_some_and(|root| !bound.contains(root)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_the_paths_read_of_the_globals() {
        let text = "{{ flow.data.name | append: widgets['menu-1'].Digits }}{{ widgets[flow.data.which].body }}\
                    {% assign x = contact %}{{ x.y }}{% for item in items %}{{ item.z }}{{ forloop.index }}{% endfor %}";
        let template = Template::parse(text).unwrap();
        let variables: Vec<String> = template.variables().map(|path| path.join(".")).collect();
        let expected =
            ["contact", "flow.data.name", "flow.data.which", "items", "widgets", "widgets.menu-1.Digits"];
        assert_eq!(variables, expected);
    }

    #[test]
    fn text_without_outputs_and_tags_is_literal() {
        assert!(Template::parse("{\"a\": {}}").unwrap().is_literal());
        assert!(!Template::parse("{{ a }}").unwrap().is_literal());
        assert!(!Template::parse("{% raw %}x{% endraw %}").unwrap().is_literal());
        assert!(!Template::parse("{% comment %}x{% endcomment %}").unwrap().is_literal());
    }

    #[test]
    fn templates_cross_threads() {
        fn crosses<T: Send + Sync + Clone>() {}
        crosses::<Template>();
    }
}
