"""Sound as numbers: tones made, and tones found in what was heard."""

import array
import math
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

RATE = 8000


def write_tone(path: Path, hertz: int, *, seconds: int, rate: int = RATE, pauses: bool = False) -> None:
    """Writes a tone as a WAV file; with pauses, it sounds for one second of four, as somebody who speaks."""
    one_second, silence = tone_frames(hertz, rate), bytes(2 * rate)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for second in range(seconds):
            file.writeframes(silence if pauses and second % 4 != 3 else one_second)


def write_sound(path: Path, samples: list[int]) -> None:
    """Writes samples as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", samples).tobytes())


def tone_frames(hertz: int, rate: int = RATE) -> bytes:
    """Returns a second of a tone as 16-bit samples."""
    step = 2 * math.pi * hertz / rate
    return array.array("h", (int(9000 * math.sin(step * at)) for at in range(rate))).tobytes()


@dataclass
class Sound:
    """What was heard, 8,000 samples a second."""

    samples: array.array

    @classmethod
    def read(cls, path: Path) -> "Sound":
        """Reads a WAV file, even one whose length was not written yet."""
        return cls.of(path.read_bytes())

    @classmethod
    def of(cls, file: bytes, *, channel: int = 0) -> "Sound":
        """Reads one channel of the bytes of a WAV file of 16-bit samples."""
        body = file[file.index(b"data") + 8 :]
        channels, rate = struct.unpack("<HI", file[22:28])
        samples = array.array("h")
        samples.frombytes(body[: len(body) // (2 * channels) * (2 * channels)])
        return cls(samples[channel :: channels * (rate // RATE)])

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / RATE

    def share(self, hertz: int, *, start: float = 0.0, end: float | None = None) -> float:
        """How much of the sound's energy between two times is this tone: 0 to 1."""
        part = self.samples[int(start * RATE) : None if end is None else int(end * RATE)]
        energy = sum(sample * sample for sample in part)
        if not part or energy == 0:
            return 0.0
        step = 2 * math.pi * hertz / RATE
        real = sum(sample * math.cos(step * at) for at, sample in enumerate(part))
        imaginary = sum(sample * math.sin(step * at) for at, sample in enumerate(part))
        return 2 * (real * real + imaginary * imaginary) / (len(part) * energy)

    def best_share(self, hertz: int, *, window: float = 0.5) -> float:
        """The greatest share that a tone has in any window of the sound."""
        starts = [at * window for at in range(int(self.seconds / window))]
        return max((self.share(hertz, start=start, end=start + window) for start in starts), default=0.0)

    def loudness(self, start: float = 0.0, end: float | None = None) -> float:
        """The root of the mean square of the samples between two times."""
        part = self.samples[int(start * RATE) : None if end is None else int(end * RATE)]
        return math.sqrt(sum(sample * sample for sample in part) / len(part)) if part else 0.0


def from_mu_law(data: bytes) -> Sound:
    """Returns what bytes of G.711 µ-law sound like."""

    def sample(byte: int) -> int:
        inverted = ~byte & 0xFF
        magnitude = ((((inverted & 0x0F) << 3) + 0x84) << (inverted >> 4 & 7)) - 0x84
        return -magnitude if inverted & 0x80 else magnitude

    return Sound(array.array("h", map(sample, data)))


def to_mu_law(samples: array.array) -> bytes:
    """Returns samples as G.711 µ-law."""

    def byte(sample: int) -> int:
        magnitude = min(abs(sample), 32_635) + 0x84
        exponent = magnitude.bit_length() - 8
        code = exponent << 4 | magnitude >> (exponent + 3) & 0x0F
        return ~(code | (0x80 if sample < 0 else 0)) & 0xFF

    return bytes(map(byte, samples))
