//! `{% raw %}`, which shows its inside as it is written, and all that shows nothing:
//! `{% comment %}`, `{% doc %}` and `{% # inline comments %}`.

use super::Tag;
use crate::error::ParseError;
use crate::parser::Parser;
use crate::scanner::TagHead;

/// Parses `raw` up to `endraw`.
pub(crate) fn parse_raw<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Tag, ParseError> {
    Ok(Tag::Raw(parser.verbatim(head, "endraw")?.into()))
}

/// Parses `comment` up to its `endcomment`.
pub(crate) fn parse_comment<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Tag, ParseError> {
    parser.skip_comment(head)?;
    Ok(Tag::Comment)
}

/// Parses `doc`, whose inside is text for the reader and may hold anything, up to `enddoc`.
pub(crate) fn parse_doc<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Tag, ParseError> {
    if !head.markup.text.is_empty() {
        return Err(parser.error(head, "`doc` takes no arguments; write the text behind `{% doc %}`"));
    }
    parser.verbatim(head, "enddoc")?;
    Ok(Tag::Comment)
}

/// Parses an inline comment, each line of which begins with `#`.
pub(crate) fn parse_inline_comment<'t>(
    head: TagHead<'t>,
    parser: &mut Parser<'t, '_>,
) -> Result<Tag, ParseError> {
    let is_comment = |line: &str| line.is_empty() || line.starts_with('#');
    if head.markup.text.lines().skip(1).map(str::trim).all(is_comment) {
        Ok(Tag::Comment)
    } else {
        Err(parser.error(head, "each line of an inline comment begins with `#`"))
    }
}
