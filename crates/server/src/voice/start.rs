//! The start of calls: sockets are opened, what an earlier process left is ended, and the loop begins.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use call::{Exchange, Settings};
use media::Media;
use signaling::{Listener, Signaling, Transport};
use store::calls;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::admission::Guests;
use super::audio::Audio;
use super::leftovers;
use super::lines::Lines;
use super::service::Service;
use super::trunks::{self, Trunks};
use crate::config::Config;
use crate::house::House;

/// Opens the sockets of calls and starts the exchange's loop.
pub(crate) async fn start(house: &Arc<House>, config: &Config, public_url: &str) -> anyhow::Result<()> {
    let Some(inbox) = house.switchboard.take_inbox() else { bail!("calls were started already") };
    let gone = leftovers::end(house).await?;
    trunks::take_from_file(house, &config.trunks).await?;
    trunks::reload(house).await?;
    let trunks = house.trunks.clone();
    let (media, sounds) = Media::start(media_config(config)).context("media can not be started")?;
    let (signaling, signals) = open_signaling(house, config, &trunks).await?;
    let settings = Settings { account_sid: house.account, api_url: public_url.to_owned() };
    let mut exchange = Exchange::new(settings);
    for queue in calls::queues(&house.store, house.account).await? {
        exchange.load_queue(queue);
    }
    let folder = config.recordings();
    make_folder(&folder)?;
    let lines = Lines::new(media.clone(), signaling, trunks);
    let service = Service {
        house: Arc::clone(house),
        exchange,
        inbox,
        signals,
        sounds,
        lines,
        audio: Audio::new(Arc::clone(house), media, folder),
        drives: BTreeMap::new(),
        echoes: VecDeque::new(),
    };
    tokio::spawn(service.run());
    let house = Arc::clone(house);
    tokio::spawn(async move { leftovers::report(&house, gone).await });
    Ok(())
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} can not be made", folder.display()))
}

fn media_config(config: &Config) -> media::Config {
    let (first, last) = config.voice.rtp_ports;
    media::Config {
        bind_ip: bind_ip(config),
        external_ip: config.voice.external_ip,
        rtp_ports: first..=last,
        ..media::Config::default()
    }
}

/// Media is bound where calls come in: on loopback only while every listener is.
fn bind_ip(config: &Config) -> IpAddr {
    let listeners = [Some(config.http), config.https, config.voice.sip, config.voice.sips];
    let is_open = listeners.into_iter().flatten().any(|address| !address.ip().is_loopback());
    if is_open { Ipv4Addr::UNSPECIFIED.into() } else { Ipv4Addr::LOCALHOST.into() }
}

/// Opens the SIP sockets. An address that nobody asked for by name and that is taken leaves SIP off with a warning.
async fn open_signaling(
    house: &Arc<House>,
    config: &Config,
    trunks: &Trunks,
) -> anyhow::Result<(Option<Signaling>, UnboundedReceiver<signaling::Event>)> {
    let voice = &config.voice;
    let plain = voice.sip.iter().flat_map(|address| {
        [Transport::Udp, Transport::Tcp].map(|transport| Listener { transport, address: *address })
    });
    let encrypted =
        voice.sips.iter().map(|address| Listener { transport: Transport::Tls, address: *address });
    let listeners: Vec<Listener> = plain.chain(encrypted).collect();
    if listeners.is_empty() {
        return Ok((None, unbounded_channel().1));
    }
    let tls = match voice.sips {
        Some(_) => Some(config.tls.server_config()?),
        None => None,
    };
    let options =
        signaling::Config { listeners, external_ip: voice.external_ip, tls, ..signaling::Config::default() };
    let guests = Guests::new(Arc::clone(house), trunks.clone(), config.is_development);
    match Signaling::start(options, Arc::new(guests)).await {
        Ok((signaling, signals)) => {
            trunks.watch_by(&signaling);
            Ok((Some(signaling), signals))
        }
        Err(error) if !voice.is_sip_given && voice.sips.is_none() => {
            tracing::warn!(%error, "the SIP address 127.0.0.1:5060 can not be used: calls come by browser only (hint: --sip ADDR)");
            Ok((None, unbounded_channel().1))
        }
        Err(error) => {
            let address = voice.sip.or(voice.sips).map(|address| address.to_string()).unwrap_or_default();
            Err(error).with_context(|| {
                format!("the SIP address {address} can not be used\n  hint: --sip 127.0.0.1:0 takes any free port, --sip off none")
            })
        }
    }
}
