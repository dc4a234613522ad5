//! What the tests over sockets share: a media server with its events, and ears.

use std::cell::RefCell;
use std::f32::consts::TAU;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::{Clip, Config, Event, Media};
use tokio::sync::mpsc::UnboundedReceiver;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A media server with its events.
pub(crate) struct Side {
    pub(crate) media: Media,
    pub(crate) events: RefCell<UnboundedReceiver<Event>>,
}

impl Side {
    pub(crate) fn start() -> Self {
        // More threads than most tests have legs, so that whoever talks has to come together.
        let config = Config { threads: NonZeroUsize::new(3).unwrap(), ..Config::default() };
        let (media, events) = Media::start(config).unwrap();
        Self { media, events: events.into() }
    }

    /// Waits for an event; those before it are forgotten.
    pub(crate) fn saw(&self, is_it: impl Fn(&Event) -> bool) -> bool {
        wait(|| self.events.borrow_mut().try_recv().ok().filter(|event| is_it(event)))
    }
}

/// Asks again and again until there is something.
pub(crate) fn wait<T>(mut poll: impl FnMut() -> Option<T>) -> bool {
    let start = Instant::now();
    while start.elapsed() < TIMEOUT {
        if poll().is_some() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

pub(crate) fn tone(hertz: f32, ms: usize) -> Arc<Clip> {
    let wave = |at| (8_000.0 * (TAU * hertz * at as f32 / 8_000.0).sin()) as i16;
    Arc::new(Clip::from_samples(&(0..ms * 8).map(wave).collect::<Vec<_>>(), 8_000))
}

/// Tells whether most of the power is at one frequency.
pub(crate) fn has_tone(samples: &[i16], hertz: f32) -> bool {
    let (mut sine, mut cosine, mut energy) = (0.0, 0.0, 0.0);
    for (at, &sample) in samples.iter().enumerate() {
        let angle = TAU * hertz * at as f32 / 8_000.0;
        sine += f32::from(sample) * angle.sin();
        cosine += f32::from(sample) * angle.cos();
        energy += f32::from(sample).powi(2);
    }
    let share = 2.0 * (sine * sine + cosine * cosine) / (samples.len() as f32 * energy.max(1.0));
    energy / samples.len() as f32 > 100_000.0 && share > 0.7
}

/// ITU-T G.711, µ-law.
pub(crate) fn linear(code: u8) -> i16 {
    let code = !code;
    let magnitude = (((i32::from(code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
    if code & 0x80 == 0 { magnitude as i16 } else { -magnitude as i16 }
}
