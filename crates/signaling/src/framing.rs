//! Cutting a byte stream into messages (RFC 3261 §18.3), with keep-alives between them (RFC 5626 §3.5.1).

/// The longest message on a stream; more is not SIP but an attack or a lost frame.
pub(crate) const MESSAGE_BYTES_MAX: usize = 65_536;

/// What has arrived on one stream and is not cut yet.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    buffer: Vec<u8>,
}

/// The next thing on a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A whole message.
    Message(Vec<u8>),
    /// A ping, which is answered with a line end.
    Ping,
}

/// The stream can not be cut any more: it has to be closed. What there is may still be answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lost(pub(crate) Vec<u8>);

impl Frames {
    /// Takes what has arrived.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Cuts the next frame off, where it is whole.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, Lost> {
        if self.buffer.starts_with(b"\r\n\r\n") {
            self.buffer.drain(..4);
            return Ok(Some(Frame::Ping));
        }
        if self.buffer.starts_with(b"\r\n") && self.buffer.len() > 2 && self.buffer[2] != b'\r' {
            self.buffer.drain(..2);
        }
        let Some(head) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
            return self.bounded().map(|()| None);
        };
        let whole = self.length_of_body(head + 2)?.saturating_add(head + 4);
        if whole > MESSAGE_BYTES_MAX {
            return Err(Lost(std::mem::take(&mut self.buffer)));
        }
        if self.buffer.len() < whole {
            return Ok(None);
        }
        Ok(Some(Frame::Message(self.buffer.drain(..whole).collect())))
    }

    fn bounded(&mut self) -> Result<(), Lost> {
        if self.buffer.len() > MESSAGE_BYTES_MAX {
            Err(Lost(std::mem::take(&mut self.buffer)))
        } else {
            Ok(())
        }
    }

    /// Content-Length; without one there is no body.
    fn length_of_body(&mut self, head: usize) -> Result<usize, Lost> {
        let text = String::from_utf8_lossy(&self.buffer[..head]);
        let mut fields = text.split("\r\n").filter_map(|line| line.split_once(':'));
        let is_length =
            |name: &str| name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("l");
        let Some((_, value)) = fields.find(|(name, _)| is_length(name.trim())) else { return Ok(0) };
        let length = value.trim().parse();
        length.map_err(|_| Lost(std::mem::take(&mut self.buffer)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_cut_wherever_the_bytes_were_split() {
        let stream = b"\r\n\r\nA b\r\nl: 3\r\n\r\nxyzB c\r\nContent-Length: 0\r\n\r\n";
        let mut frames = Frames::default();
        let mut found = Vec::new();
        for byte in stream {
            frames.feed(&[*byte]);
            found.extend(frames.next().unwrap());
        }
        let expected = [
            Frame::Ping,
            Frame::Message(b"A b\r\nl: 3\r\n\r\nxyz".to_vec()),
            Frame::Message(b"B c\r\nContent-Length: 0\r\n\r\n".to_vec()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_stream_without_sense_is_given_up() {
        let mut frames = Frames::default();
        frames.feed(&vec![b'x'; MESSAGE_BYTES_MAX + 1]);
        assert!(frames.next().is_err());
        frames.feed(b"A b\r\nl: -1\r\n\r\n");
        assert!(frames.next().is_err());
    }
}
