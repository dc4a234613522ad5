//! Starts the media threads and binds what all legs share.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, UdpSocket as StdSocket};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use mio::{Poll, Waker};
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::ports::Ports;
use super::threads::{Entrance, Threads};
use super::{Inner, Media};
use crate::clip::Clip;
use crate::config::Config;
use crate::desk::Desk;
use crate::event::Event;
use crate::frame::Rate;
use crate::recording::recorder;
use crate::thread::{FRAME, MediaThread, WAKER};
use crate::tone;
use crate::transport::webrtc::{Doors, Identity};

pub(super) fn start(config: Config) -> io::Result<(Media, UnboundedReceiver<Event>)> {
    let doors = doors(&config)?;
    let identity = Identity::new(doors.candidates())
        .ok_or_else(|| io::Error::other("no DTLS certificate could be made"))?;
    let (events, told) = unbounded_channel();
    let (jobs, recorder) = recorder::start(events.clone())?;
    let (mut entrances, mut running) = (vec![], vec![]);
    // The first thread has the browsers' sockets.
    let threads = config.threads.get();
    let doors = std::iter::once(doors).chain(std::iter::repeat_with(Doors::default));
    for (index, doors) in doors.take(threads).enumerate() {
        let desk = Desk::new(&config, events.clone(), jobs.clone());
        let (entrance, thread) = start_thread(desk, doors, FRAME * index as u32 / threads as u32)?;
        entrances.push(entrance);
        running.push(thread);
    }
    // It ends when the last recording is on disk, which the threads before it have closed.
    running.push(recorder);
    let threads = Threads::new(entrances, running);
    let ports = Mutex::new(Ports::new(config.bind_ip, config.rtp_ports.clone()));
    let beep = Arc::new(Clip::from_samples(&tone::beep(Rate::Wide), Rate::Wide.hertz()));
    let legs = Mutex::new(BTreeMap::new());
    Ok((Media(Arc::new(Inner { config, identity, threads, ports, legs, beep })), told))
}

fn start_thread(desk: Desk, doors: Doors, stagger: Duration) -> io::Result<(Entrance, JoinHandle<()>)> {
    let poll = Poll::new()?;
    let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
    let (commands, obeyed) = mpsc::channel();
    let thread = MediaThread::new(desk, obeyed, poll, doors, stagger)?;
    let running = std::thread::Builder::new().name("media".to_owned()).spawn(move || thread.run())?;
    Ok((Entrance { commands, waker }, running))
}

/// Binds the sockets of all browsers, one an address: loopback too, for a browser on the same machine.
fn doors(config: &Config) -> io::Result<Doors> {
    let own = reachable_ip(config.bind_ip);
    let mut ips = vec![own];
    if config.bind_ip.is_unspecified() && !own.is_loopback() {
        ips.push(Ipv4Addr::LOCALHOST.into());
    }
    let mut doors = Doors::open(&ips, config.webrtc_port, &config.rtp_ports)?;
    doors.advertise(|ip| if ip.is_loopback() { ip } else { config.external_ip.unwrap_or(ip) });
    Ok(doors)
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
