//! A block: pieces of a template one after another, as between `{% if %}` and `{% endif %}`.

use super::Tag;
use crate::context::Context;
use crate::error::RenderError;
use crate::sink::Sink;

/// Pieces of a template in their order.
#[derive(Debug, Default)]
pub(crate) struct Block {
    nodes: Vec<Node>,
}

/// A piece of a template and the line on which it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) line: u32,
    pub(crate) tag: Tag,
}

/// Whether a block came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// It did.
    None,
    /// A `break` ended it and the loop around it.
    Break,
    /// A `continue` ended it and this turn of the loop around it.
    Continue,
}

impl Block {
    /// Appends a piece.
    pub(crate) fn push(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// Renders the pieces up to the first that interrupts.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<Interrupt, RenderError> {
        for node in &self.nodes {
            context.charge()?;
            context.line = node.line;
            match node.tag.render(context, sink)? {
                Interrupt::None => {}
                interrupt @ (Interrupt::Break | Interrupt::Continue) => return Ok(interrupt),
            }
        }
        Ok(Interrupt::None)
    }

    /// Says whether the block can show nothing but whitespace.
    pub(crate) fn is_blank(&self) -> bool {
        self.nodes.iter().all(|node| node.tag.is_blank())
    }

    /// Says whether the block is text alone.
    pub(crate) fn is_literal(&self) -> bool {
        self.nodes.iter().all(|node| matches!(node.tag, Tag::Text(_)))
    }

    /// Drops the whitespace from the blocks of a tag when all of them are blank.
    pub(crate) fn drop_whitespace<'b>(blocks: impl Iterator<Item = &'b mut Block>) {
        let mut blocks: Vec<&mut Block> = blocks.collect();
        if blocks.iter().all(|block| block.is_blank()) {
            for block in &mut blocks {
                block.nodes.retain(|node| !matches!(node.tag, Tag::Text(_)));
            }
        }
    }
}
