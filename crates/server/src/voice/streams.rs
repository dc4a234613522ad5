//! Media streams: a WebSocket to an application for each, which hears a call and may be heard in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::{FromStream, StreamTrack, StreamWriter};
use call::{Event, StreamOrder};
use domain::{CallSid, StreamSid};
use media::{Media, StreamFrame};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use twiml::Track;
use webhooks::{Failure, Socket};

use crate::house::House;

/// The streams that are open.
#[derive(Default)]
pub(super) struct Streams {
    open: BTreeMap<StreamSid, Open>,
}

/// One open stream; its job ends when nobody can tell it anything.
struct Open {
    id: u64,
    leg: CallSid,
    tell: UnboundedSender<Told>,
}

/// What a stream's job is told.
enum Told {
    /// A key was pressed.
    Digit(char),
    /// The sound before a mark was heard.
    Mark(String),
}

/// A stream with all that its job needs.
struct Job {
    house: Arc<House>,
    media: Media,
    order: StreamOrder,
    id: u64,
    audio: u64,
    writer: StreamWriter,
    told: UnboundedReceiver<Told>,
}

impl Streams {
    /// Opens a stream of a leg's audio; how that goes is told to the exchange.
    pub(super) fn open(&mut self, house: &Arc<House>, media: &Media, order: StreamOrder, ids: (u64, u64)) {
        let (id, audio) = ids;
        // Those that their applications have closed are not told anything any more.
        self.open.retain(|_, open| !open.tell.is_closed());
        let (tell, told) = unbounded_channel();
        self.open.insert(order.stream, Open { id, leg: order.leg, tell });
        let writer = StreamWriter::new(house.account, order.leg, order.stream);
        let job = Job { house: Arc::clone(house), media: media.clone(), order, id, audio, writer, told };
        tokio::spawn(job.run());
    }

    /// Closes a stream; its job says farewell to the application.
    pub(super) fn close(&mut self, stream: StreamSid) {
        self.open.remove(&stream);
    }

    /// Tells the streams of a leg that a key was pressed.
    pub(super) fn press(&self, leg: CallSid, digit: char) {
        for open in self.open.values().filter(|open| open.leg == leg) {
            // A job that has just ended hears nothing any more.
            let _ = open.tell.send(Told::Digit(digit));
        }
    }

    /// Tells a stream that a mark was reached.
    pub(super) fn reach(&self, id: u64, mark: String) {
        if let Some(open) = self.open.values().find(|open| open.id == id) {
            // A job that has just ended hears nothing any more.
            let _ = open.tell.send(Told::Mark(mark));
        }
    }
}

impl Job {
    async fn run(mut self) {
        let error = match self.house.webhooks().open_socket(&self.order.url).await {
            Ok(mut socket) => {
                let served = self.serve(&mut socket).await;
                self.media.close_stream(self.id);
                socket.close().await;
                served.err()
            }
            Err(failure) => Some(failure),
        };
        let error = error.map(|failure| failure.to_string());
        if let Some(error) = &error {
            tracing::warn!(call = %self.order.leg, stream = %self.order.stream, error, "a stream ends early");
        }
        self.house.switchboard.tell(Event::StreamEnded { stream: self.order.stream, error }).await;
    }

    /// Passes sound, keys and marks on until one side closes the stream.
    async fn serve(&mut self, socket: &mut Socket) -> Result<(), Failure> {
        let tracks = tracks(self.order.track);
        socket.send(self.writer.connected()).await?;
        socket.send(self.writer.start(tracks, &self.order.parameters)).await?;
        let (send, mut frames) = unbounded_channel();
        self.media.open_stream(
            self.id,
            self.audio,
            track(self.order.track),
            self.order.is_bidirectional,
            send,
        );
        self.house.switchboard.tell(Event::StreamStarted { stream: self.order.stream }).await;
        loop {
            let text = tokio::select! {
                Some(frame) = frames.recv() => self.write(&frame),
                told = self.told.recv() => match told {
                    Some(Told::Mark(name)) => self.writer.mark(&name),
                    Some(Told::Digit(digit)) if self.order.is_bidirectional => self.writer.digit(digit),
                    Some(Told::Digit(_)) => continue,
                    None => return socket.send(self.writer.stop()).await,
                },
                received = socket.receive() => match received? {
                    Some(text) => {
                        self.take(&text);
                        continue;
                    }
                    None => return Ok(()),
                },
            };
            socket.send(text).await?;
        }
    }

    fn write(&mut self, frame: &StreamFrame) -> String {
        let track = match frame.track {
            media::Track::Outbound => StreamTrack::Outbound,
            media::Track::Inbound | media::Track::Both => StreamTrack::Inbound,
        };
        self.writer.sound(track, &frame.mu_law)
    }

    /// Takes what an application says; only who is connected is heard.
    fn take(&self, text: &str) {
        match FromStream::read(text) {
            Ok(_) if !self.order.is_bidirectional => {}
            Ok(FromStream::Sound(mu_law)) => self.media.feed(self.id, mu_law),
            Ok(FromStream::Mark(name)) => self.media.mark(self.id, &name),
            Ok(FromStream::Clear) => self.media.clear(self.id),
            Err(reason) => {
                tracing::warn!(stream = %self.order.stream, reason, "a stream's application says something odd");
            }
        }
    }
}

fn tracks(track: Track) -> &'static [StreamTrack] {
    match track {
        Track::Inbound => &[StreamTrack::Inbound],
        Track::Outbound => &[StreamTrack::Outbound],
        Track::Both => &[StreamTrack::Inbound, StreamTrack::Outbound],
    }
}

fn track(track: Track) -> media::Track {
    match track {
        Track::Inbound => media::Track::Inbound,
        Track::Outbound => media::Track::Outbound,
        Track::Both => media::Track::Both,
    }
}
