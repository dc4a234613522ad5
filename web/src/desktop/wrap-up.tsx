import { type FormEvent, useId, useState } from "react";

import { Button } from "../ui/button.tsx";
import type { WorkProps } from "./work-card.tsx";

/** The time after the contact: a note, and the end of the task. */
export function WrapUp({ work, desk, attempt }: WorkProps) {
  const id = useId();
  const [note, setNote] = useState("");
  const [isSending, setIsSending] = useState(false);
  const complete = async (event: FormEvent) => {
    event.preventDefault();
    setIsSending(true);
    await attempt(() => desk.complete(work.task.sid, note.trim()));
    setIsSending(false);
  };
  return (
    <form onSubmit={complete} className="flex flex-col gap-3">
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
      <Button type="submit" look="primary" disabled={isSending} className="self-start">
        {isSending ? "Completing …" : "Complete"}
      </Button>
    </form>
  );
}
