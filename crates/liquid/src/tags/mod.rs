//! The tags, a file each with its parsing and rendering, and the one list that names them.

mod assign;
mod block;
mod capture;
mod case;
mod conditional;
mod counter;
mod cycle;
mod for_loop;
mod if_changed;
mod loop_head;
mod loop_state;
mod output;
mod table_row;
mod verbatim;

pub(crate) use block::{Block, Interrupt, Node};
pub(crate) use loop_state::LoopState;
pub(crate) use output::Output;

use self::assign::Assign;
use self::capture::Capture;
use self::case::Case;
use self::conditional::Conditional;
use self::counter::Counter;
use self::cycle::Cycle;
use self::for_loop::ForLoop;
use self::if_changed::IfChanged;
use self::table_row::TableRow;
use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::parser::Parser;
use crate::scanner::TagHead;
use crate::sink::Sink;

/// A piece of a template.
#[derive(Debug)]
pub(crate) enum Tag {
    Text(Box<str>),
    Raw(Box<str>),
    Output(Output),
    Assign(Assign),
    Capture(Capture),
    Conditional(Conditional),
    Case(Case),
    For(Box<ForLoop>),
    TableRow(Box<TableRow>),
    Cycle(Cycle),
    Counter(Counter),
    IfChanged(IfChanged),
    Liquid(Block),
    /// A comment of whatever form: it renders as nothing.
    Comment,
    Break,
    Continue,
}

impl Tag {
    /// Parses the tag that begins with `head`; `None` when it does nothing.
    pub(crate) fn parse<'t>(
        head: TagHead<'t>,
        parser: &mut Parser<'t, '_>,
    ) -> Result<Option<Self>, ParseError> {
        Ok(Some(match head.name {
            "assign" => Tag::Assign(Assign::parse(head, parser)?),
            "break" => Tag::Break,
            "capture" => Tag::Capture(Capture::parse(head, parser)?),
            "case" => Tag::Case(Case::parse(head, parser)?),
            "comment" => verbatim::parse_comment(head, parser)?,
            "continue" => Tag::Continue,
            "cycle" => Tag::Cycle(Cycle::parse(head, parser)?),
            "decrement" => Tag::Counter(Counter::parse_decrement(head, parser)?),
            "doc" => verbatim::parse_doc(head, parser)?,
            "echo" => return Ok(Output::parse(head.markup, parser)?.map(Tag::Output)),
            "for" => Tag::For(Box::new(ForLoop::parse(head, parser)?)),
            "if" => Tag::Conditional(Conditional::parse_if(head, parser)?),
            "ifchanged" => Tag::IfChanged(IfChanged::parse(head, parser)?),
            "increment" => Tag::Counter(Counter::parse_increment(head, parser)?),
            "liquid" => Tag::Liquid(parser.lines(head)?),
            "raw" => verbatim::parse_raw(head, parser)?,
            "tablerow" => Tag::TableRow(Box::new(TableRow::parse(head, parser)?)),
            "unless" => Tag::Conditional(Conditional::parse_unless(head, parser)?),
            "#" => verbatim::parse_inline_comment(head, parser)?,
            _ => return Err(unknown(head, parser)),
        }))
    }

    /// Renders the tag.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<Interrupt, RenderError> {
        match self {
            Tag::Text(text) | Tag::Raw(text) => sink.write_text(text)?,
            Tag::Output(output) => output.render(context, sink)?,
            Tag::Assign(assign) => assign.render(context)?,
            Tag::Capture(capture) => return capture.render(context),
            Tag::Conditional(conditional) => return conditional.render(context, sink),
            Tag::Case(case) => return case.render(context, sink),
            Tag::For(for_loop) => return for_loop.render(context, sink),
            Tag::TableRow(table_row) => return table_row.render(context, sink),
            Tag::Cycle(cycle) => cycle.render(context, sink)?,
            Tag::Counter(counter) => counter.render(context, sink)?,
            Tag::IfChanged(if_changed) => return if_changed.render(context, sink),
            Tag::Liquid(block) => return block.render(context, sink),
            Tag::Comment => {}
            Tag::Break => return Ok(Interrupt::Break),
            Tag::Continue => return Ok(Interrupt::Continue),
        }
        Ok(Interrupt::None)
    }

    /// Says whether the tag can show nothing but whitespace. A block of such tags alone shows nothing at all.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Tag::Text(text) => text.trim().is_empty(),
            Tag::Raw(text) => text.is_empty(),
            Tag::Assign(_) | Tag::Capture(_) | Tag::Comment => true,
            Tag::Conditional(conditional) => conditional.is_blank(),
            Tag::Case(case) => case.is_blank(),
            Tag::For(for_loop) => for_loop.is_blank(),
            Tag::IfChanged(if_changed) => if_changed.is_blank(),
            Tag::Liquid(block) => block.is_blank(),
            Tag::Output(_) | Tag::TableRow(_) | Tag::Cycle(_) | Tag::Counter(_) => false,
            Tag::Break | Tag::Continue => false,
        }
    }
}

fn unknown(head: TagHead<'_>, parser: &Parser<'_, '_>) -> ParseError {
    let name = head.name;
    parser.error(
        head,
        match name {
            "include" | "render" => {
                format!("`{name}` is not available: a template can not include another one")
            }
            "elsif" | "else" | "when" => {
                format!("`{name}` stands outside of `if`, `unless`, `case` and `for`")
            }
            "" => "expected the name of a tag after `{%`".to_owned(),
            _ if name.starts_with("end") => format!("`{name}` closes nothing that is open"),
            _ => format!("there is no tag `{name}`; write `{{% raw %}}` around text that is not Liquid"),
        },
    )
}
