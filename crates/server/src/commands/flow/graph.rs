//! `patchboard flow graph`: draws a flow, and the way that an execution took through it.

mod drawing;
mod layers;
mod layout;
mod mermaid;
mod svg;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, ValueEnum};

use super::read_json;
use crate::commands::say;
use drawing::Drawing;

/// Options of `patchboard flow graph`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// File with a flow definition
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What is written to standard output
    #[arg(long, value_enum, default_value_t = Format::Svg)]
    format: Format,
    /// File with the steps of an execution, as `…/Executions/{FN}/Steps` answers: its way is marked
    #[arg(long, value_name = "FILE")]
    execution: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A picture
    Svg,
    /// Text that Markdown viewers draw
    Mermaid,
}

/// Draws a flow.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let mut drawing = Drawing::of(&read_json(&options.file)?);
    if drawing.boxes.is_empty() {
        bail!("{} has no widgets\n  hint: patchboard flow check says what is wrong", options.file.display());
    }
    if let Some(file) = &options.execution {
        drawing.mark(&read_json(file)?);
    }
    say(&match options.format {
        Format::Svg => svg::draw(&drawing),
        Format::Mermaid => mermaid::write(&drawing),
    });
    Ok(ExitCode::SUCCESS)
}
