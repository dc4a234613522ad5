//! The same carried by rtpengine in user space, asked by its NG protocol: a cookie and a bencoded dictionary by UDP.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::load::{Figures, Talk, Timer, measure, offer, port_of, seconds, sink_or_timer};

const CONTROL: &str = "127.0.0.1:22322";
/// A minute of something to listen to, 8 kHz and mono as calls have it.
const RECORDING: &str = "rtpengine-bench.wav";

/// A running rtpengine, which ends when this is dropped.
pub(crate) struct Rtpengine {
    process: Child,
    control: UdpSocket,
}

impl Rtpengine {
    /// Starts it, where it is installed.
    pub(crate) fn start() -> Option<Self> {
        let process = Command::new("rtpengine")
            .args(["--interface=127.0.0.1", "--foreground", "--table=-1", "--log-level=3", "--log-stderr"])
            .args(["--port-min=40000", "--port-max=60000", "--num-threads=2"])
            .arg(format!("--listen-ng={CONTROL}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let control = UdpSocket::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        control.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let peer = Self { process, control };
        while peer.ask("ping", &[("command", "ping")]).is_none() {}
        Some(peer)
    }

    /// Joins two legs a call, and everybody talks.
    pub(crate) fn bridged_calls(&self, calls: u64) -> Figures {
        let (sink, timer) = (Timer::socket(), Timer::start());
        let mut targets = vec![];
        for call in 1..=calls {
            let legs = [2 * call - 1, 2 * call].map(|leg| sink_or_timer(leg, 2 * calls, &sink, &timer));
            targets.extend(self.join(&format!("bridge-{call}"), legs));
        }
        let talk = Talk::start(targets, &timer);
        let figures = measure(timer, || seconds(self.process.id(), ""));
        talk.stop();
        figures
    }

    /// Plays a recording to one leg of each of so many calls.
    pub(crate) fn listeners(&self, listeners: u64) -> Figures {
        let (sink, timer) = (Timer::socket(), Timer::start());
        let recording = std::env::temp_dir().join(RECORDING);
        std::fs::File::create(&recording).unwrap().write_all(&wav(60 * 8_000)).unwrap();
        for call in 1..=listeners {
            let name = format!("listener-{call}");
            let to = sink_or_timer(call, listeners, &sink, &timer);
            self.join(&name, [to, sink.local_addr().unwrap().port()]);
            let play = [
                ("call-id", &*name),
                ("command", "play media"),
                ("file", recording.to_str().unwrap()),
                ("from-tag", "caller"),
            ];
            let played = self.ask(&format!("play-{name}"), &play).expect("rtpengine answers");
            assert!(played.contains("2:ok"), "{played}");
        }
        let figures = measure(timer, || seconds(self.process.id(), ""));
        std::fs::remove_file(recording).unwrap();
        figures
    }

    /// Makes a call of two legs that are sent to these ports; returns where both of them talk to.
    fn join(&self, call: &str, [caller, called]: [u16; 2]) -> [u16; 2] {
        let (caller, called) = (offer(caller), offer(called));
        let offered = [("call-id", call), ("command", "offer"), ("from-tag", "caller"), ("sdp", &caller)];
        let for_called = self.ask(&format!("offer-{call}"), &offered).expect("rtpengine answers");
        let answered = [
            ("call-id", call),
            ("command", "answer"),
            ("from-tag", "caller"),
            ("sdp", &called),
            ("to-tag", "called"),
        ];
        let for_caller = self.ask(&format!("answer-{call}"), &answered).expect("rtpengine answers");
        [port_of(&for_caller), port_of(&for_called)]
    }

    /// Asks for something, its words in the order of the alphabet; returns the answer, or nothing where none comes.
    fn ask(&self, cookie: &str, words: &[(&str, &str)]) -> Option<String> {
        let text: String = words.iter().map(|(name, value)| string(name) + &string(value)).collect();
        self.control.send_to(format!("{cookie} d{text}e").as_bytes(), CONTROL).ok()?;
        let mut buffer = [0; 4_000];
        let length = self.control.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }
}

impl Drop for Rtpengine {
    fn drop(&mut self) {
        // One that has ended already is no failure of the bench.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn string(text: &str) -> String {
    format!("{}:{text}", text.len())
}

/// Returns a WAV file of so many samples of a tone.
fn wav(samples: u32) -> Vec<u8> {
    let bytes = samples * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend([16, 0, 0, 0, 1, 0, 1, 0]);
    file.extend(8_000u32.to_le_bytes());
    file.extend(16_000u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    let tone = |n: u32| (f64::from(n) * 440.0 * std::f64::consts::TAU / 8_000.0).sin() * 8_000.0;
    file.extend((0..samples).flat_map(|n| (tone(n) as i16).to_le_bytes()));
    file
}
