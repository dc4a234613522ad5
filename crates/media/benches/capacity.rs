//! How much one core carries of listeners of hold music, and two of bridged calls, over real sockets of the loopback.
//!
//! `cargo bench -p media [-- LISTENERS CALLS]`, 0 leaves one out. Only the media threads' time is counted; what it sends ends in a socket
//! that nobody reads, but for the few legs by which the pacing is measured.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench: real time, and it reports"
)]

use std::net::UdpSocket;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use media::{Config, Kind, Media, Onto, Source, Wishes};

const SECONDS: u64 = 10;
const FRAME: Duration = Duration::from_millis(20);
/// Legs whose packets are timed.
const TIMED_LEGS: u64 = 8;

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (listeners, calls) = match numbers[..] {
        [listeners, calls, ..] => (listeners, calls),
        _ => (5_000, 800),
    };
    if listeners > 0 {
        println!("{listeners} listeners of hold music, one thread: {}", listeners_of_hold_music(listeners));
    }
    if calls > 0 {
        println!("{calls} bridged G.711 calls, two threads: {}", bridged_calls(calls));
    }
}

fn threads(threads: usize) -> Config {
    Config { threads: NonZeroUsize::new(threads).unwrap(), ..Config::default() }
}

fn listeners_of_hold_music(listeners: u64) -> Figures {
    let (media, _events) = Media::start(threads(1)).unwrap();
    let (sink, timer) = (Timer::socket(), Timer::start());
    for leg in 1..=listeners {
        // Legs from the beginning, the middle and the end of a frame are timed.
        let is_timed = leg % (listeners / TIMED_LEGS).max(1) == 0;
        let to = if is_timed { timer.port } else { sink.local_addr().unwrap().port() };
        media.answer(leg, Kind::Rtp, &offer(to), &Wishes::default()).unwrap();
        media.play(leg, Onto::Leg(leg), Source::HoldMusic, 0);
    }
    let figures = measure(timer);
    media.shutdown();
    figures
}

fn bridged_calls(calls: u64) -> Figures {
    let (media, _events) = Media::start(threads(2)).unwrap();
    let (sink, timer) = (Timer::socket(), Timer::start());
    let mut targets = vec![];
    for leg in 1..=2 * calls {
        let is_timed = leg % (2 * calls / TIMED_LEGS).max(1) == 0;
        let to = if is_timed { timer.port } else { sink.local_addr().unwrap().port() };
        let answer = media.answer(leg, Kind::Rtp, &offer(to), &Wishes::default()).unwrap();
        targets.push(answer.split("m=audio ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap());
        if leg % 2 == 0 {
            media.connect(leg - 1, leg);
        }
    }
    let stop = Arc::new(AtomicBool::new(false));
    let talkers = talk(targets, timer.socket.try_clone().unwrap(), Arc::clone(&stop));
    let figures = measure(timer);
    stop.store(true, Ordering::Relaxed);
    talkers.join().unwrap();
    media.shutdown();
    figures
}

/// Sends every leg a packet a frame. All come from the timer's port, so that the legs latch to it.
fn talk(ports: Vec<u16>, socket: UdpSocket, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    let speak = move || {
        let start = Instant::now();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for frame in 0u32.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let mut packet = vec![0x80, 0, (frame >> 8) as u8, frame as u8];
            packet.extend((frame * 160).to_be_bytes());
            packet.extend([1, 2, 3, 4]);
            packet.resize(172, 0x55);
            for (index, port) in ports.iter().enumerate() {
                let is_timed = (index as u64 + 1).is_multiple_of((ports.len() as u64 / TIMED_LEGS).max(1));
                let from = if is_timed { &socket } else { &sender };
                let _ = from.send_to(&packet, ("127.0.0.1", *port));
            }
            std::thread::sleep((start + FRAME * (frame + 1)).saturating_duration_since(Instant::now()));
        }
    };
    std::thread::spawn(speak)
}

/// What was measured.
struct Figures {
    core_share: f64,
    packets: usize,
    p50: Duration,
    p99: Duration,
    worst: Duration,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { core_share, packets, p50, p99, worst } = self;
        let core = core_share * 100.0;
        write!(
            f,
            "{core:.0} % of a core; pacing error p50 {p50:.1?}, p99 {p99:.1?}, worst {worst:.1?} ({packets} packets)"
        )
    }
}

fn measure(timer: Timer) -> Figures {
    // Let the legs settle: jitter buffers fill, caches warm.
    std::thread::sleep(Duration::from_secs(2));
    timer.times();
    let (before, start) = (media_seconds(), Instant::now());
    std::thread::sleep(Duration::from_secs(SECONDS));
    let core_share = (media_seconds() - before) / start.elapsed().as_secs_f64();
    let mut errors = timer.errors();
    errors.sort();
    let at = |share: f64| errors[((errors.len() - 1) as f64 * share) as usize];
    Figures { core_share, packets: errors.len(), p50: at(0.5), p99: at(0.99), worst: at(1.0) }
}

/// Returns the processor time of the threads named `media`, in seconds (Linux).
fn media_seconds() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let ticks_of = |stat: String| {
        let (head, rest) = stat.rsplit_once(')')?;
        let fields: Vec<u64> = rest.split_whitespace().filter_map(|field| field.parse().ok()).collect();
        // Behind the state: parent, group, … with user and system time at 10 and 11.
        head.ends_with("(media").then(|| fields[10] + fields[11])
    };
    let stats = tasks.filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")).ok());
    stats.filter_map(ticks_of).sum::<u64>() as f64 / 100.0
}

/// Notes when packets come.
struct Timer {
    port: u16,
    socket: UdpSocket,
    times: std::sync::mpsc::Receiver<(u32, Instant)>,
}

impl Timer {
    fn socket() -> UdpSocket {
        UdpSocket::bind("127.0.0.1:0").unwrap()
    }

    fn start() -> Self {
        let socket = Self::socket();
        let (noted, times) = std::sync::mpsc::channel();
        let reader = socket.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 2_000];
            while let Ok(len) = reader.recv(&mut buffer) {
                let ssrc = u32::from_be_bytes([buffer[8], buffer[9], buffer[10], buffer[11]]);
                let is_rtp = len == 172;
                if is_rtp && noted.send((ssrc, Instant::now())).is_err() {
                    return;
                }
            }
        });
        Self { port: socket.local_addr().unwrap().port(), socket, times }
    }

    fn times(&self) -> Vec<(u32, Instant)> {
        self.times.try_iter().collect()
    }

    /// Returns by how much each packet missed its place on its leg's schedule, whose phase is the median.
    fn errors(&self) -> Vec<Duration> {
        let mut legs: std::collections::BTreeMap<u32, Vec<Instant>> = Default::default();
        self.times().into_iter().for_each(|(ssrc, at)| legs.entry(ssrc).or_default().push(at));
        legs.into_values().flat_map(|times| misses(&times)).collect()
    }
}

fn misses(times: &[Instant]) -> Vec<Duration> {
    let offset = |(n, at): (usize, &Instant)| (*at - times[0]).as_secs_f64() - n as f64 * FRAME.as_secs_f64();
    let offsets: Vec<f64> = times.iter().enumerate().map(offset).collect();
    let mut sorted = offsets.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    offsets.iter().map(|offset| Duration::from_secs_f64((offset - median).abs())).collect()
}

fn offer(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtcp-mux\r\n"
    )
}
