//! Restate on this machine, beside our flow steps: its own server and SDK from npm run the workflow of ten steps that
//! lies with the other peers of the benches. Where Node, npm or that folder is missing, it is left out and said so.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

/// What the figures were taken with first; other versions need new figures.
const PACKAGES: [&str; 2] = ["@restatedev/restate-server@1.7.12", "@restatedev/restate-sdk@1.17.2"];

const INGRESS: &str = "127.0.0.1:18581";
const ADMIN: &str = "127.0.0.1:18582";
const NODE: &str = "127.0.0.1:18583";
/// Where the peer's service listens, as its source says.
const SERVICE: &str = "http://127.0.0.1:9181";

/// The steps of one workflow.
const STEPS: u32 = 10;

/// How many clients start workflows at the same time.
const CLIENTS: u32 = 16;

/// How long each load lasts.
const LOAD: Duration = Duration::from_secs(10);

/// How many workflows a second start below saturation.
const PACE: u32 = 20;

/// How long its server and service may take until they answer.
const READY_MAX: Duration = Duration::from_secs(60);

/// Measures workflows at saturation and well below it.
pub(crate) fn measure(root: &Path, target: &Path) -> anyhow::Result<String> {
    let source = shared(root).join("bench-peers/restate");
    if !source.is_dir() {
        return Ok(format!("left out: {} is not there\n", source.display()));
    }
    let folder = target.join("bench-peers/restate");
    if !install(&source, &folder)? {
        return Ok("left out: Node with npm is not there\n".to_owned());
    }
    let _running = start(&folder)?;
    let (saturated, all) = load(None)?;
    let (paced, _) = load(Some(Duration::from_secs(1) * CLIENTS / PACE))?;
    Ok(format!(
        "durable steps            {:>8.0} /s\n{}{}",
        all * f64::from(STEPS),
        line(&format!("{CLIENTS} at once"), &saturated),
        line(&format!("at {} steps /s", PACE * STEPS), &paced)
    ))
}

fn shared(root: &Path) -> PathBuf {
    std::env::var_os("PATCHBOARD_SHARED").map_or_else(|| root.join("../shared"), Into::into)
}

/// Puts the peer's sources and packages into a folder; returns false where there is nothing to run them with.
fn install(source: &Path, folder: &Path) -> anyhow::Result<bool> {
    fs::create_dir_all(folder)?;
    for name in ["svc.mjs", "poly.mjs"] {
        fs::copy(source.join(name), folder.join(name))?;
    }
    fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
    let npm = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--silent"])
        .args(PACKAGES)
        .current_dir(folder)
        .status();
    match npm {
        Ok(status) => {
            ensure!(status.success(), "npm can not install {}", PACKAGES.join(" and "));
            Ok(true)
        }
        Err(_) => Ok(false),
    }
}

/// The processes of the peer, for as long as they are measured.
struct Running(Vec<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // What has ended by itself needs no end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn start(folder: &Path) -> anyhow::Result<Running> {
    let data = folder.join("data");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    let mut server = Command::new(binary(folder)?);
    server
        .env("RESTATE_BASE_DIR", &data)
        .env("RESTATE_INGRESS__BIND_ADDRESS", INGRESS)
        .env("RESTATE_ADMIN__BIND_ADDRESS", ADMIN)
        .env("RESTATE_BIND_ADDRESS", NODE)
        .env("RESTATE_ADVERTISED_ADDRESS", format!("http://{NODE}"))
        .env("DO_NOT_TRACK", "1");
    let mut service = Command::new("node");
    service.args(["--import", "./poly.mjs", "svc.mjs"]);
    let mut running = Running(Vec::new());
    for command in [&mut server, &mut service] {
        let command = command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        running.0.push(command.spawn().context("the peer can not be started")?);
    }
    let deployment = format!("{{\"uri\":\"{SERVICE}\"}}");
    let began = now();
    while !matches!(
        Client::connect(ADMIN).and_then(|mut admin| admin.post("/deployments", &deployment)),
        Ok(200..300)
    ) {
        ensure!(began.elapsed() < READY_MAX, "the peer is not ready after {READY_MAX:?}");
        thread::sleep(Duration::from_millis(200));
    }
    Ok(running)
}

/// Returns the server for this system: the script of the same name would leave it running when it is killed.
fn binary(folder: &Path) -> anyhow::Result<PathBuf> {
    let packages = fs::read_dir(folder.join("node_modules/@restatedev"))?;
    let mut binaries = packages
        .filter_map(|package| Some(package.ok()?.path()))
        .filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("restate-server-"))
        })
        .map(|path| path.join("bin/restate-server"));
    binaries.next().context("npm has no server of the peer for this system")
}

/// Starts workflows from all clients, each one `every` so often or as fast as they end; returns the time of each in
/// order, and how many ended in a second.
fn load(every: Option<Duration>) -> anyhow::Result<(Vec<Duration>, f64)> {
    let began = now();
    let clients: Vec<_> = (0..CLIENTS).map(|_| thread::spawn(move || start_workflows(every))).collect();
    let mut times = Vec::new();
    for client in clients {
        let own = client.join().map_err(|_| anyhow::anyhow!("a client of the peer panicked"))?;
        times.extend(own?);
    }
    let rate = times.len() as f64 / began.elapsed().as_secs_f64();
    times.sort();
    Ok((times, rate))
}

fn start_workflows(every: Option<Duration>) -> anyhow::Result<Vec<Duration>> {
    let mut client = Client::connect(INGRESS)?;
    let (began, mut times) = (now(), Vec::new());
    while began.elapsed() < LOAD {
        let asked = now();
        let status = client.post("/flow/run", &STEPS.to_string())?;
        ensure!(status == 200, "the peer answered {status}");
        times.push(asked.elapsed());
        if let Some(pause) = every.and_then(|every| every.checked_sub(asked.elapsed())) {
            thread::sleep(pause);
        }
    }
    Ok(times)
}

/// One connection that is kept.
struct Client {
    answers: BufReader<TcpStream>,
}

impl Client {
    fn connect(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(READY_MAX))?;
        Ok(Self { answers: BufReader::new(stream) })
    }

    /// Posts JSON and returns the status of the answer, of which nothing is left unread.
    fn post(&mut self, path: &str, body: &str) -> anyhow::Result<u16> {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.answers.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut length = None;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                Some(("content-length", value)) => length = Some(value.trim().parse()?),
                Some(_) => {}
                None => break,
            }
        }
        self.skip(length)?;
        status.context("the peer's answer has no status")
    }

    fn skip(&mut self, length: Option<u64>) -> anyhow::Result<()> {
        let Some(length) = length else { return self.skip_chunks() };
        let skipped = std::io::copy(&mut self.answers.by_ref().take(length), &mut std::io::sink())?;
        ensure!(skipped == length, "the peer hung up");
        Ok(())
    }

    fn skip_chunks(&mut self) -> anyhow::Result<()> {
        loop {
            let length = u64::from_str_radix(&self.line()?, 16).context("the peer's answer has no length")?;
            self.skip(Some(length + 2))?;
            if length == 0 {
                return Ok(());
            }
        }
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            bail!("the peer hung up");
        }
        Ok(line.trim_end().to_owned())
    }
}

fn line(load: &str, times: &[Duration]) -> String {
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    format!("a workflow of {STEPS} steps, {load}: p50 {:.1} ms, p99 {:.1} ms\n", at(0.5), at(0.99))
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}
