import { Check, CheckCheck, CircleAlert, Paperclip, StickyNote } from "lucide-react";
import { useEffect, useRef } from "react";

import { useNow } from "../ui/clock.ts";
import { mediumAddress } from "./client.ts";
import { type Sending, type Talk, typists } from "./state.ts";
import {
  type MediumShape,
  type MessageShape,
  type NoteShape,
  nameOf,
  type Progress,
  progressOf,
  type Thread as Shape,
  sideOf,
} from "./types.ts";

const LOOKS = {
  own: "self-end bg-accent text-on-accent",
  colleague: "self-end border border-accent/40 bg-accent/10",
  customer: "self-start border border-line bg-raised",
  system: "self-center border border-dashed border-line text-quiet",
};

const PROGRESS: Record<Progress, [string, typeof Check]> = {
  failed: ["Not delivered", CircleAlert],
  read: ["Read", CheckCheck],
  delivered: ["Delivered", CheckCheck],
  sent: ["Sent", Check],
};

interface Props {
  talk: Talk;
  onAgain?: (sending: Sending) => void;
  onDiscard?: (key: string) => void;
}

/** What was written, oldest first, with notes where they were made; it stays at its end unless somebody reads above. */
export function Thread({ talk, onAgain, onDiscard }: Props) {
  const { thread, sending } = talk;
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const typing = typists(talk, useNow());
  const length =
    (thread?.messages.length ?? 0) + (thread?.notes.length ?? 0) + sending.length + typing.length;
  const isOpen = thread !== undefined;
  useEffect(() => {
    if (length > 0 && isAtEnd.current) toEnd(list.current);
  }, [length]);
  useEffect(() => {
    // A window that gets smaller, and pictures that come, leave less room.
    const sizes = new ResizeObserver(() => isAtEnd.current && toEnd(list.current));
    for (const it of isOpen ? [list.current, list.current?.firstElementChild] : []) if (it) sizes.observe(it);
    return () => sizes.disconnect();
  }, [isOpen]);
  if (!thread) return <p className="py-8 text-center text-quiet">Opening the conversation …</p>;
  return (
    <div
      ref={list}
      onScroll={({ currentTarget: it }) => {
        isAtEnd.current = it.scrollHeight - it.scrollTop - it.clientHeight < 40;
      }}
      className="min-h-24 grow overflow-y-auto max-md:max-h-[50dvh] rounded-xl border border-line bg-shade p-3"
    >
      <ol aria-live="polite" aria-label="Messages" className="flex flex-col gap-2">
        {inOrder(thread).map((it) =>
          "index" in it ? (
            <Bubble key={it.sid} thread={thread} message={it} />
          ) : (
            <Note key={it.date + it.body} note={it} />
          ),
        )}
        {sending.map((it) => (
          <Waiting key={it.key} sending={it} onAgain={onAgain} onDiscard={onDiscard} />
        ))}
      </ol>
      {typing.length > 0 && (
        <p className="mt-2 text-sm text-quiet">
          {typing.map((who) => nameOf(thread, who)).join(", ")} types …
        </p>
      )}
    </div>
  );
}

const toEnd = (list: HTMLElement | null) => list?.scrollTo({ top: list.scrollHeight });

/** A message on its way, or one that was not taken. */
function Waiting({ sending, onAgain, onDiscard }: { sending: Sending } & Omit<Props, "talk">) {
  const { key, body, file, share, problem } = sending;
  return (
    <li className="flex max-w-[85%] flex-col items-end gap-1 self-end">
      <p
        dir="auto"
        className="rounded-2xl bg-accent px-4 py-2 break-words whitespace-pre-wrap text-on-accent opacity-60"
      >
        {file && <Paperclip aria-hidden="true" className="me-2 inline size-4" />}
        {body}
      </p>
      {file && !problem && (
        <progress value={share ?? 0} aria-label={`Sending ${body}`} className="h-1.5 w-40 accent-accent" />
      )}
      {problem ? (
        <p role="alert" className="text-sm text-bad">
          {problem}{" "}
          <button type="button" className="cursor-pointer underline" onClick={() => onAgain?.(sending)}>
            Send again
          </button>{" "}
          <button type="button" className="cursor-pointer underline" onClick={() => onDiscard?.(key)}>
            Discard
          </button>
        </p>
      ) : (
        <p className="text-xs text-quiet">Sending …</p>
      )}
    </li>
  );
}

function Bubble({ thread, message }: { thread: Shape; message: MessageShape }) {
  const side = sideOf(thread, message.author);
  const [word, Icon] = PROGRESS[progressOf(thread, message)];
  return (
    <li className={`flex max-w-[85%] flex-col gap-1 rounded-2xl px-4 py-2 ${LOOKS[side]}`}>
      {message.body && (
        <p dir="auto" className="break-words whitespace-pre-wrap">
          {message.body}
        </p>
      )}
      {message.media?.map((medium) => (
        <Attachment key={medium.sid} thread={thread} medium={medium} />
      ))}
      <p className="flex items-center gap-1.5 text-xs opacity-75">
        <bdi>{side === "own" ? "You" : nameOf(thread, message.author)}</bdi>
        <time dateTime={message.date_created}>{clockTime(message.date_created)}</time>
        {side === "own" && (
          <span title={word}>
            <Icon aria-hidden="true" className="size-3.5" />
            <span className="sr-only">{word}</span>
          </span>
        )}
      </p>
    </li>
  );
}

/** Pictures that run nothing, as the server knows them too. */
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

function Attachment({ thread, medium }: { thread: Shape; medium: MediumShape }) {
  const name = medium.filename ?? medium.content_type;
  const address = mediumAddress(thread.sid, medium.sid);
  return (
    <a href={address} target="_blank" rel="noreferrer" className="flex flex-col gap-1 underline">
      {PICTURES.includes(medium.content_type) && (
        <img src={address} alt={name} loading="lazy" className="max-h-60 max-w-full self-start rounded-lg" />
      )}
      <span className="flex items-center gap-2">
        <Paperclip aria-hidden="true" className="size-4 shrink-0" />
        <span className="min-w-0 break-all">
          <bdi>{name}</bdi> ({Math.ceil(medium.size / 1024)} KB)
        </span>
      </span>
    </a>
  );
}

function Note({ note }: { note: NoteShape }) {
  return (
    <li className="flex max-w-[85%] gap-2 self-center rounded-lg border border-warn/50 bg-warn/10 px-3 py-2 text-sm">
      <StickyNote aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />
      <div>
        <p dir="auto" className="break-words whitespace-pre-wrap">
          {note.body}
        </p>
        <p className="text-xs text-quiet">
          Note of {note.author}, <time dateTime={note.date}>{clockTime(note.date)}</time>
        </p>
      </div>
    </li>
  );
}

/** Puts notes between the messages, by their time. */
function inOrder(thread: Shape): (MessageShape | NoteShape)[] {
  const at = (it: MessageShape | NoteShape) => Date.parse("index" in it ? it.date_created : it.date);
  return [...thread.messages, ...thread.notes].sort((a, b) => at(a) - at(b));
}

function clockTime(date: string): string {
  return new Date(date).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}
