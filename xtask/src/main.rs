//! The command line of the development commands: `cargo xtask COMMAND`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use xtask::{bench, hold_music, soak, tidy};

const USAGE: &str = "\
cargo xtask COMMAND

  bench       measures start, memory and throughput of the release build; see docs/reference/benchmarks.md;
              bench assignments runs only those, with the matcher in PostgreSQL (bench matcher) beside them;
              bench sip has sipp call the server, by UDP, with lost packets and by TCP;
              bench chat measures replies to messages, and ten thousand sockets of web chat (ulimit -n 20000);
              bench restate runs only the peer of the flow steps
  hold-music  writes the hold music that is part of the binary
  soak        runs the random tests for long: soak [SEQUENCES [KILLS]], two million and 100 where nothing is said
  tidy        checks the house rules that neither rustfmt nor clippy knows; exit code 1 when one is broken
";

fn main() -> anyhow::Result<ExitCode> {
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => run_tidy(),
        Some("bench") => bench::run(root(), std::env::args().nth(2).as_deref()).map(|()| ExitCode::SUCCESS),
        Some("hold-music") => make_hold_music(),
        Some("soak") => {
            let arguments: Vec<String> = std::env::args().skip(2).collect();
            soak::run(root(), &arguments).map(|()| ExitCode::SUCCESS)
        }
        Some("help" | "--help" | "-h") => {
            std::io::stdout().write_all(USAGE.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Some(unknown) => {
            write!(std::io::stderr(), "'{unknown}' is not a command of xtask.\n\n{USAGE}")?;
            Ok(ExitCode::from(2))
        }
        None => {
            std::io::stderr().write_all(USAGE.as_bytes())?;
            Ok(ExitCode::from(2))
        }
    }
}

fn run_tidy() -> anyhow::Result<ExitCode> {
    let breaches = tidy::check(root())?;
    std::io::stdout().write_all(tidy::report(&breaches).as_bytes())?;
    Ok(if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn make_hold_music() -> anyhow::Result<ExitCode> {
    let (path, bytes) = hold_music::write(root())?;
    writeln!(std::io::stdout(), "{path}: {bytes} bytes")?;
    Ok(ExitCode::SUCCESS)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root")
}
