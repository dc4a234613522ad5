//! The range of RTP ports, of which each leg takes an even one and, where needed, the odd one behind it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use mio::net::UdpSocket;

/// Ports are taken round the range, so that a late packet to an ended leg does not reach the next.
#[derive(Debug)]
pub(crate) struct Ports {
    ip: IpAddr,
    range: RangeInclusive<u16>,
    next: u16,
}

impl Ports {
    pub(crate) fn new(ip: IpAddr, range: RangeInclusive<u16>) -> Self {
        let next = even(*range.start());
        Self { ip, range, next }
    }

    /// Binds the next free even port; nothing when all are taken.
    pub(crate) fn bind(&mut self) -> io::Result<Option<UdpSocket>> {
        let pairs = (self.range.end().saturating_sub(*self.range.start())) / 2 + 1;
        for _ in 0..pairs {
            let port = self.next;
            self.next = match port.checked_add(2) {
                Some(next) if next <= *self.range.end() => next,
                Some(_) | None => even(*self.range.start()),
            };
            match UdpSocket::bind(SocketAddr::new(self.ip, port)) {
                Ok(socket) => return Ok(Some(socket)),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

fn even(port: u16) -> u16 {
    port.saturating_add(port % 2)
}
