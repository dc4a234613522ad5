//! `cargo xtask bench sip`: sipp calls the whole release server, by UDP, by UDP that loses packets, and by TCP.
//!
//! Each call asks an application over HTTP for its document, is answered, heard and hung up, and leaves its rows.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{READY_MAX, cargo, is_ready, machine, resident_kib, say, target};

/// Calls that begin in a second, and how many of them there are.
const CALLS_A_SECOND: u64 = 500;
const CALLS: u64 = 15_000;

/// How long each call lasts once it is answered.
const TALK_MS: u64 = 500;

/// What sipp is told for each way of calling.
const WAYS: &[(&str, &[&str])] =
    &[("UDP", &[]), ("UDP, 5 % of packets lost", &["-lost", "5"]), ("TCP", &["-t", "t1"])];

/// The number that is called, and what its application says.
const NUMBER: &str = "+15555550188";
const DOCUMENT: &str = "<Response><Pause length=\"60\"/></Response>";

const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
const AUTH_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Clock ticks in a second, which Linux fixes for programs.
const TICKS: f64 = 100.0;

/// Measures calls by each way, of the release binary or of the one that `PATCHBOARD_BIN` names.
pub(super) fn run(root: &Path) -> anyhow::Result<()> {
    let named = std::env::var_os("PATCHBOARD_BIN").map(PathBuf::from);
    if named.is_none() {
        cargo(root, &["build", "--release", "--locked", "--bin", "patchboard"])?;
    }
    let binary = named.unwrap_or_else(|| target(root).join("release/patchboard"));
    say(&format!("{}\n", machine()))?;
    let folder = std::env::temp_dir().join(format!("patchboard-bench-sip-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let mut server = Server::start(&binary, &folder)?;
    let measured = measure(&server, &folder);
    server.process.kill()?;
    server.process.wait()?;
    measured?;
    Ok(fs::remove_dir_all(&folder)?)
}

fn measure(server: &Server, folder: &Path) -> anyhow::Result<()> {
    server.provision(&serve_documents()?)?;
    for (way, options) in WAYS {
        let (cpu_before, memory_before) = (server.cpu_secs()?, server.memory_mb()?);
        let counted = call(server, folder, options)?;
        let failed = 100.0 * counted.failed as f64 / (counted.failed + counted.taken).max(1) as f64;
        let cpu = (server.cpu_secs()? - cpu_before) / counted.taken.max(1) as f64;
        say(&format!(
            "{way:<26} {CALLS_A_SECOND} calls/s: {} taken, {} failed ({failed:.3} %), {:.2} ms of processor a call, \
             memory {memory_before:.0} MB before, {:.0} MB after\n",
            counted.taken,
            counted.failed,
            1_000.0 * cpu,
            server.memory_mb()?,
        ))?;
    }
    Ok(())
}

/// A server on a fresh folder.
struct Server {
    process: Child,
    http: u16,
    sip: u16,
}

impl Server {
    fn start(binary: &Path, folder: &Path) -> anyhow::Result<Self> {
        let http = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let sip = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = Command::new(binary)
            .args(["serve", "--http", &format!("127.0.0.1:{http}"), "--sip", &format!("127.0.0.1:{sip}")])
            .arg("--data")
            .arg(folder.join("data"))
            .env("PATCHBOARD_ACCOUNT_SID", ACCOUNT_SID)
            .env("PATCHBOARD_AUTH_TOKEN", AUTH_TOKEN)
            .env("PATCHBOARD_LOG", "error")
            .stdout(Stdio::null())
            .stderr(File::create(folder.join("server.log"))?)
            .spawn()
            .context("the server can not be started")?;
        let steps = READY_MAX.as_millis() / 10;
        let is_up = (0..steps).any(|_| {
            thread::sleep(Duration::from_millis(10));
            is_ready(http)
        });
        ensure!(is_up, "the server is not ready after {READY_MAX:?}");
        Ok(Self { process, http, sip })
    }

    /// Makes a number that asks an application.
    fn provision(&self, url: &str) -> anyhow::Result<()> {
        let body = format!("PhoneNumber=%2B{}&VoiceUrl={url}", &NUMBER[1..]);
        let proof = STANDARD.encode(format!("{ACCOUNT_SID}:{AUTH_TOKEN}"));
        let mut stream = TcpStream::connect(("127.0.0.1", self.http))?;
        write!(
            stream,
            "POST /2010-04-01/Accounts/{ACCOUNT_SID}/IncomingPhoneNumbers.json HTTP/1.1\r\nHost: localhost\r\n\
             Authorization: Basic {proof}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 201"), "the number was not made: {answer}");
        Ok(())
    }

    /// Returns the processor's time that the server has used so far.
    fn cpu_secs(&self) -> anyhow::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
        Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
    }

    fn memory_mb(&self) -> anyhow::Result<f64> {
        Ok(resident_kib(&self.process)? as f64 / 1024.0)
    }
}

/// What became of calls.
struct Counted {
    taken: u64,
    failed: u64,
}

/// Has sipp call, and reads what it counted.
fn call(server: &Server, folder: &Path, options: &[&str]) -> anyhow::Result<Counted> {
    let statistics = folder.join("calls.csv");
    let target = format!("127.0.0.1:{}", server.sip);
    let numbers = [CALLS_A_SECOND, CALLS, TALK_MS].map(|number| number.to_string());
    let [rate, calls, talk] = &numbers;
    let sipp = Command::new("sipp")
        .args(["-sn", "uac", "-s", NUMBER, "-i", "127.0.0.1", "-r", rate, "-m", calls, "-d", talk])
        .args(["-l", "20000", "-nostdin", "-trace_stat", "-fd", "1", "-stf"])
        .arg(&statistics)
        .args(options)
        .arg(target)
        .env("TERM", "xterm")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // Its exit code tells of failed calls too, which the file counts.
    sipp.context("sipp can not be run (package sip-tester)")?;
    read_statistics(&statistics)
}

/// Reads the last line of the file that sipp keeps: numbers under the names of the first line.
fn read_statistics(file: &PathBuf) -> anyhow::Result<Counted> {
    let text = fs::read_to_string(file).context("sipp counted nothing")?;
    fs::remove_file(file)?;
    let names: Vec<&str> = text.lines().next().context("sipp counted nothing")?.split(';').collect();
    let last: Vec<&str> = text.lines().last().unwrap_or_default().split(';').collect();
    let number = |name: &str| -> anyhow::Result<u64> {
        let place =
            names.iter().position(|one| *one == name).with_context(|| format!("sipp counts no {name}"))?;
        Ok(last.get(place).copied().unwrap_or_default().parse()?)
    };
    Ok(Counted { taken: number("SuccessfulCall(C)")?, failed: number("FailedCall(C)")? })
}

/// Serves one document to whoever asks; returns its URL.
fn serve_documents() -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer_all(&stream));
        }
    });
    Ok(url)
}

/// Answers the requests of one connection until it is closed.
fn answer_all(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some((_, value)) =
                line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            {
                length = value.trim().parse().unwrap_or(0);
            }
            if line == "\r\n" {
                break;
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{DOCUMENT}",
            DOCUMENT.len()
        )?;
    }
}
