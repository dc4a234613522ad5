//! How much of a core listeners of hold music and bridged calls take, over real sockets of the loopback.
//!
//! `cargo bench -p media [-- LISTENERS CALLS]`, 0 leaves one out. Only the media threads' time is counted; what they
//! send ends in a socket that nobody reads, but for the few legs by which the pacing is measured. Where `rtpengine`
//! is installed, it carries the same in the same run.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench: real time, and it reports"
)]

mod load;
mod rtpengine;

use load::{Talk, Timer, measure, offer, sink_or_timer};
use media::{Config, Kind, Media, Onto, Source, Wishes};
use rtpengine::Rtpengine;

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (listeners, calls) = match numbers[..] {
        [listeners, calls, ..] => (listeners, calls),
        _ => (5_000, 800),
    };
    if listeners > 0 {
        println!("{listeners} listeners of hold music: {}", listeners_of_hold_music(listeners));
    }
    if calls > 0 {
        println!("{calls} bridged G.711 calls: {}", bridged_calls(calls));
    }
    let Some(peer) = Rtpengine::start() else {
        println!("left out: rtpengine is not installed");
        return;
    };
    if calls > 0 {
        println!("{calls} bridged G.711 calls, rtpengine: {}", peer.bridged_calls(calls));
    }
    if listeners > 0 {
        // Each takes four ports of it.
        let listeners = listeners.min(1_000);
        println!("{listeners} listeners of a recording, rtpengine: {}", peer.listeners(listeners));
    }
}

fn listeners_of_hold_music(listeners: u64) -> load::Figures {
    let (media, _events) = Media::start(Config::default()).unwrap();
    let (sink, timer) = (Timer::socket(), Timer::start());
    for leg in 1..=listeners {
        let to = sink_or_timer(leg, listeners, &sink, &timer);
        media.answer(leg, Kind::Rtp, &offer(to), &Wishes::default()).unwrap();
        media.play(leg, Onto::Leg(leg), Source::HoldMusic, 0);
    }
    let figures = measure(timer, || load::seconds(std::process::id(), "media"));
    media.shutdown();
    figures
}

fn bridged_calls(calls: u64) -> load::Figures {
    let (media, _events) = Media::start(Config::default()).unwrap();
    let (sink, timer) = (Timer::socket(), Timer::start());
    let mut targets = vec![];
    for leg in 1..=2 * calls {
        let to = sink_or_timer(leg, 2 * calls, &sink, &timer);
        let answer = media.answer(leg, Kind::Rtp, &offer(to), &Wishes::default()).unwrap();
        targets.push(load::port_of(&answer));
        if leg % 2 == 0 {
            media.connect(leg - 1, leg);
        }
    }
    let talk = Talk::start(targets, &timer);
    let figures = measure(timer, || load::seconds(std::process::id(), "media"));
    talk.stop();
    media.shutdown();
    figures
}
