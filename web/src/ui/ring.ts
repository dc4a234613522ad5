import { useEffect } from "react";

/** A ring is two short chords, a major third apart, and a pause. */
const CHORDS = [
  [659.25, 830.61],
  [830.61, 987.77],
];
const CHORD_SECS = 0.22;
const LOUDNESS = 0.12;
const EVERY_MS = 2600;

/** Rings for as long as it is wanted; a browser that wants a click before any sound stays silent until then. */
export function useRing(isWanted: boolean): void {
  useEffect(() => {
    if (!isWanted) return;
    const context = new AudioContext();
    const ring = () => {
      if (context.state === "running") playOnce(context);
      else void context.resume().catch(() => undefined);
    };
    ring();
    const timer = window.setInterval(ring, EVERY_MS);
    return () => {
      window.clearInterval(timer);
      void context.close();
    };
  }, [isWanted]);
}

/** Says shortly that something was written. */
export function chime(): void {
  const context = new AudioContext();
  if (context.state === "running") playTone(context, 987.77, context.currentTime);
  window.setTimeout(() => void context.close(), 1000);
}

function playOnce(context: AudioContext): void {
  for (const [at, chord] of CHORDS.entries()) {
    for (const pitch of chord) playTone(context, pitch, context.currentTime + at * CHORD_SECS);
  }
}

function playTone(context: AudioContext, pitch: number, at: number): void {
  const tone = new OscillatorNode(context, { type: "sine", frequency: pitch });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + CHORD_SECS * 1.6);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + CHORD_SECS * 1.7);
}
