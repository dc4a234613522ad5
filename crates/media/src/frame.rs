//! Twenty milliseconds of one voice: the unit in which everything inside is counted.

/// Length of a frame, and with it of the schedule, in milliseconds.
pub(crate) const FRAME_MS: u64 = 20;

/// Sample rates inside: the files and the codecs of other rates are brought to one of these at the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rate {
    /// 8 kHz: G.711 and recordings.
    Narrow,
    /// 16 kHz: G.722 and Opus.
    Wide,
}

impl Rate {
    /// Returns the samples of one frame.
    pub(crate) fn samples(self) -> usize {
        match self {
            Self::Narrow => 160,
            Self::Wide => 320,
        }
    }

    /// Returns the samples of one second.
    pub(crate) fn hertz(self) -> u32 {
        match self {
            Self::Narrow => 8_000,
            Self::Wide => 16_000,
        }
    }
}

/// Twenty milliseconds of linear PCM, on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    rate: Rate,
    samples: [i16; 320],
}

impl Frame {
    /// Returns a frame of silence.
    pub(crate) fn silence(rate: Rate) -> Self {
        Self { rate, samples: [0; 320] }
    }

    /// Returns the frame that begins with `samples`; what is missing is silence, what is over is left out.
    pub(crate) fn of(rate: Rate, samples: &[i16]) -> Self {
        let mut frame = Self::silence(rate);
        let len = samples.len().min(rate.samples());
        frame.samples[..len].copy_from_slice(&samples[..len]);
        frame
    }

    /// Returns the rate at which the samples were taken.
    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }

    /// Returns the samples.
    pub(crate) fn samples(&self) -> &[i16] {
        &self.samples[..self.rate.samples()]
    }

    /// Returns the samples to be changed.
    pub(crate) fn samples_mut(&mut self) -> &mut [i16] {
        &mut self.samples[..self.rate.samples()]
    }

    /// Adds another frame of the same rate; what is too loud stays at the edge.
    pub(crate) fn add(&mut self, other: &Self) {
        for (sample, added) in self.samples_mut().iter_mut().zip(other.samples()) {
            *sample = sample.saturating_add(*added);
        }
    }

    /// Returns the mean power of the samples, relative to full scale, in decibels; silence is -100.
    pub(crate) fn level_db(&self) -> f32 {
        let sum: i64 = self.samples().iter().map(|&sample| i64::from(sample) * i64::from(sample)).sum();
        let mean = sum as f32 / self.rate.samples() as f32;
        10.0 * (mean / (32_768.0 * 32_768.0)).max(1e-10).log10()
    }
}
