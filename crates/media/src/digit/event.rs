//! Telephone events as they come in and go out (RFC 4733 §2.3).

/// The payload of one telephone event packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TelephoneEvent {
    pub code: u8,
    pub is_end: bool,
    /// In units of the RTP clock.
    pub duration: u16,
}

/// Loudness that is sent along, in -dBm0.
const VOLUME: u8 = 10;

impl TelephoneEvent {
    /// Reads the first event of a payload.
    pub(crate) fn read(payload: &[u8]) -> Option<Self> {
        let &[code, flags, high, low] = payload.first_chunk()?;
        Some(Self { code, is_end: flags & 0x80 != 0, duration: u16::from_be_bytes([high, low]) })
    }

    /// Returns the payload.
    pub(crate) fn payload(self) -> [u8; 4] {
        let [high, low] = self.duration.to_be_bytes();
        [self.code, u8::from(self.is_end) << 7 | VOLUME, high, low]
    }
}

/// Tells the first packet of each event from its repetitions, which share its timestamp.
#[derive(Debug, Default)]
pub(crate) struct EventReceiver {
    last_timestamp: Option<u32>,
}

impl EventReceiver {
    /// Returns the key that was pressed, once per event and as early as its first packet.
    pub(crate) fn receive(&mut self, timestamp: u32, payload: &[u8]) -> Option<char> {
        let event = TelephoneEvent::read(payload)?;
        // Packets of an event that came out of order are as little news as its repetitions.
        let is_news = self.last_timestamp.is_none_or(|last| timestamp.wrapping_sub(last) as i32 > 0);
        if !is_news {
            return None;
        }
        self.last_timestamp = Some(timestamp);
        super::of_code(event.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_told_once_however_many_packets_it_has() {
        let mut receiver = EventReceiver::default();
        let packet = |code, is_end, duration| TelephoneEvent { code, is_end, duration }.payload();
        let heard: Vec<_> = [
            (800, packet(1, false, 160)),
            (800, packet(1, false, 320)),
            (800, packet(1, true, 480)),
            (800, packet(1, true, 480)),
            (2_400, packet(11, true, 480)),
            (800, packet(1, true, 480)),
            (9_000, packet(16, true, 480)),
        ]
        .into_iter()
        .map(|(timestamp, payload)| receiver.receive(timestamp, &payload))
        .collect();
        assert_eq!(heard, [Some('1'), None, None, None, Some('#'), None, None]);
        assert_eq!(receiver.receive(20_000, &[1, 2]), None);
    }
}
