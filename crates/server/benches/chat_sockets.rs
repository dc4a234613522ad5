//! Ten thousand visitors of web chat who mostly listen: what they cost, and how soon one and all of them hear.
//!
//! The whole server in a process of its own, over HTTP and WebSockets; this process holds the other ends of the sockets
//! on the same machine, so both need as many open files: `ulimit -n 20000; cargo bench -p server --bench chat_sockets`.

mod running;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::StreamExt;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::running::Running;

/// How many sockets are open, and how many are opened at the same time.
const SOCKETS: usize = 10_000;
const AT_ONCE: usize = 64;
/// One after the other, each in another conversation: how many messages in a second, and for how long.
const PACE: u32 = 100;
const PACED: Duration = Duration::from_secs(20);
/// How many messages all sockets hear, and how long after one another.
const TOLD_TO_ALL: usize = 100;
const APART: Duration = Duration::from_millis(250);
/// After so long a message is missing.
const HEARD_MAX: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let server = Arc::new(Running::start().await?);
    let empty = server.memory_mb()?;
    let sessions = begin(&server).await?;
    let begun = server.memory_mb()?;
    let (mut ears, mut heard) = open(&server, &sessions).await?;
    let open_all = server.memory_mb()?;
    say(&format!(
        "memory: {empty:.0} MB empty, {begun:.0} MB with {SOCKETS} conversations, {open_all:.0} MB with their sockets \
         open, {:.1} KB a socket\n",
        1_024.0 * (open_all - begun) / SOCKETS as f64
    ))?;
    let cpu = server.cpu_secs()?;
    let times = tell_one_by_one(&server, &sessions, &mut heard).await?;
    let cpu = 1_000.0 * (server.cpu_secs()? - cpu) / times.len() as f64;
    report(&format!("one of {SOCKETS} hears, {PACE} /s"), times, cpu)?;
    ears.shutdown().await;
    // A conversation in which nothing was written: whoever opens a socket would hear it again.
    let silent = &sessions[1];
    let one = vec![silent.clone(); SOCKETS];
    (ears, heard) = open(&server, &one).await?;
    let cpu = server.cpu_secs()?;
    let times = tell_all(&server, silent, &mut heard).await?;
    let cpu = 1_000.0 * (server.cpu_secs()? - cpu) / times.len() as f64;
    report(&format!("the last of {SOCKETS} hears"), times, cpu)?;
    ears.shutdown().await;
    Ok(())
}

/// A visitor's session.
#[derive(Clone)]
struct Session {
    sid: String,
    token: String,
}

/// Begins a session for each socket.
async fn begin(server: &Arc<Running>) -> anyhow::Result<Vec<Session>> {
    let deployments = server.get("/v1/webchat-deployments").await?;
    let key = text(&deployments["webchat_deployments"][0]["key"])?;
    let mut visitors = JoinSet::new();
    for visitor in 0..AT_ONCE {
        let (server, key) = (Arc::clone(server), key.clone());
        visitors.spawn(async move {
            let mut own = vec![];
            for _ in (visitor..SOCKETS).step_by(AT_ONCE) {
                let begun = server.post("/webchat/v1/sessions", &[("DeploymentKey", &key)]).await?;
                own.push(Session { sid: text(&begun["session_id"])?, token: text(&begun["token"])? });
            }
            anyhow::Ok(own)
        });
    }
    let mut sessions = vec![];
    while let Some(own) = visitors.join_next().await {
        sessions.extend(own??);
    }
    Ok(sessions)
}

/// Opens a socket of each session; what they hear comes with its time.
async fn open(
    server: &Arc<Running>,
    sessions: &[Session],
) -> anyhow::Result<(JoinSet<()>, UnboundedReceiver<Instant>)> {
    let (tell, heard) = unbounded_channel();
    let mut ears = JoinSet::new();
    let ready = Arc::new(AtomicUsize::new(0));
    for (at_once, sessions) in sessions.chunks(AT_ONCE).enumerate() {
        for session in sessions {
            let url = server
                .socket_url(&format!("/webchat/v1/sessions/{}/socket?token={}", session.sid, session.token));
            let (tell, ready) = (tell.clone(), Arc::clone(&ready));
            ears.spawn(async move {
                // A socket that fails is missing in the count of those that are ready.
                let _ = listen(&url, &tell, &ready).await;
            });
        }
        wait_until((at_once + 1) * AT_ONCE, &ready).await?;
    }
    wait_until(SOCKETS, &ready).await?;
    Ok((ears, heard))
}

async fn wait_until(count: usize, ready: &AtomicUsize) -> anyhow::Result<()> {
    let began = now();
    while ready.load(Ordering::Relaxed) < count.min(SOCKETS) {
        ensure!(began.elapsed() < HEARD_MAX, "a socket does not open: see the limit of open files");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

/// Notes when messages come, for as long as the socket is open.
async fn listen(url: &str, tell: &UnboundedSender<Instant>, ready: &AtomicUsize) -> anyhow::Result<()> {
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    while let Some(frame) = socket.next().await {
        let Message::Text(frame) = frame? else { continue };
        if frame.contains("\"type\":\"ready\"") {
            ready.fetch_add(1, Ordering::Relaxed);
        } else if frame.contains("\"type\":\"message\"") {
            tell.send(now())?;
        }
    }
    Ok(())
}

/// Writes into one conversation after the other; returns how long each message took to its visitor.
async fn tell_one_by_one(
    server: &Arc<Running>,
    sessions: &[Session],
    heard: &mut UnboundedReceiver<Instant>,
) -> anyhow::Result<Vec<Duration>> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / PACE);
    let mut times = vec![];
    for session in sessions.iter().step_by(7).take(PACE as usize * PACED.as_secs() as usize) {
        ticks.tick().await;
        times.push(tell(server, session, heard, 1).await?);
    }
    Ok(times)
}

/// Writes into the conversation that all listen to; returns how long each message took to the last of them.
async fn tell_all(
    server: &Arc<Running>,
    session: &Session,
    heard: &mut UnboundedReceiver<Instant>,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = vec![];
    for _ in 0..TOLD_TO_ALL {
        tokio::time::sleep(APART).await;
        times.push(tell(server, session, heard, SOCKETS).await?);
    }
    Ok(times)
}

/// Writes a message and waits until so many sockets have it, from the request on.
async fn tell(
    server: &Arc<Running>,
    session: &Session,
    heard: &mut UnboundedReceiver<Instant>,
    sockets: usize,
) -> anyhow::Result<Duration> {
    let path = format!("/conversations/v1/Conversations/{}/Messages", session.sid);
    let began = now();
    let form = [("Author", "agent"), ("Body", "It is on its way")];
    let (posted, last) = tokio::join!(server.post(&path, &form), async {
        let mut last = began;
        for _ in 0..sockets {
            last = last.max(heard.recv().await.context("all sockets are closed")?);
        }
        anyhow::Ok(last)
    });
    posted?;
    Ok(last?.duration_since(began))
}

fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().context("the answer is not as expected")?.to_owned())
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}

fn report(what: &str, mut times: Vec<Duration>, cpu_ms: f64) -> anyhow::Result<()> {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    say(&format!(
        "{what:<28} p50 {:>6.1} ms, p99 {:>6.1} ms, worst {:>6.1} ms; {cpu_ms:.2} ms of the server's processor a message\n",
        at(0.5),
        at(0.99),
        at(1.0)
    ))
}

fn say(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
