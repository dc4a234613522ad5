//! `patchboard serve`: opens the data, starts the engines, listens, and drains when told to stop.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::serve::ListenerExt;
use store::Error;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use super::say;
use crate::config::{Config, Options};
use crate::connections::Patience;
use crate::credentials::Credentials;
use crate::house::House;
use crate::platform::{self, Installation};
use crate::tls::TlsListener;
use crate::{carrier, client, connections, conversations, first_start, retention, voice};

/// How often a stop looks whether errands still run.
const DRAIN_STEP: Duration = Duration::from_millis(20);

/// Serves until SIGTERM or SIGINT.
pub(crate) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    start_logging();
    let config = Config::load(options)?;
    let listener = listen(&config).await?;
    let credentials = open_folder(&config)?;
    let tls_listener = match config.https {
        Some(address) => Some(TlsListener::bind(address, config.tls.server_config()?).await?),
        None => None,
    };
    let installation = open(&config, &credentials, listener.local_addr()?).await?;
    let is_new = first_start::ensure(&installation, &credentials).await?;
    voice::start(&installation.house, &config, &installation.public_url).await?;
    Arc::clone(&installation.house).resume().await?;
    carrier::listen(&installation.house);
    tokio::spawn(Arc::clone(&installation.house).keep_time());
    tokio::spawn(retention::keep(Arc::clone(&installation.house)));
    tokio::spawn(conversations::keep(Arc::clone(&installation.house)));
    client::announce(&config.data, &installation.local_url)?;
    greet(&config, &credentials, &installation, is_new);
    serve(listener, tls_listener, &installation, config.drain).await?;
    client::withdraw(&config.data);
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Logs to standard error; `PATCHBOARD_LOG` takes filters such as `debug` or `store=trace`.
fn start_logging() {
    let filter = EnvFilter::try_from_env("PATCHBOARD_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    let address = config.http;
    TcpListener::bind(address).await.with_context(|| {
        format!("the HTTP address {address} can not be used\n  hint: --http 127.0.0.1:0 takes any free port")
    })
}

/// Makes the data folder where needed, with the credentials in it.
fn open_folder(config: &Config) -> anyhow::Result<Credentials> {
    let folder = config.data.display();
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("the data folder {folder} can not be made"))?;
    Credentials::ensure(config)
}

/// Opens the database and starts the engines on what it holds.
async fn open(
    config: &Config,
    credentials: &Credentials,
    address: std::net::SocketAddr,
) -> anyhow::Result<Installation> {
    let opened = platform::open(config, credentials, address).await;
    match opened {
        Err(error) if error.downcast_ref() == Some(&Error::InUse) => bail!(in_use(&config.data)),
        other => other,
    }
}

fn in_use(data: &Path) -> String {
    format!(
        "the data folder {} is in use by another patchboard\n  hint: stop that one, or start with another --data folder",
        data.display()
    )
}

/// Tells a person what to do next.
fn greet(config: &Config, credentials: &Credentials, installation: &Installation, is_new: bool) {
    let url = &installation.public_url;
    let program = std::env::current_exe().map_or("patchboard".to_owned(), |path| path.display().to_string());
    let data = config.data.display();
    let mut text = format!("\nPatchboard is ready at {url}\n\n  Account SID  {}\n", credentials.account_sid);
    if is_new && std::io::stdout().is_terminal() {
        text.push_str(&format!("  Auth token   {}\n", credentials.auth_token));
    }
    text.push_str(&format!("  Secrets      {program} credentials --data {data}\n"));
    let logins: Vec<&str> = credentials.logins.iter().map(|login| login.login.as_str()).collect();
    text.push_str(&format!("  Log in       {url}/  as {}\n", logins.join(" or ")));
    text.push_str(&format!("  Phone        {url}/phone  calls from the browser\n"));
    if config.is_development {
        text.push_str(&first_steps(&program, &data.to_string(), installation));
    }
    say(&text);
}

/// A first message to send, and what becomes of it, by copy and paste.
fn first_steps(program: &str, data: &str, installation: &Installation) -> String {
    let curl = format!("curl -u \"$({program} credentials --basic --data {data})\"");
    let url = &installation.local_url;
    let number = first_start::NUMBER;
    let send = format!(
        "
  Send a first message; the Messaging flow hands it over as a task:

    {curl} {url}/v1/dev/inbound-messages \\
      -d From=+15551230001 -d To={number} -d Body=Hello
"
    );
    let see = installation.house.workspaces.sids().first().map(|workspace| {
        format!("\n  See the task:\n\n    {curl} {url}/taskrouter/v1/Workspaces/{workspace}/Tasks\n\n")
    });
    send + &see.unwrap_or_default()
}

/// Serves requests until told to stop, then lets running work come to its end.
async fn serve(
    listener: TcpListener,
    tls_listener: Option<TlsListener>,
    installation: &Installation,
    drain: Duration,
) -> anyhow::Result<()> {
    let (stop, stopped) = watch::channel(false);
    // Small answers and events leave at once.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let (router, patience) = (&installation.router, Patience::default());
    let plain = connections::serve(listener, router.clone(), patience, stopped.clone());
    let encrypted =
        tls_listener.map(|listener| connections::serve(listener, router.clone(), patience, stopped));
    let mut server = tokio::spawn(async move {
        tokio::join!(plain, async {
            if let Some(server) = encrypted {
                server.await;
            }
        })
    });
    tokio::select! {
        ended = &mut server => return ended.map(|_| ()).map_err(Into::into),
        () = asked_to_stop() => {}
    }
    tracing::info!("stopping");
    stop.send_replace(true);
    let rest = async {
        let _ = tokio::join!(&mut server, voice::stop(&installation.house.switchboard, drain));
        settle(&installation.house).await;
    };
    if tokio::time::timeout(drain, rest).await.is_err() {
        tracing::info!("some work goes on at the next start");
    }
    Ok(())
}

/// Waits until no errand runs; those that do not end in time go on at the next start.
async fn settle(house: &House) {
    while house.errands_waiting() > 0 {
        tokio::time::sleep(DRAIN_STEP).await;
    }
}

async fn asked_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
