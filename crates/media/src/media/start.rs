//! Starts the media thread and binds what all legs share.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket as StdSocket};
use std::sync::{Arc, mpsc};

use mio::net::UdpSocket;
use mio::{Poll, Waker};
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::ports::Ports;
use super::{Inner, Media};
use crate::clip::Clip;
use crate::config::Config;
use crate::event::Event;
use crate::frame::Rate;
use crate::thread::{MediaThread, WAKER};
use crate::tone;
use crate::transport::webrtc::{Doors, Identity};

pub(super) fn start(config: Config) -> io::Result<(Media, UnboundedReceiver<Event>)> {
    let doors = doors(&config)?;
    let candidates = doors.0.iter().map(|(_, advertised)| *advertised).collect();
    let identity =
        Identity::new(candidates).ok_or_else(|| io::Error::other("no DTLS certificate could be made"))?;
    let poll = Poll::new()?;
    let waker = Waker::new(poll.registry(), WAKER)?;
    let (commands, obeyed) = mpsc::channel();
    let (events, told) = unbounded_channel();
    let thread_config = config.clone();
    // The thread's own state holds what can not be sent, so that it is made there; what can fail is told back.
    let (started, outcome) = mpsc::channel();
    let thread =
        std::thread::Builder::new().name("media".to_owned()).spawn(move || {
            match MediaThread::new(&thread_config, obeyed, events, poll, doors) {
                Ok(thread) => {
                    let _ = started.send(Ok(()));
                    thread.run();
                }
                Err(error) => drop(started.send(Err(error))),
            }
        })?;
    outcome.recv().map_err(io::Error::other)??;
    let ports = Mutex::new(Ports::new(config.bind_ip, config.rtp_ports.clone()));
    let beep = Arc::new(Clip::from_samples(&tone::beep(Rate::Wide), Rate::Wide.hertz()));
    let (legs, thread) = (Mutex::new(BTreeMap::new()), Mutex::new(Some(thread)));
    Ok((Media(Arc::new(Inner { config, identity, commands, waker, ports, legs, beep, thread })), told))
}

/// Binds the sockets of all browsers, one an address: loopback too, for a browser on the same machine.
fn doors(config: &Config) -> io::Result<Doors> {
    let own = reachable_ip(config.bind_ip);
    let mut ips = vec![own];
    if config.bind_ip.is_unspecified() && !own.is_loopback() {
        ips.push(Ipv4Addr::LOCALHOST.into());
    }
    let mut doors = vec![];
    let mut port = config.webrtc_port;
    for ip in ips {
        let socket = UdpSocket::bind(SocketAddr::new(ip, port))?;
        port = socket.local_addr()?.port();
        let advertised = if ip.is_loopback() { ip } else { config.external_ip.unwrap_or(ip) };
        doors.push((socket, SocketAddr::new(advertised, port)));
    }
    Ok(Doors(doors))
}

/// Returns the address under which others reach a socket that is bound to `ip`.
pub(super) fn reachable_ip(ip: IpAddr) -> IpAddr {
    if !ip.is_unspecified() {
        return ip;
    }
    // Connecting a UDP socket sends nothing; it asks the routing table which address would be used.
    let route = StdSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    });
    route.map_or(Ipv4Addr::LOCALHOST.into(), |address| address.ip())
}
