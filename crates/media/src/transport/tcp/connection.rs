//! One connection of a browser: what came of it, and what waits for it.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use mio::net::TcpStream;

use super::Ends;
use super::framing::{self, Deframer};

/// Bytes that wait for a connection that does not keep up, about two seconds of speech; more is left out.
const OUTGOING_MAX: usize = 16 * 1024;
/// Reads in one round, so that one connection can not hold up the others.
const READS_PER_ROUND: usize = 8;

/// A connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    /// Between which addresses it is.
    pub ends: Ends,
    /// Whose it is, once one of its datagrams has shown it.
    pub leg: Option<u64>,
    /// When it last brought something.
    pub heard: Instant,
    incoming: Deframer,
    outgoing: Vec<u8>,
    /// When it last took something, or had nothing to take.
    moved: Instant,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, ends: Ends, now: Instant) -> Self {
        let (incoming, outgoing) = (Deframer::default(), vec![]);
        Self { stream, ends, leg: None, heard: now, incoming, outgoing, moved: now }
    }

    /// Takes what has come, and tells whether that was all; an error ends the connection.
    pub(super) fn receive(&mut self, now: Instant) -> io::Result<(Vec<Vec<u8>>, bool)> {
        let mut buffer = [0; 4_096];
        let mut datagrams = vec![];
        for _ in 0..READS_PER_ROUND {
            match self.stream.read(&mut buffer) {
                // What came before the end is still to be heard: the next round meets the end again.
                Ok(0) if !datagrams.is_empty() => break,
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    let whole = self.incoming.push(&buffer[..length]);
                    datagrams.extend(whole.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?);
                    self.heard = now;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok((datagrams, true)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok((datagrams, false))
    }

    /// Sends a datagram, or keeps it until the connection takes more; one too many is left out whole.
    pub(super) fn send(&mut self, datagram: &[u8], now: Instant) -> io::Result<()> {
        let Some(frame) = framing::frame(datagram) else { return Ok(()) };
        if self.outgoing.len() + frame.len() <= OUTGOING_MAX {
            self.outgoing.extend(frame);
        }
        self.flush(now)
    }

    /// Sends on what waits, as far as the connection takes it.
    pub(super) fn flush(&mut self, now: Instant) -> io::Result<()> {
        while !self.outgoing.is_empty() {
            match self.stream.write(&self.outgoing) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => {
                    self.outgoing.drain(..length);
                    self.moved = now;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.moved = now;
        Ok(())
    }

    /// Tells whether it has taken nothing for too long although something waits.
    pub(super) fn is_stalled(&self, now: Instant, patience: Duration) -> bool {
        !self.outgoing.is_empty() && now.saturating_duration_since(self.moved) > patience
    }
}
