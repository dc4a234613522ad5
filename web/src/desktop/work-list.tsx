import { CircleCheck, Mail, MessageSquare, Phone } from "lucide-react";

import { unread } from "../conversation/state.ts";
import type { MessageShape } from "../conversation/types.ts";
import { minutesAndSeconds, useNow } from "../ui/clock.ts";
import type { Work } from "../worker/state.ts";
import { contactOf, conversationOf } from "../worker/types.ts";
import { kindOf, type Tools } from "./tools.ts";

interface Props {
  work: Work[];
  chosen: string | undefined;
  onChoose: (reservation: string) => void;
  tools: Tools;
}

const ICONS = { call: Phone, conversation: MessageSquare, task: Mail };

/** Everything that waits for the agent or is worked on; the keys 1 to 9 choose. */
export function WorkList({ work, chosen, onChoose, tools }: Props) {
  const now = useNow();
  return (
    <nav
      aria-label="Your work"
      className="border-line bg-raised max-md:border-b md:w-72 md:shrink-0 md:overflow-y-auto md:border-e"
    >
      <ul className="flex gap-2 p-2 max-md:overflow-x-auto md:flex-col">
        {work.map((it, at) => (
          <li key={it.reservation} className="max-md:w-56 max-md:shrink-0">
            <Item
              work={it}
              at={at}
              isChosen={it.reservation === chosen}
              onChoose={() => onChoose(it.reservation)}
              count={unread(tools.talks[conversationOf(it.task) ?? ""])}
              status={statusOf(it, tools, now)}
            />
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface ItemProps {
  work: Work;
  at: number;
  isChosen: boolean;
  count: number;
  status: string;
  onChoose: () => void;
}

function Item({ work, at, isChosen, count, status, onChoose }: ItemProps) {
  const Icon = work.status === "wrapping" ? CircleCheck : ICONS[kindOf(work)];
  const isOffer = work.status === "pending";
  const look = isChosen ? "border-accent bg-accent/10" : "border-transparent hover:bg-shade";
  return (
    <button
      type="button"
      aria-current={isChosen}
      aria-keyshortcuts={at < 9 ? String(at + 1) : undefined}
      onClick={onChoose}
      className={`flex w-full cursor-pointer items-center gap-3 rounded-lg border px-3 py-2.5 text-start ${look} ${isOffer ? "ring-2 ring-warn" : ""}`}
    >
      <Icon aria-hidden="true" className={`size-5 shrink-0 ${isOffer ? "text-warn" : "text-accent"}`} />
      <span className="min-w-0 grow">
        <span className="block truncate font-medium">{contactOf(work.task)}</span>
        <span className="block truncate text-sm text-quiet tabular-nums">{status}</span>
      </span>
      {count > 0 && (
        <span className="min-w-6 rounded-full bg-accent px-1.5 py-0.5 text-center text-xs font-semibold text-on-accent">
          {count}
          <span className="sr-only"> unread</span>
        </span>
      )}
    </button>
  );
}

function statusOf(work: Work, { phoneState, talks }: Tools, now: number): string {
  if (work.status === "pending") return `Waits: ${minutesAndSeconds(work.deadline - now)} left`;
  if (work.status === "wrapping") return `Wrap-up, ${minutesAndSeconds(now - work.since)}`;
  if (work.outgoing) return "Being handed on …";
  const { call } = phoneState;
  if (call?.parameters.ReservationSid === work.reservation) {
    return call.since ? `Call, ${minutesAndSeconds(now - call.since)}` : "Connecting …";
  }
  const last = talks[conversationOf(work.task) ?? ""]?.thread?.messages.at(-1);
  return last ? (last.body ?? fileOf(last)) : kindOf(work) === "call" ? "Not in the call" : "In work";
}

/** Names what a message without text brings. */
function fileOf({ media }: MessageShape): string {
  return `File: ${media?.[0]?.filename ?? "without a name"}`;
}
