//! A media thread: commands, browsers' datagrams, and every 20 ms a frame of everything, by an absolute schedule.
//!
//! The schedules of the threads are staggered: however many legs there are, their packets leave in many small bursts.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};

use crate::clock;
use crate::command::Command;
use crate::desk::{Desk, Luggage};
use crate::frame::FRAME_MS;
use crate::media::Circle;
use crate::stream::Stream;
use crate::transport::Transport;
use crate::transport::rtp::RtpTransport;
use crate::transport::webrtc::{Browser, Browsers, Doors};

/// From one frame to the next.
pub(crate) const FRAME: Duration = Duration::from_millis(FRAME_MS);
/// Frames that are made up for after a delay; a longer one (a machine that slept) is left out.
const CATCH_UP_FRAMES_MAX: u32 = 5;
/// Sockets of legs are registered by leg id; these are not.
pub(crate) const WAKER: Token = Token(usize::MAX);
const UDP_DOOR: Token = Token(usize::MAX - 1);
const TCP_DOOR: Token = Token(usize::MAX - 2);

/// What the thread works with.
pub(crate) struct MediaThread {
    commands: mpsc::Receiver<Command>,
    /// Legs that are on their way here; commands wait behind them, so that their order is kept.
    arrival: Option<mpsc::Receiver<Luggage>>,
    desk: Desk,
    browsers: Browsers,
    /// Wakes the thread: commands and browsers.
    waking: Poll,
    /// Tells at each frame which legs have packets; never waited for.
    rtp: Poll,
    ready: Events,
    due: Instant,
}

impl MediaThread {
    /// Prepares the thread's work, its frames later than others' by `stagger`; the handle's waker wakes `waking`.
    pub(crate) fn new(
        desk: Desk,
        commands: mpsc::Receiver<Command>,
        waking: Poll,
        mut doors: Doors,
        stagger: Duration,
    ) -> std::io::Result<Self> {
        doors.register(waking.registry(), UDP_DOOR, TCP_DOOR)?;
        Ok(Self {
            commands,
            arrival: None,
            desk,
            browsers: Browsers::new(doors),
            waking,
            rtp: Poll::new()?,
            ready: Events::with_capacity(4_096),
            due: clock::now() + FRAME + stagger,
        })
    }

    /// Works until the handle is gone or shuts it down.
    pub(crate) fn run(mut self) {
        self.work();
        self.desk.stop_recordings();
    }

    fn work(&mut self) {
        let mut woken = Events::with_capacity(64);
        loop {
            // 1. Commands, before the frame that they are to change.
            if !self.obey() {
                return;
            }
            // 2. Browsers: handshakes want quick answers.
            let now = clock::now();
            self.browsers.receive(now);
            // 3. The frame that is due.
            if now >= self.due {
                self.frame(now);
                continue;
            }
            // 4. Rest until a frame is due or something comes.
            if let Err(error) = self.rest(now, &mut woken).or_else(unless_interrupted) {
                tracing::error!(%error, "media stops: the poll failed");
                return;
            }
            self.answer_the_door(&mut woken);
        }
    }

    /// Who has no legs rests until something comes. The poll counts whole milliseconds, so the last part of one is
    /// slept.
    fn rest(&mut self, now: Instant, woken: &mut Events) -> std::io::Result<()> {
        if self.desk.is_idle() && self.browsers.is_idle() {
            let result = self.waking.poll(woken, None);
            self.due = next_due(self.due, clock::now());
            return result;
        }
        let rest = self.due - now;
        match rest.as_millis() {
            _ if self.browsers.is_awake() => {}
            0 => std::thread::sleep(rest),
            whole => self.waking.poll(woken, Some(Duration::from_millis(whole as u64)))?,
        }
        Ok(())
    }

    /// Lets in who has connected, and notes which connections there is something of.
    fn answer_the_door(&mut self, woken: &mut Events) {
        for event in woken.iter() {
            match event.token() {
                // Commands and datagrams are looked for at each turn.
                WAKER | UDP_DOOR => {}
                TCP_DOOR => self.browsers.accept(clock::now()),
                connection => self.browsers.wake(connection),
            }
        }
        woken.clear();
    }

    /// Carries out all commands that wait; false when there will be no more.
    fn obey(&mut self) -> bool {
        loop {
            if !self.has_all_arrived() {
                return true;
            }
            match self.commands.try_recv() {
                Ok(Command::Shutdown) | Err(mpsc::TryRecvError::Disconnected) => return false,
                Ok(command) => self.execute(command),
                Err(mpsc::TryRecvError::Empty) => return true,
            }
        }
    }

    /// Takes in the legs that are on their way here, if they have come.
    fn has_all_arrived(&mut self) -> bool {
        match self.arrival.as_ref().map(mpsc::Receiver::try_recv) {
            Some(Err(mpsc::TryRecvError::Empty)) => return false,
            Some(Ok(luggage)) => self.take_in(luggage),
            // A thread that ended has sent nothing, and what it had ended with it.
            Some(Err(mpsc::TryRecvError::Disconnected)) | None => {}
        }
        self.arrival = None;
        true
    }

    fn frame(&mut self, now: Instant) {
        self.note_ready();
        self.browsers.handle_time(now);
        self.desk.tick(now);
        self.due += FRAME;
        if now > self.due + FRAME * CATCH_UP_FRAMES_MAX {
            tracing::warn!(
                late_ms = (now - self.due).as_millis() as u64,
                "media was held up and skips frames"
            );
            self.due = next_due(self.due, now);
        }
    }

