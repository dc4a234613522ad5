//! The load of a bench of media: talkers, a few packets of which are timed, and what is reported of it.

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const SECONDS: u64 = 10;
const FRAME: Duration = Duration::from_millis(20);
/// Legs whose packets are timed.
const TIMED_LEGS: u64 = 8;

/// Tells whether the packets of a leg, counted from 1, are timed: some from the beginning, the middle and the end.
fn is_timed(leg: u64, legs: u64) -> bool {
    leg.is_multiple_of((legs / TIMED_LEGS).max(1))
}

/// Returns where a leg, counted from 1, sends to.
pub(crate) fn sink_or_timer(leg: u64, legs: u64, sink: &UdpSocket, timer: &Timer) -> u16 {
    if is_timed(leg, legs) { timer.port } else { sink.local_addr().unwrap().port() }
}

/// Returns an offer of G.711 to be sent to a port of the loopback.
pub(crate) fn offer(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp-mux\r\n"
    )
}

/// Returns the port of the audio in a description.
pub(crate) fn port_of(description: &str) -> u16 {
    description.split("m=audio ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
}

/// Returns the processor time that the threads of a process took whose names begin like this, in seconds (Linux).
///
/// The scheduler's own count: what is sampled by ticks is wrong of threads that wake at the same pace.
pub(crate) fn seconds(process: u32, name: &str) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let nanoseconds = threads.filter_map(|thread| {
        let thread = thread.ok()?.path();
        let is_one = std::fs::read_to_string(thread.join("comm")).ok()?.starts_with(name);
        let spent = std::fs::read_to_string(thread.join("schedstat")).ok()?;
        spent.split(' ').next()?.parse::<u64>().ok().filter(|_| is_one)
    });
    nanoseconds.sum::<u64>() as f64 / 1e9
}

/// Everybody talks until this stops.
pub(crate) struct Talk {
    stop: Arc<AtomicBool>,
    talkers: JoinHandle<()>,
}

impl Talk {
    /// Sends every port a packet a frame; what is timed comes from the timer's port, so that its legs latch to it.
    pub(crate) fn start(ports: Vec<u16>, timer: &Timer) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (socket, is_over) = (timer.socket.try_clone().unwrap(), Arc::clone(&stop));
        Self { stop, talkers: std::thread::spawn(move || speak(&ports, &socket, &is_over)) }
    }

    pub(crate) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.talkers.join().unwrap();
    }
}

fn speak(ports: &[u16], timed: &UdpSocket, is_over: &AtomicBool) {
    let start = Instant::now();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for frame in 0u32.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        for (leg, port) in (1..).zip(ports) {
            let from = if is_timed(leg, ports.len() as u64) { timed } else { &sender };
            let _ = from.send_to(&packet(frame, leg as u32), ("127.0.0.1", *port));
        }
        std::thread::sleep((start + FRAME * (frame + 1)).saturating_duration_since(Instant::now()));
    }
}

fn packet(frame: u32, source: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 0, (frame >> 8) as u8, frame as u8];
    packet.extend((frame * 160).to_be_bytes());
    packet.extend(source.to_be_bytes());
    packet.resize(172, 0x55);
    packet
}

/// What was measured.
pub(crate) struct Figures {
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

/// Measures for a while; `spent` tells how much processor time went into it so far, in seconds.
pub(crate) fn measure(timer: Timer, spent: impl Fn() -> f64) -> Figures {
    // Let the legs settle: jitter buffers fill, caches warm.
    std::thread::sleep(Duration::from_secs(2));
    timer.times();
    let (before, start) = (spent(), Instant::now());
    std::thread::sleep(Duration::from_secs(SECONDS));
    let core_share = (spent() - before) / start.elapsed().as_secs_f64();
    let mut errors = timer.errors();
    errors.sort();
    let at = |share: f64| errors[((errors.len() - 1) as f64 * share) as usize];
    Figures { core_share, packets: errors.len(), p50: at(0.5), p99: at(0.99), worst: at(1.0) }
}

/// Notes when packets come.
pub(crate) struct Timer {
    port: u16,
    socket: UdpSocket,
    times: std::sync::mpsc::Receiver<(u32, Instant)>,
}

impl Timer {
    pub(crate) fn socket() -> UdpSocket {
        UdpSocket::bind("127.0.0.1:0").unwrap()
    }

    pub(crate) fn start() -> Self {
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
        let mut legs: BTreeMap<u32, Vec<Instant>> = BTreeMap::new();
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
