import { wordsOf } from "../api/http.ts";
import { ReconnectingSocket, socketAddress } from "../api/reconnecting.ts";
import {
  type Answered,
  type Ended,
  HEARTBEAT,
  type Invite,
  parametersOf,
  read,
  type Said,
  type Told,
  write,
} from "./frames.ts";
import { Line } from "./line.ts";
import type { CallMemory } from "./memory.ts";
import { type PhoneChange, type PhoneState, reduce, SILENT } from "./state.ts";

/** The server shows a sign of life every 5 seconds. */
const SILENCE_MS = 15_000;

/** How long the server keeps a call whose phone dropped. */
const RECONNECT_SECS = 30;

const TOO_LATE = "The call ended before this page was back in it.";

export interface SoftphoneOptions {
  token(): Promise<{ token: string }>;
  /** Whether calls may come in. */
  isCalled: boolean;
  /** Says which calls are answered at once. */
  answersAtOnce?(parameters: Record<string, string>): boolean;
  /** By which the page finds its call again when it is loaded anew. */
  memory: CallMemory;
}

/** A phone in the page: one call at a time, by the server's signalling socket. */
export class Softphone {
  #state: PhoneState = SILENT;
  #line: Line | undefined;
  #invite: Invite | undefined;
  #socket: ReconnectingSocket | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(private readonly options: SoftphoneOptions) {}

  /** Connects, until the returned function is called. */
  readonly start = (): (() => void) => {
    let token = "";
    const remembered = this.options.memory.recall();
    if (remembered) this.#change({ kind: "remembered", call: remembered });
    const socket = new ReconnectingSocket({
      silenceMs: SILENCE_MS,
      address: async () => {
        token = (await this.options.token()).token;
        return socketAddress("/signal");
      },
      onOpen: () => this.#say({ type: "listen", payload: { token, reconnectTimeout: RECONNECT_SECS } }),
      onText: (text) => this.#hear(text),
      onDrop: () => this.#change({ kind: "link", link: "dropped" }),
    });
    this.#socket = socket;
    return () => {
      this.hangUp();
      socket.close();
    };
  };

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly state = (): PhoneState => this.#state;

  /** The audio of the call, for level meters. */
  get line(): Line | undefined {
    return this.#line;
  }

  async call(to: string): Promise<void> {
    const callsid = `TJS${crypto.randomUUID()}`;
    this.#change({ kind: "dialled", sid: callsid, other: to });
    await this.#withLine(async (line) => {
      const params = new URLSearchParams({ To: to }).toString();
      this.#say({ type: "invite", payload: { callsid, sdp: await line.offer(), twilio: { params } } });
    });
  }

  /** Answers the call that comes in. */
  async answer(): Promise<void> {
    const invite = this.#invite;
    if (!invite) return;
    await this.#withLine(async (line) => {
      const sdp = await line.answerTo(invite.sdp);
      this.#say({ type: "answer", payload: { callsid: invite.callsid, sdp } });
      this.#change({ kind: "answered", sid: invite.callsid, now: Date.now() });
    });
  }

  reject(): void {
    if (this.#invite) this.#say({ type: "reject", payload: { callsid: this.#invite.callsid } });
    this.#end();
  }

  hangUp(): void {
    if (!this.#state.call) return;
    this.#say({ type: "hangup", payload: { callsid: this.#state.call.sid } });
    this.#end();
  }

  mute(isMuted: boolean): void {
    this.#line?.mute(isMuted);
    this.#change({ kind: "muted", isMuted });
  }

  press(keys: string): void {
    const { call } = this.#state;
    if (!call || this.#line?.press(keys)) return;
    this.#say({ type: "dtmf", payload: { callsid: call.sid, dtmf: keys } });
  }

  #hear(text: string): void {
    if (!text.trim()) {
      this.#socket?.send(HEARTBEAT);
      return;
    }
    const told = read(text);
    if (told) this.#take(told);
  }

  #take(told: Told): void {
    switch (told.type) {
      case "connected":
        this.#connected();
        break;
      case "ready":
        this.#change({ kind: "link", link: "ready" });
        break;
      case "ringing":
        this.#change({ kind: "rang", sid: told.payload.callsid });
        this.#takeAnswer(told.payload.sdp);
        break;
      case "answer":
        this.#answered(told.payload);
        break;
      case "invite":
        this.#invited(told.payload);
        break;
      case "cancel":
      case "hangup":
      case "error":
        this.#ended(told.payload);
        break;
      case "offline":
        break;
    }
  }

  #answered({ callsid: sid, sdp, reconnect }: Answered): void {
    this.#change({ kind: "answered", sid, reconnect, now: Date.now() });
    this.#takeAnswer(sdp);
  }

  #connected(): void {
    if (this.options.isCalled) this.#say({ type: "register", payload: { media: { audio: true } } });
    else this.#change({ kind: "link", link: "ready" });
    const { call } = this.#state;
    if (!call?.reconnect) return;
    const { sid, reconnect } = call;
    if (call.stage === "talking") void this.#comeBack(sid, reconnect, this.#line);
    if (call.stage === "returning") void this.#withLine((line) => this.#comeBack(sid, reconnect, line));
  }

  /** Takes up a call again whose socket had dropped, or whose page was loaded anew. */
  async #comeBack(callsid: string, reconnect: string, line: Line | undefined): Promise<void> {
    const sdp = await line?.offer();
    if (sdp) this.#say({ type: "invite", payload: { callsid, sdp, reconnect, twilio: {} } });
  }

  #invited(invite: Invite): void {
    if (this.#state.call) {
      this.#say({ type: "reject", payload: { callsid: invite.callsid } });
      return;
    }
    const parameters = parametersOf(invite);
    const other = invite.parameters.From ?? "unknown";
    this.#invite = invite;
    this.#change({ kind: "invited", sid: invite.callsid, other, parameters, reconnect: invite.reconnect });
    if (this.options.answersAtOnce?.(parameters)) void this.answer();
  }

  #ended({ callsid, error }: Ended): void {
    const { call } = this.#state;
    // What is said of an earlier call says nothing of this one, which may not know its SID yet.
    if (call && callsid && callsid !== call.sid && call.stage !== "dialling") return;
    const isTooLate = call?.stage === "returning";
    this.#end(isTooLate ? TOO_LATE : error && `${error.message} (${error.code})`);
  }

  #takeAnswer(sdp: string | undefined): void {
    if (sdp) this.#line?.takeAnswer(sdp).catch((error) => this.#fail(error));
  }

  /** Opens the call's audio and does something with it; whatever fails ends the call. */
  async #withLine(begin: (line: Line) => Promise<void>): Promise<void> {
    const sid = this.#state.call?.sid;
    try {
      const line = await Line.open();
      // The call may have ended while the browser asked for the microphone.
      if (this.#state.call?.sid !== sid) return line.close();
      this.#line?.close();
      this.#line = line;
      await begin(line);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const { call } = this.#state;
    const type = call?.stage === "incoming" ? "reject" : "hangup";
    if (call) this.#say({ type, payload: { callsid: call.sid } });
    this.#end(wordsOf(error));
  }

  #end(problem?: string): void {
    this.#line?.close();
    this.#line = undefined;
    this.#invite = undefined;
    this.#change({ kind: "ended", problem });
  }

  #say(said: Said): void {
    this.#socket?.send(write(said));
  }

  #change(change: PhoneChange): void {
    this.#state = reduce(this.#state, change);
    this.options.memory.keep(this.#state.call);
    for (const watcher of this.#watchers) watcher();
  }
}
