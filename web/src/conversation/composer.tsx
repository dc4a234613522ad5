import { Paperclip, Send, StickyNote } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from "react";

import { Button } from "../ui/button.tsx";
import { useShortcuts } from "../ui/use-shortcuts.ts";

interface Props {
  draft: string;
  onDraft: (draft: string) => void;
  onSend: (body: string) => void;
  onFiles: (files: File[]) => void;
  onNote: (body: string) => Promise<boolean>;
}

/** Where a message is written, or a note that only colleagues see. */
export function Composer({ draft, onDraft, onSend, onFiles, onNote }: Props) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const [isNote, setIsNote] = useState(false);
  useShortcuts({ "/": () => field.current?.focus() });
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    const body = draft.trim();
    if (!body) return;
    if (!isNote) return onSend(body);
    if (await onNote(body)) {
      onDraft("");
      setIsNote(false);
    }
  };
  const takeKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") field.current?.blur();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  };
  return (
    <form onSubmit={submit} className="flex items-end gap-2">
      <label htmlFor={id} className="sr-only">
        {isNote ? "Note for colleagues" : "Message"}
      </label>
      <textarea
        ref={field}
        id={id}
        dir="auto"
        rows={Math.min(6, draft.split("\n").length + 1)}
        value={draft}
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={takeKey}
        onPaste={(event) => {
          if (event.clipboardData.files.length === 0) return;
          event.preventDefault();
          onFiles([...event.clipboardData.files]);
        }}
        placeholder={isNote ? "Only colleagues see this" : "Write to the customer"}
        className={`min-w-0 grow resize-none rounded-lg border bg-paper px-3 py-2 placeholder:text-quiet ${isNote ? "border-warn bg-warn/10" : "border-line"}`}
      />
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label="Files to send"
        onChange={({ currentTarget: it }) => {
          onFiles([...(it.files ?? [])]);
          it.value = "";
        }}
      />
      <Button aria-label="Attach files" title="Attach files" onClick={() => chooser.current?.click()}>
        <Paperclip aria-hidden="true" />
      </Button>
      <Button
        look={isNote ? "pressed" : "plain"}
        aria-pressed={isNote}
        aria-label="Note for colleagues"
        title="Note for colleagues"
        onClick={() => setIsNote(!isNote)}
      >
        <StickyNote aria-hidden="true" />
      </Button>
      <Button
        type="submit"
        look="primary"
        aria-label={isNote ? "Keep note" : "Send"}
        disabled={!draft.trim()}
      >
        <Send aria-hidden="true" />
      </Button>
    </form>
  );
}
