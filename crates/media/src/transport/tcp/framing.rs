//! Datagrams in a stream of bytes: each behind its length in two bytes (RFC 4571 §2).

/// The longest datagram that a browser has reason to send: what fits into a packet of the network.
pub(crate) const DATAGRAM_MAX: usize = 2_000;

/// A datagram that announces itself as longer than any: the stream is of something else.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// What has come of a stream and is no whole datagram yet.
#[derive(Debug, Default)]
pub(crate) struct Deframer {
    buffer: Vec<u8>,
}

impl Deframer {
    /// Takes bytes in and returns the datagrams that are whole with them.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, TooLong> {
        self.buffer.extend_from_slice(bytes);
        let (mut datagrams, mut taken) = (vec![], 0);
        while let Some((length, rest)) = self.buffer[taken..].split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*length));
            if length > DATAGRAM_MAX {
                return Err(TooLong);
            }
            let Some(datagram) = rest.get(..length) else { break };
            datagrams.push(datagram.to_vec());
            taken += 2 + length;
        }
        self.buffer.drain(..taken);
        Ok(datagrams)
    }
}

/// Puts a datagram behind its length; nothing for one that no length can say.
pub(crate) fn frame(datagram: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(datagram.len()).ok()?;
    Some([&length.to_be_bytes(), datagram].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_come_out_as_they_went_in_however_the_stream_is_cut() {
        let sent = [b"one".to_vec(), vec![], vec![7; DATAGRAM_MAX], b"last".to_vec()];
        let stream: Vec<u8> = sent.iter().flat_map(|datagram| frame(datagram).unwrap()).collect();
        for size in [1, 2, 3, 700, stream.len()] {
            let mut deframer = Deframer::default();
            let came = stream.chunks(size).flat_map(|part| deframer.push(part).unwrap());
            assert!(came.eq(sent.iter().cloned()), "cut into {size}");
        }
    }

    #[test]
    fn a_stream_of_something_else_is_known_by_its_first_bytes() {
        assert_eq!(Deframer::default().push(b"GET / HTTP/1.1\r\n"), Err(TooLong));
    }
}
