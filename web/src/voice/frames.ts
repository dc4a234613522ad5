/** The frames of the signalling socket: what this phone says, and what it is told. */

export type Said =
  | { type: "listen"; payload: { token: string; reconnectTimeout: number } }
  | { type: "register"; payload: { media: { audio: boolean } } }
  | {
      type: "invite";
      payload: { callsid: string; sdp: string; twilio: { params?: string }; reconnect?: string };
    }
  | { type: "answer"; payload: { callsid: string; sdp: string } }
  | { type: "reject" | "hangup"; payload: { callsid: string } }
  | { type: "dtmf"; payload: { callsid: string; dtmf: string } };

export interface Failure {
  code: number;
  message: string;
}

export type Told =
  | { type: "connected"; payload: { token: { identity: string } } }
  | { type: "ready" | "offline"; payload: object }
  | { type: "ringing"; payload: { callsid: string; sdp?: string } }
  | { type: "answer"; payload: Answered }
  | { type: "invite"; payload: Invite }
  | { type: "cancel" | "hangup" | "error"; payload: Ended };

export interface Answered {
  callsid: string;
  sdp?: string;
  reconnect?: string;
}

/** How a call ended; an error without a call is about the phone itself. */
export interface Ended {
  callsid?: string;
  error?: Failure;
}

export interface Invite {
  callsid: string;
  sdp: string;
  reconnect: string;
  parameters: { From?: string; To?: string; Params?: string };
}

/** The sign of life, which is sent back as it came. */
export const HEARTBEAT = "\n";

export function write(said: Said): string {
  return JSON.stringify({ version: "1.6", ...said });
}

/** Reads a frame; what is not one is none. */
export function read(text: string): Told | undefined {
  try {
    return JSON.parse(text) as Told;
  } catch {
    return undefined;
  }
}

/** Returns the parameters that whoever placed a call sent along. */
export function parametersOf(invite: Invite): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(invite.parameters.Params ?? ""));
}
