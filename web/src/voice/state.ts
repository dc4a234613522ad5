/** The phone as a page shows it. */
export interface PhoneState {
  link: "connecting" | "ready" | "dropped";
  call?: PhoneCall;
  /** Why the last call or attempt failed, in words. */
  problem?: string;
}

export interface PhoneCall {
  /** The call's SID, or this phone's own name for it until that is known. */
  sid: string;
  stage: "dialling" | "ringing" | "incoming" | "talking" | "returning";
  /** Who is on the other side. */
  other: string;
  parameters: Record<string, string>;
  isMuted: boolean;
  /** When talking began, in milliseconds since 1970. */
  since?: number;
  /** What lets this phone back into the call. */
  reconnect?: string;
}

export type PhoneChange =
  | { kind: "link"; link: PhoneState["link"] }
  | { kind: "dialled"; sid: string; other: string }
  | { kind: "invited"; sid: string; other: string; parameters: Record<string, string>; reconnect: string }
  | { kind: "rang"; sid: string }
  | { kind: "answered"; sid: string; reconnect?: string; now: number }
  | { kind: "remembered"; call: PhoneCall }
  | { kind: "muted"; isMuted: boolean }
  | { kind: "ended"; problem?: string };

export const SILENT: PhoneState = { link: "connecting" };

/** Returns the phone after a change. */
export function reduce(state: PhoneState, change: PhoneChange): PhoneState {
  const { call } = state;
  switch (change.kind) {
    case "link":
      return { ...state, link: change.link };
    case "dialled":
      return { ...state, problem: undefined, call: { ...fresh(change), stage: "dialling" } };
    case "invited": {
      const { parameters, reconnect } = change;
      const invited: PhoneCall = { ...fresh(change), stage: "incoming", parameters, reconnect };
      return { ...state, problem: undefined, call: invited };
    }
    case "rang":
      return call ? { ...state, call: { ...call, sid: change.sid, stage: "ringing" } } : state;
    case "answered": {
      if (!call) return state;
      const reconnect = change.reconnect ?? call.reconnect;
      const since = call.since ?? change.now;
      return { ...state, call: { ...call, sid: change.sid, stage: "talking", since, reconnect } };
    }
    case "remembered":
      return { ...state, call: { ...change.call, stage: "returning", isMuted: false } };
    case "muted":
      return call ? { ...state, call: { ...call, isMuted: change.isMuted } } : state;
    case "ended":
      return { ...state, call: undefined, problem: change.problem };
  }
}

function fresh({ sid, other }: { sid: string; other: string }) {
  return { sid, other, parameters: {}, isMuted: false };
}
