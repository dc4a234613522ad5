//! The sockets at which all browsers come in: one port for UDP, and the same for TCP where UDP does not pass.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use mio::net::{TcpListener, UdpSocket};
use mio::{Interest, Registry, Token};
use parking_lot::Mutex;
use str0m::net::{Protocol, Transmit};

use super::tcp::Connections;

/// How many ports are tried before the system is asked for one.
const PORTS_TRIED_MAX: usize = 100;

/// The sockets of all browsers.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    /// Each with the address under which browsers know it.
    pub(crate) udp: Vec<(UdpSocket, SocketAddr)>,
    listeners: Vec<(TcpListener, SocketAddr)>,
    pub(crate) connections: Mutex<Connections>,
}

impl Doors {
    /// Opens the doors at some addresses, all with one port: the one that is wished, else the last of those for
    /// media that is free, so that one rule of a firewall lets everything in.
    pub(crate) fn open(ips: &[IpAddr], wished: u16, media: &RangeInclusive<u16>) -> io::Result<Self> {
        if wished != 0 {
            return Self::at(ips, wished);
        }
        let free = media.clone().rev().take(PORTS_TRIED_MAX).find_map(|port| Self::at(ips, port).ok());
        free.map_or_else(|| Self::at(ips, 0), Ok)
    }

    fn at(ips: &[IpAddr], wished: u16) -> io::Result<Self> {
        let mut doors = Self::default();
        let mut port = wished;
        for ip in ips {
            let socket = UdpSocket::bind(SocketAddr::new(*ip, port))?;
            let address = socket.local_addr()?;
            port = address.port();
            doors.listeners.push((TcpListener::bind(address)?, address));
            doors.udp.push((socket, address));
        }
        Ok(doors)
    }

    /// Has browsers told another address than that of the sockets.
    pub(crate) fn advertise(&mut self, address: impl Fn(IpAddr) -> IpAddr) {
        let udp = self.udp.iter_mut().map(|(_, advertised)| advertised);
        for advertised in udp.chain(self.listeners.iter_mut().map(|(_, advertised)| advertised)) {
            advertised.set_ip(address(advertised.ip()));
        }
    }

    /// Returns the addresses that browsers are told, each for UDP and for TCP.
    pub(crate) fn candidates(&self) -> Vec<SocketAddr> {
        self.udp.iter().map(|(_, advertised)| *advertised).collect()
    }

    /// Has a poll tell of datagrams and of connections.
    pub(crate) fn register(&mut self, registry: &Registry, udp: Token, tcp: Token) -> io::Result<()> {
        for (socket, _) in &mut self.udp {
            registry.register(socket, udp, Interest::READABLE)?;
        }
        for (listener, _) in &mut self.listeners {
            registry.register(listener, tcp, Interest::READABLE)?;
        }
        self.connections = Mutex::new(Connections::new(registry.try_clone()?));
        Ok(())
    }

    /// Takes in all who stand before a door.
    pub(crate) fn accept(&self, now: std::time::Instant) {
        for (listener, advertised) in &self.listeners {
            while let Ok((stream, source)) = listener.accept() {
                self.connections.lock().add(stream, source, *advertised, now);
            }
        }
    }

    /// Sends a datagram; what is lost here is lost as on the network.
    pub(crate) fn send(&self, datagram: &Transmit) {
        if datagram.proto == Protocol::Tcp {
            return self.connections.lock().send(datagram.destination, &datagram.contents);
        }
        if let Some((socket, _)) = self.udp.iter().find(|(_, advertised)| *advertised == datagram.source) {
            let _ = socket.send_to(&datagram.contents, datagram.destination);
        }
    }
}
