//! The whole server in a process of its own, on a fresh folder.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;

const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
const AUTH_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Clock ticks in a second, which Linux fixes for programs.
const TICKS: f64 = 100.0;

/// How often a server that starts is asked whether it is ready.
const LOOKS_MAX: usize = 3_000;

/// A server; it ends with this.
pub(crate) struct Running {
    process: Child,
    client: Client,
    address: String,
    _folder: TempDir,
}

impl Running {
    /// Starts the server that this bench was built with.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = format!("127.0.0.1:{}", TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
        let process = Command::new(env!("CARGO_BIN_EXE_patchboard"))
            .args(["serve", "--http", &address, "--sip", "127.0.0.1:0", "--data"])
            .arg(folder.path())
            .env("PATCHBOARD_ACCOUNT_SID", ACCOUNT_SID)
            .env("PATCHBOARD_AUTH_TOKEN", AUTH_TOKEN)
            .env("PATCHBOARD_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .context("the server can not be started")?;
        // The library takes no provider of cryptography by itself.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let running = Self { process, client: Client::new(), address, _folder: folder };
        for _ in 0..LOOKS_MAX {
            if running.get("/health").await.is_ok() {
                return Ok(running);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("the server is not ready")
    }

    /// Reads a resource; `/health` has no JSON and comes as null.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.client.get(format!("http://{}{path}", self.address));
        read(request).await
    }

    /// Makes or changes something as the account.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> anyhow::Result<Value> {
        let pairs = form.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "%20")));
        let request = self
            .client
            .post(format!("http://{}{path}", self.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.collect::<Vec<_>>().join("&"));
        read(request).await
    }

    /// Returns where a WebSocket is opened.
    pub(crate) fn socket_url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.address)
    }

    /// Returns the memory that the server holds.
    pub(crate) fn memory_mb(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1_024.0)
    }

    /// Returns the processor's time that the server has used so far.
    pub(crate) fn cpu_secs(&self) -> anyhow::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
        Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn read(request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
    let answer = request.basic_auth(ACCOUNT_SID, Some(AUTH_TOKEN)).send().await?;
    let (status, body) = (answer.status(), answer.text().await?);
    ensure!(status.is_success(), "{status}: {body}");
    Ok(serde_json::from_str(&body).unwrap_or(Value::Null))
}
