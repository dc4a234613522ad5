/** Measures how loud a stream is. */
export class Meter {
  readonly #context = new AudioContext();
  readonly #analyser = this.#context.createAnalyser();
  readonly #samples = new Float32Array(this.#analyser.fftSize);

  constructor(stream: MediaStream) {
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    void this.#context.resume();
  }

  /** Returns the loudness of the last moment, from 0 to 1 as an ear takes it. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    const decibels = 10 * Math.log10(power || 1e-12);
    return Math.min(Math.max((decibels + 60) / 60, 0), 1);
  }

  close(): void {
    void this.#context.close();
  }
}
