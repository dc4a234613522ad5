//! The sockets of all browsers, UDP and TCP, each with the address under which browsers know it.

use std::io;
use std::net::{IpAddr, SocketAddr};

use mio::net::{TcpListener, UdpSocket};
use mio::{Interest, Registry, Token};
use str0m::net::{Protocol, Transmit};

use super::tcp::TcpDoors;

/// The sockets that wake the thread for no leg in particular.
const DOOR: Token = Token(usize::MAX - 1);
/// How often the system is asked for a port that is free for UDP and TCP alike.
const PORT_TRIES_MAX: u32 = 16;

/// The way in and out of browsers' datagrams.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    pub udp: Vec<(UdpSocket, SocketAddr)>,
    pub tcp: TcpDoors,
}

impl Doors {
    /// Binds one port, UDP and TCP, of every address; each comes with the one that browsers are told.
    pub(crate) fn bind(ips: &[(IpAddr, IpAddr)], port: u16) -> io::Result<Self> {
        let mut tries = if port == 0 { PORT_TRIES_MAX } else { 1 };
        loop {
            tries -= 1;
            match Self::try_bind(ips, port) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries > 0 => {}
                bound => return bound,
            }
        }
    }

    fn try_bind(ips: &[(IpAddr, IpAddr)], mut port: u16) -> io::Result<Self> {
        let (mut udp, mut listeners) = (vec![], vec![]);
        for (ip, advertised) in ips {
            let socket = UdpSocket::bind(SocketAddr::new(*ip, port))?;
            port = socket.local_addr()?.port();
            let advertised = SocketAddr::new(*advertised, port);
            listeners.push((TcpListener::bind(SocketAddr::new(*ip, port))?, advertised));
            udp.push((socket, advertised));
        }
        Ok(Self { udp, tcp: TcpDoors::new(listeners) })
    }

    /// Returns the addresses that browsers are told, each for UDP and for TCP.
    pub(crate) fn candidates(&self) -> Vec<SocketAddr> {
        self.udp.iter().map(|(_, advertised)| *advertised).collect()
    }

    /// Has a poll wake up for what comes.
    pub(crate) fn register(&mut self, registry: &Registry) -> io::Result<()> {
        for (socket, _) in &mut self.udp {
            registry.register(socket, DOOR, Interest::READABLE)?;
        }
        self.tcp.register(registry, DOOR)
    }

    /// Sends a datagram by the way that the browser took; what is lost here is lost as on the network.
    pub(crate) fn send(&self, datagram: &Transmit) {
        let (from, to) = (datagram.source, datagram.destination);
        if datagram.proto != Protocol::Udp {
            return self.tcp.send((from, to), &datagram.contents);
        }
        if let Some((socket, _)) = self.udp.iter().find(|(_, advertised)| *advertised == from) {
            let _ = socket.send_to(&datagram.contents, to);
        }
    }
}
