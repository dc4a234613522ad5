import { type FormEvent, useId, useState } from "react";

import { Thread } from "../conversation/thread.tsx";
import { Button } from "../ui/button.tsx";
import { minutesAndSeconds, useNow } from "../ui/clock.ts";
import { conversationOf } from "../worker/types.ts";
import type { WorkProps } from "./tools.ts";

const OUTCOMES = ["Resolved", "Follow-up needed", "No answer", "Wrong number", "Other"];

/** The time after the contact: what came of it, a note, and the end of the task. */
export function WrapUp({ work, tools: { desk, talks, attempt } }: WorkProps) {
  const id = useId();
  const now = useNow();
  const [note, setNote] = useState("");
  const [outcome, setOutcome] = useState("");
  const [isSending, setIsSending] = useState(false);
  const talk = talks[conversationOf(work.task) ?? ""];
  const complete = async (event: FormEvent) => {
    event.preventDefault();
    setIsSending(true);
    await attempt(() => desk.complete(work.task.sid, work.reservation, note.trim(), outcome));
    setIsSending(false);
  };
  return (
    <div className="flex min-h-0 flex-col gap-4">
      {talk?.thread && <Thread talk={talk} />}
      <form onSubmit={complete} className="flex flex-col gap-4 rounded-xl border border-line bg-raised p-5">
        <p role="timer" aria-label="Time in wrap-up" className="text-sm text-quiet tabular-nums">
          In wrap-up for {minutesAndSeconds(now - work.since)}
        </p>
        <fieldset className="flex flex-wrap gap-2">
          <legend className="mb-2 text-sm font-medium">Outcome</legend>
          {OUTCOMES.map((word) => (
            <label
              key={word}
              className="flex cursor-pointer items-center rounded-full border border-line px-3 py-1.5 text-sm has-checked:border-accent has-checked:bg-accent/15 has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name={`${id}-outcome`}
                checked={outcome === word}
                onChange={() => setOutcome(word)}
                className="sr-only"
              />
              {word}
            </label>
          ))}
        </fieldset>
        <div className="flex flex-col gap-1">
          <label htmlFor={id} className="text-sm font-medium">
            Note
          </label>
          <textarea
            id={id}
            rows={3}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            placeholder="What was it about, and what was agreed?"
            className="rounded-lg border border-line bg-paper px-3 py-2 placeholder:text-quiet"
          />
        </div>
        <Button type="submit" look="primary" disabled={isSending} className="self-start">
          {isSending ? "Completing …" : "Complete"}
        </Button>
      </form>
    </div>
  );
}
