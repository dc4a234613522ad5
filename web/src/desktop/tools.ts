import type { Talks } from "../conversation/state.ts";
import type { TalkActs } from "../conversation/use-conversations.ts";
import type { Softphone } from "../voice/softphone.ts";
import type { PhoneState } from "../voice/state.ts";
import type { Desk } from "../worker/desk.ts";
import type { Work } from "../worker/state.ts";
import { conversationOf, isCall } from "../worker/types.ts";

/** All that a piece of work is done with. */
export interface Tools {
  desk: Desk;
  phone: Softphone;
  phoneState: PhoneState;
  talks: Talks;
  acts: TalkActs;
  /** Accepts a call that this page's phone answers by itself. */
  acceptCall: (reservation: string) => Promise<void>;
  /** Shows a piece of work. */
  choose: (reservation: string) => void;
  /** Does something; what fails is told, and is answered with false. */
  attempt: (act: () => Promise<void>) => Promise<boolean>;
}

export interface WorkProps {
  work: Work;
  tools: Tools;
}

/** What a piece of work is: a call, a conversation, or some other task. */
export type Kind = "call" | "conversation" | "task";

export function kindOf(work: Work): Kind {
  if (isCall(work.task)) return "call";
  return conversationOf(work.task) ? "conversation" : "task";
}
