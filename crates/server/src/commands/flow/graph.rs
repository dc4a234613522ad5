//! `patchboard flow graph`: draws a flow, and the way that an execution took through it.

mod drawing;
mod journey;
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
use journey::Journey;

/// Options of `patchboard flow graph`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// File with a flow definition; without it, the revision that the execution runs
    #[arg(value_name = "FILE", required_unless_present = "execution")]
    file: Option<PathBuf>,
    /// What is written to standard output
    #[arg(long, value_enum, default_value_t = Format::Svg)]
    format: Format,
    /// The execution whose way is marked: its SID, its URL, or a file with what `…/Executions/{FN}/Steps` answers
    #[arg(long, value_name = "SID|URL|FILE")]
    execution: Option<String>,
    /// The installation that has the execution: a server's URL (http://SID:TOKEN@host) or a data folder
    #[arg(long, value_name = "URL|FOLDER", default_value = "data", env = "PATCHBOARD_DATA")]
    from: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A picture
    Svg,
    /// Text that Markdown viewers draw
    Mermaid,
}

/// Draws a flow.
pub(crate) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let journey = match &options.execution {
        Some(execution) => Some(Journey::find(execution, &options.from).await?),
        None => None,
    };
    let own = options.file.as_deref().map(read_json).transpose()?;
    let Some(definition) = own.as_ref().or(journey.as_ref().and_then(|journey| journey.definition.as_ref()))
    else {
        bail!("a file with steps does not say which flow they are of\n  hint: name the flow's file as well");
    };
    let mut drawing = Drawing::of(definition);
    if drawing.boxes.is_empty() {
        bail!("the flow has no widgets\n  hint: patchboard flow check says what is wrong");
    }
    if let Some(journey) = &journey {
        drawing.mark(&journey.steps);
    }
    say(&match options.format {
        Format::Svg => svg::draw(&drawing),
        Format::Mermaid => mermaid::write(&drawing),
    });
    Ok(ExitCode::SUCCESS)
}
