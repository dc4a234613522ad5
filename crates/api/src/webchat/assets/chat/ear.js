/** Hears what happens: by WebSocket, by server-sent events where that does not pass; comes back by itself. */
class Ear {
  constructor(session, onFrame, onState) {
    Object.assign(this, { session, onFrame, onState, last: null, failures: 0, isOff: true, opened: false });
  }
  start() {
    this.isOff = false;
    this.connect();
  }
  stop() {
    this.isOff = true;
    this.drop();
  }
  drop() {
    clearTimeout(this.timer);
    const line = this.line;
    this.line = null;
    line?.close();
  }
  /** Comes back at once, where the page knows that the network does. */
  hurry() {
    if (!this.isOff && !this.isUp) {
      this.drop();
      this.connect();
    }
  }
  connect() {
    const isSocket = this.opened || this.failures < 2;
    const url = this.session.url(this.session.own(isSocket ? "socket" : "events"));
    url.searchParams.set("token", this.session.saved.token);
    if (this.last !== null) url.searchParams.set("after", this.last);
    if (isSocket) url.protocol = url.protocol.replace("http", "ws");
    const line = isSocket ? new WebSocket(url) : new EventSource(url);
    this.line = line;
    const gone = () => {
      if (this.line !== line) return;
      this.drop();
      this.isUp = false;
      if (this.isOff) return;
      if (this.failures) this.onState(false);
      const pause = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)];
      this.timer = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
    };
    const alive = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(gone, SILENCE_MS);
    };
    line.onopen = () => {
      if (isSocket) this.opened = true;
      this.isUp = true;
      this.failures = 0;
      this.onState(true);
      alive();
    };
    line.onclose = line.onerror = gone;
    line.onmessage = ({ data }) => {
      if (this.line !== line) return;
      alive();
      const frame = JSON.parse(data);
      if (frame.message) this.last = Math.max(this.last ?? -1, frame.message.index);
      this.onFrame(frame);
    };
  }
}
