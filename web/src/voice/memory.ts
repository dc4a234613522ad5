import type { PhoneCall } from "./state.ts";

/** How long a page waits for the one before it to be gone. */
const HANDOVER_MS = 1000;

/**
 * What pages remember of their call, so that one that is loaded anew, or closed and opened again, returns to it.
 *
 * The page that is in the call holds a lock, which goes with the page: no other page takes its call.
 */
export class CallMemory {
  #release: (() => void) | undefined;

  constructor(private readonly name: string) {}

  /** Returns the call of a page that is gone; none while it is still there. */
  async recall(): Promise<PhoneCall | undefined> {
    const text = localStorage.getItem(this.name);
    if (!text || !(await this.#lock())) return undefined;
    return JSON.parse(text) as PhoneCall;
  }

  /** Keeps a call that can be returned to; when this page is in none, it is forgotten. */
  keep(call: PhoneCall | undefined): void {
    if (call?.reconnect && call.since) {
      localStorage.setItem(this.name, JSON.stringify(call));
      if (!this.#release) void this.#lock();
    } else if (this.#release && !call) {
      localStorage.removeItem(this.name);
      this.#release();
      this.#release = undefined;
    }
  }

  /** Tells whether the lock was free, and holds it until the call is over or the page is gone. */
  #lock(): Promise<boolean> {
    return new Promise((answer) => {
      const hold = () =>
        new Promise<void>((release) => {
          this.#release = release;
          answer(true);
        });
      // Without locks there is no microphone either: this page is neither https nor local.
      const locked = navigator.locks?.request(this.name, { signal: AbortSignal.timeout(HANDOVER_MS) }, hold);
      locked?.catch(() => answer(false));
      if (!locked) answer(false);
    });
  }
}
