//! `cargo xtask bench`: measures what the reference page of benchmarks names, and prints the machine beside it.

mod matcher;
mod sip;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::restate;

/// How often the server is started for the figures of its start.
const STARTS: usize = 11;

/// How long a server may take until it is ready, before something is wrong.
const READY_MAX: Duration = Duration::from_secs(30);

/// How long a server idles before its memory is read.
const IDLE: Duration = Duration::from_secs(2);

/// The benches of the crates, by package and name.
const BENCHES: &[(&str, &str)] = &[
    ("server", "hand_off"),
    ("server", "assignments"),
    ("server", "flow_steps"),
    ("server", "replies"),
    ("server", "chat_sockets"),
    ("store", "offers"),
    ("router", "decide"),
    ("router", "scale"),
    ("liquid@0.1.0", "render"),
    ("expression", "matches"),
    ("flow", "steps"),
    ("simulation", "scenarios"),
];

/// The benches of messages and web chat.
const CHAT: &[&str] = &["replies", "chat_sockets"];

/// Runs all benches, or the one that is named: `assignments` with the matcher in PostgreSQL beside them, `matcher`
/// for that alone, `sip`, `chat`, or `restate`, the peer that flow steps are measured beside.
pub fn run(root: &Path, only: Option<&str>) -> anyhow::Result<()> {
    match only {
        None => run_all(root),
        Some("assignments") => assignments(root),
        Some("matcher") => say(&matcher::measure(root, &target(root))?),
        Some("sip") => sip::run(root),
        Some("chat") => run_chat(root),
        Some("restate") => say(&restate::measure(root, &target(root))?),
        Some(unknown) => {
            bail!("'{unknown}' can not be run alone: assignments, matcher, sip, chat and restate can")
        }
    }
}

/// Measures durable assignments and, right after them, the same match in PostgreSQL.
fn assignments(root: &Path) -> anyhow::Result<()> {
    say(&format!("\n{}, load average {}\n", machine(), load_average()))?;
    cargo(root, &["bench", "--quiet", "--locked", "-p", "server", "--bench", "assignments"])?;
    say(&matcher::measure(root, &target(root))?)?;
    say(&format!("load average {} behind it\n", load_average()))
}

/// Builds the release binary, measures its start and memory, then runs the benches.
fn run_all(root: &Path) -> anyhow::Result<()> {
    cargo(root, &["build", "--release", "--locked", "--bin", "patchboard"])?;
    say(&format!("{}\n", machine()))?;
    measure_start(&target(root).join("release/patchboard"))?;
    for (package, bench) in BENCHES {
        if *bench == "assignments" {
            assignments(root)?;
            continue;
        }
        say(&format!("\ncargo bench -p {package} --bench {bench}\n"))?;
        cargo(root, &["bench", "--quiet", "--locked", "-p", package, "--bench", bench])?;
        if *bench == "flow_steps" {
            say("\nRestate, the same number of steps\n")?;
            say(&restate::measure(root, &target(root))?)?;
        }
    }
    Ok(())
}

/// Runs the benches of messages and web chat; their sockets need `ulimit -n 20000`.
fn run_chat(root: &Path) -> anyhow::Result<()> {
    say(&format!("{}\n", machine()))?;
    for bench in CHAT {
        cargo(root, &["bench", "--quiet", "--locked", "-p", "server", "--bench", bench])?;
    }
    Ok(())
}

/// Starts the server on a fresh folder, then again and again on the same one.
fn measure_start(binary: &Path) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("patchboard-bench-{}", std::process::id()));
    let first = start(binary, &folder)?;
    let mut later = Vec::new();
    for _ in 1..STARTS {
        later.push(start(binary, &folder)?);
    }
    later.sort_by_key(|started| started.ready);
    let middle = &later[later.len() / 2];
    let memory = later.iter().map(|started| started.memory_kib).max().unwrap_or(0);
    fs::remove_dir_all(&folder)?;
    say(&format!(
        "first start to ready     {:>7.0} ms\nlater start to ready     {:>7.0} ms (median of {})\n\
         idle memory              {:>7.1} MB (resident, highest)\n",
        millis(first.ready),
        millis(middle.ready),
        later.len(),
        memory as f64 / 1024.0
    ))
}

/// One start of the server.
struct Started {
    ready: Duration,
    memory_kib: u64,
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn start(binary: &Path, data: &Path) -> anyhow::Result<Started> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let began = Instant::now();
    let mut server = Command::new(binary)
        .args(["serve", "--http", &format!("127.0.0.1:{port}"), "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("the server can not be started")?;
    while !is_ready(port) {
        ensure!(began.elapsed() < READY_MAX, "the server is not ready after {READY_MAX:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
    let ready = began.elapsed();
    std::thread::sleep(IDLE);
    let memory_kib = resident_kib(&server)?;
    server.kill()?;
    server.wait()?;
    Ok(Started { ready, memory_kib })
}

fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn resident_kib(server: &Child) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

/// Names the processor, the number of cores and the kernel.
fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown");
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let model = model.trim_start_matches([' ', '\t', ':']);
    format!("{model}, {cores} cores, Linux {}", kernel.trim())
}

/// Says how many processes wanted to run in the last minute.
fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn target(root: &Path) -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into)
}

fn cargo(root: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO")).args(arguments).current_dir(root).status()?;
    if !status.success() {
        bail!("cargo {} failed", arguments.join(" "));
    }
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
