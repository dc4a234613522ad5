/** A WebSocket that comes back: what it needs to open, and whom it tells. */
export interface Wishes {
  /** Returns the address, asked for before every attempt. */
  address(): Promise<string>;
  /** Says whether the socket may be used. */
  onOpen(socket: WebSocket): void;
  onText(text: string): void;
  onDrop(): void;
  /** The longest silence that is no failure. */
  silenceMs: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** Returns how long to wait before an attempt, the first of which is number 0. */
export function waitBefore(attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
}

/** Keeps a WebSocket open until it is closed by `close`. */
export class ReconnectingSocket {
  #socket: WebSocket | undefined;
  #attempt = 0;
  #retry: number | undefined;
  #silence: number | undefined;
  #isClosed = false;

  constructor(private readonly wishes: Wishes) {
    void this.#connect();
  }

  /** Sends a text, and tells whether there was a connection to send it by. */
  send(text: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** Drops the connection, so that it is made anew. */
  restart(): void {
    this.#socket?.close();
  }

  close(): void {
    this.#isClosed = true;
    window.clearTimeout(this.#retry);
    window.clearTimeout(this.#silence);
    this.#socket?.close();
  }

  async #connect(): Promise<void> {
    try {
      const address = await this.wishes.address();
      if (this.#isClosed) return;
      this.#open(new WebSocket(address));
    } catch {
      this.#dropped();
    }
  }

  #open(socket: WebSocket): void {
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempt = 0;
      this.#heard();
      this.wishes.onOpen(socket);
    };
    socket.onmessage = (message) => {
      this.#heard();
      this.wishes.onText(String(message.data));
    };
    socket.onclose = () => this.#dropped();
  }

  #heard(): void {
    window.clearTimeout(this.#silence);
    this.#silence = window.setTimeout(() => this.#socket?.close(), this.wishes.silenceMs);
  }

  #dropped(): void {
    window.clearTimeout(this.#silence);
    if (this.#isClosed) return;
    this.wishes.onDrop();
    this.#retry = window.setTimeout(() => void this.#connect(), waitBefore(this.#attempt));
    this.#attempt += 1;
  }
}

/** Returns the address of a WebSocket on the server that this page comes from. */
export function socketAddress(path: string): string {
  return window.location.origin.replace(/^http/, "ws") + path;
}