    /// Notes which legs have packets.
    fn note_ready(&mut self) {
        loop {
            let polled = self.rtp.poll(&mut self.ready, Some(Duration::ZERO));
            for event in &self.ready {
                if let Some(leg) = self.desk.legs.get_mut(&(event.token().0 as u64)) {
                    leg.transport.wake();
                }
            }
            if polled.is_err() || self.ready.iter().count() < self.ready.capacity() {
                return;
            }
        }
    }

    fn execute(&mut self, command: Command) {
        let desk = &mut self.desk;
        match command {
            Command::OpenRtp { leg, socket, agreement } => self.open_rtp(leg, socket, agreement),
            Command::OpenWebRtc { leg, browser } => self.open_webrtc(leg, *browser),
            Command::ReplaceWebRtc { leg, browser } => self.browsers.replace(leg, *browser, clock::now()),
            Command::Agree { leg, agreement } => desk.agree(leg, agreement),
            Command::Renegotiate { leg, offer, reply } => {
                let _ = reply.send(self.renegotiate(leg, &offer));
            }
            Command::Close { leg } => self.close(leg),
            Command::Play { playback, onto, clip, loops } => desk.play(playback, onto, clip, loops),
            Command::Stop { playback } => desk.stop(playback),
            Command::SendDigits { leg, digits, playback } => desk.send_digits(leg, &digits, playback),
            Command::Connect { leg, other } => desk.connect(leg, other),
            Command::Disconnect { leg, other } => desk.disconnect(leg, other),
            Command::Join { mixer, leg, member } => desk.join(mixer, leg, member),
            Command::Leave { mixer, leg } => desk.leave(mixer, leg),
            Command::Listen { leg, silence_ms } => desk.listen(leg, silence_ms),
            Command::Detect { leg, detection } => desk.detect(leg, detection),
            Command::Record { recording, of, options } => desk.record(recording, of, options),
            Command::PauseRecording { recording, pause } => desk.pause_recording(recording, pause),
            Command::StopRecording { recording } => desk.stop_recording(recording),
            Command::OpenStream { stream, leg, track, is_heard, frames } => {
                desk.open_stream(stream, Stream::new(leg, track, is_heard, frames));
            }
            Command::Feed { stream, mu_law } => desk.feed_stream(stream, &mu_law),
            Command::Mark { stream, name } => desk.mark_stream(stream, name),
            Command::Clear { stream } => desk.clear_stream(stream),
            Command::CloseStream { stream } => desk.close_stream(stream),
            Command::Depart { circle, luggage, waker } => {
                let _ = luggage.send(self.depart(&circle));
                let _ = waker.wake();
            }
            Command::Await { arrival } => self.arrival = Some(arrival),
            // Ends the loop that calls this.
            Command::Shutdown => {}
        }
    }

    fn open_rtp(&mut self, leg: u64, socket: UdpSocket, agreement: Option<crate::agreement::Agreement>) {
        let now = clock::now();
        let mut transport = RtpTransport::new(socket, now);
        agreement.into_iter().for_each(|agreement| transport.agree(agreement));
        self.watch(leg, &mut transport);
        self.desk.open(leg, Box::new(transport), now);
    }

    /// Has the poll tell when packets come for a leg.
    fn watch(&self, leg: u64, transport: &mut dyn Transport) {
        let Some(socket) = transport.socket() else { return };
        let watched = self.rtp.registry().register(socket, Token(leg as usize), Interest::READABLE);
        if let Err(error) = watched {
            tracing::error!(leg, %error, "the leg hears nothing: its socket can not be polled");
        }
    }

    fn depart(&mut self, circle: &Circle) -> Luggage {
        let mut luggage = self.desk.pack(circle);
        for leg in luggage.legs.values_mut() {
            // A socket that was never watched needs no farewell.
            let _ = leg.transport.socket().map(|socket| self.rtp.registry().deregister(socket));
        }
        luggage
    }

    /// Packets that came on the way are noted by hand: nobody was told of them.
    fn take_in(&mut self, mut luggage: Luggage) {
        for (id, leg) in &mut luggage.legs {
            self.watch(*id, leg.transport.as_mut());
            leg.transport.wake();
        }
        self.desk.unpack(luggage);
    }

    fn open_webrtc(&mut self, leg: u64, browser: Browser) {
        let now = clock::now();
        let transport = self.browsers.add(leg, browser, now);
        self.desk.open(leg, Box::new(transport), now);
    }

    fn renegotiate(&mut self, leg: u64, offer: &str) -> Result<String, crate::SdpError> {
        let peer = self.browsers.get(leg).ok_or(crate::SdpError::UnknownLeg(leg))?;
        peer.lock().renegotiate(offer)
    }

    fn close(&mut self, leg: u64) {
        self.desk.close(leg);
        self.browsers.remove(leg);
    }
}

/// Returns when the next frame is due behind those that are left out: the schedule stays staggered.
fn next_due(due: Instant, now: Instant) -> Instant {
    let late = now.saturating_duration_since(due);
    due + FRAME * late.as_nanos().div_ceil(FRAME.as_nanos()) as u32
}

fn unless_interrupted(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::Interrupted { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_are_left_out_leave_the_schedule_as_it_was() {
        let due = clock::now();
        let next = |late_ms: u64| next_due(due, due + Duration::from_millis(late_ms)) - due;
        assert_eq!(
            [0, 1, 20, 21, 3_599_999].map(next),
            [0, 20, 20, 40, 3_600_000].map(Duration::from_millis)
        );
        assert_eq!(next_due(due + FRAME, due), due + FRAME);
    }
}
