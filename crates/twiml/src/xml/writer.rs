//! Writes a tree as text that reads back as the same tree.

use super::reader::is_allowed;
use super::{XmlElement, XmlNode};

/// Writes a document: the declaration and the root element, without line breaks of its own.
pub(crate) fn write(root: &XmlElement) -> String {
    let mut text = r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned();
    write_element(root, &mut text);
    text
}

fn write_element(element: &XmlElement, into: &mut String) {
    into.push('<');
    into.push_str(&element.name);
    for (name, value) in &element.attributes {
        into.push(' ');
        into.push_str(name);
        into.push_str("=\"");
        value.chars().for_each(|c| write_character(c, true, into));
        into.push('"');
    }
    if element.content.is_empty() {
        into.push_str("/>");
        return;
    }
    into.push('>');
    for node in &element.content {
        match node {
            XmlNode::Element(child) => write_element(child, into),
            XmlNode::Text(text) => text.chars().for_each(|c| write_character(c, false, into)),
        }
    }
    into.push_str("</");
    into.push_str(&element.name);
    into.push('>');
}

/// Writes a character so that the reader does not take it for markup or change it; what XML can not carry is
/// left out.
fn write_character(c: char, is_in_attribute: bool, into: &mut String) {
    match c {
        '&' => into.push_str("&amp;"),
        '<' => into.push_str("&lt;"),
        '>' => into.push_str("&gt;"),
        '"' if is_in_attribute => into.push_str("&quot;"),
        '\n' if is_in_attribute => into.push_str("&#10;"),
        '\t' if is_in_attribute => into.push_str("&#9;"),
        '\r' => into.push_str("&#13;"),
        c if is_allowed(c) => into.push(c),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::read;

    #[test]
    fn markup_and_line_ends_survive_and_control_characters_do_not() {
        let mut root = XmlElement::new("a");
        root.attributes.push(("b".to_owned(), "\"'<&>\r\n\t".to_owned()));
        root.push_text("]]> <&> \"'\r\n\té\u{1}");
        let text = write(&root);
        let expected = "<a b=\"&quot;'&lt;&amp;&gt;&#13;&#10;&#9;\">]]&gt; &lt;&amp;&gt; \"'&#13;\n\té</a>";
        assert_eq!(text.split_once("?>").unwrap().1, expected);

        let back = read(&text).unwrap();
        assert_eq!(back.attributes, root.attributes);
        assert_eq!(back.content, [XmlNode::Text("]]> <&> \"'\r\n\té".to_owned())]);
    }
}
