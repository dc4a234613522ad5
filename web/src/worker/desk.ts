import { AccessTokens } from "../api/access-token.ts";
import { postJson } from "../api/http.ts";
import { ReconnectingSocket, socketAddress } from "../api/reconnecting.ts";
import type { WorkerChange } from "./state.ts";
import {
  type Activity,
  attributesOf,
  type ReservationShape,
  type Target,
  type Task,
  type Worker,
} from "./types.ts";

const PATH = "/event-bridge/v1/wschannels";

/** The server shows a sign of life every 15 seconds. */
const SILENCE_MS = 30_000;

interface Token {
  token: string;
  expires: string;
  worker_sid: string;
  workspace_sid: string;
}

export type Tokens = AccessTokens<Token>;

/** Makes the source of a logged-in person's access tokens. */
export function agentTokens(): Tokens {
  return new AccessTokens<Token>("/v1/tokens");
}

/** A worker's desk: what happens comes in by a socket, what the worker does goes out by requests. */
export class Desk {
  constructor(private readonly tokens: Tokens) {}

  /** Tells what happens from now on, until the returned function is called. */
  follow(tell: (change: WorkerChange) => void): () => void {
    const socket = new ReconnectingSocket({
      silenceMs: SILENCE_MS,
      address: async () => `${socketAddress(PATH)}?token=${(await this.tokens.get()).token}`,
      onOpen: () => tell({ kind: "link", link: "connecting" }),
      onDrop: () => tell({ kind: "link", link: "dropped" }),
      onText: (text) => {
        if (!text.trim()) return;
        const { event_type: name, payload } = JSON.parse(text);
        if (name === "init") void this.#look(tell, () => socket.restart());
        else tell({ kind: "event", name, payload, now: Date.now() });
      },
    });
    return () => socket.close();
  }

  setActivity(sid: string): Promise<void> {
    return this.#ofWorker("POST", "", { ActivitySid: sid });
  }

  accept(reservation: string): Promise<void> {
    return this.#answer(reservation, { ReservationStatus: "accepted" });
  }

  /** Has the server call this worker's phone, and bring the caller in once it is answered. */
  acceptCall(reservation: string): Promise<void> {
    return this.#answer(reservation, {
      Instruction: "conference",
      Beep: "false",
      EndConferenceOnExit: "true",
      EndConferenceOnCustomerExit: "true",
    });
  }

  reject(reservation: string): Promise<void> {
    return this.#answer(reservation, { ReservationStatus: "rejected" });
  }

  wrapUp(reservation: string): Promise<void> {
    return this.#answer(reservation, { ReservationStatus: "wrapping" });
  }

  /** Puts the customer of a call on hold, or takes the customer off it. */
  hold(task: string, isOnHold: boolean): Promise<void> {
    return this.#ofWorker("POST", "/CustomerParticipant", { TaskSid: task, Hold: String(isOnHold) });
  }

  /** Says whether the call ends when this worker leaves it. */
  endsWithMe(reservation: string, doesEnd: boolean): Promise<void> {
    const params = { ReservationSid: reservation, EndConferenceOnExit: String(doesEnd) };
    return this.#ofWorker("POST", "/WorkerParticipant", params);
  }

  /** Hands a task on to a worker or a queue. */
  transfer(task: string, reservation: string, to: string, mode: "COLD" | "WARM"): Promise<void> {
    const params = { TaskSid: task, ReservationSid: reservation, To: to, Mode: mode };
    return this.#ofWorker("POST", "/Transfers", params);
  }

  callOff(task: string, transfer: string): Promise<void> {
    const params = { TaskSid: task, TransferStatus: "canceled" };
    return this.#ofWorker("POST", `/Transfers/${transfer}`, params);
  }

  /** Lists to whom a task can be handed on: colleagues who are there first, then queues, then the others. */
  async targets(): Promise<Target[]> {
    const { worker_sid: own } = await this.tokens.get();
    const [workers, queues] = await Promise.all([
      this.#send<{ contents: Worker[] }>("GET", "Workers"),
      this.#send<{ contents: { sid: string; friendly_name: string }[] }>("GET", "TaskQueues"),
    ]);
    const colleagues = workers.contents.filter((it) => it.sid !== own);
    const targets: Target[] = [
      ...colleagues.map(({ sid, friendly_name: name, activity_name: activity, available }) => {
        return { sid, name, kind: "worker" as const, activity, available };
      }),
      ...queues.contents.map(({ sid, friendly_name: name }) => {
        return { sid, name, kind: "queue" as const, available: true };
      }),
    ];
    return targets.sort((a, b) => Number(b.available) - Number(a.available));
  }

  /** Keeps a note and an outcome with the task, if there are any, and completes it. */
  async complete(task: string, note: string, outcome: string): Promise<void> {
    const path = `Tasks/${task}`;
    if (note || outcome) {
      const attributes = attributesOf(await this.#send<Task>("GET", path));
      const kept = { ...(note && { content: note }), ...(outcome && { outcome }) };
      const conversations = { ...(attributes.conversations as object), ...kept };
      await this.#send("POST", path, { Attributes: JSON.stringify({ ...attributes, conversations }) });
    }
    await this.#send("POST", path, { AssignmentStatus: "completed", Reason: "completed by the agent" });
  }

  async #look(tell: (change: WorkerChange) => void, again: () => void): Promise<void> {
    try {
      const [worker, activities, reservations] = await Promise.all([
        this.#ofWorker<Worker>("GET", ""),
        this.#send<{ contents: Activity[] }>("GET", "Activities"),
        this.#ofWorker<{ contents: ReservationShape[] }>("GET", "/Reservations"),
      ]);
      const seen = { worker, activities: activities.contents, reservations: reservations.contents };
      tell({ kind: "snapshot", ...seen, now: Date.now() });
    } catch {
      again();
    }
  }

  #answer(reservation: string, params: Record<string, string>): Promise<void> {
    return this.#ofWorker("POST", `/Reservations/${reservation}`, params);
  }

  async #ofWorker<T>(method: string, below: string, params?: Record<string, string>): Promise<T> {
    const { worker_sid } = await this.tokens.get();
    return this.#send(method, `Workers/${worker_sid}${below}`, params);
  }

  async #send<T>(method: string, path: string, params: Record<string, string> = {}): Promise<T> {
    const { token, workspace_sid } = await this.tokens.get();
    const url = `Workspaces/${workspace_sid}/${path}`;
    const { payload } = await postJson<{ payload: T }>(PATH, { url, method, params, token });
    return payload;
  }
}
