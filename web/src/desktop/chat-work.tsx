import { ArrowRightLeft, CircleCheck, LogOut } from "lucide-react";
import { useEffect, useState } from "react";

import { addNote, callOff, endConversation, handOn, leaveConversation } from "../conversation/client.ts";
import { Composer } from "../conversation/composer.tsx";
import { DropArea } from "../conversation/drop-area.tsx";
import { lastIndex } from "../conversation/state.ts";
import { Thread } from "../conversation/thread.tsx";
import { colleaguesIn, openTransfer, type Thread as Shape } from "../conversation/types.ts";
import { Button } from "../ui/button.tsx";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import { conversationOf } from "../worker/types.ts";
import type { WorkProps } from "./tools.ts";
import { TransferDialog } from "./transfer-dialog.tsx";
import { usePageVisible } from "./use-page-visible.ts";

/** A conversation with a customer: read, write, hand on, end. */
export function ChatWork({ work, tools: { desk, talks, acts, attempt } }: WorkProps) {
  const sid = conversationOf(work.task) ?? "";
  const talk = talks[sid] ?? { sending: [], seen: -1, typing: {}, draft: "" };
  const [isTransferring, setIsTransferring] = useState(false);
  const isVisible = usePageVisible();
  const { thread, seen } = talk;
  const last = lastIndex(thread);
  useEffect(() => {
    if (isVisible && last > seen) acts.seen(sid, last);
  }, [isVisible, last, seen, sid, acts]);
  useShortcuts({ t: thread ? () => setIsTransferring(true) : undefined });
  const change = (act: () => Promise<Shape>) => attempt(() => acts.change(act()));
  const sendFiles = (files: File[]) => {
    for (const file of files) void acts.sendFile(sid, file);
  };
  return (
    <DropArea onFiles={sendFiles}>
      <Thread
        talk={talk}
        onAgain={({ key, body, file }) => (file ? acts.sendFile(sid, file, key) : acts.send(sid, body, key))}
        onDiscard={(key) => acts.discard(sid, key)}
      />
      {thread && (
        <TransferState thread={thread} onCallOff={(transfer) => change(() => callOff(sid, transfer))} />
      )}
      {thread && (
        <Composer
          draft={talk.draft}
          onDraft={(draft) => acts.draft(sid, draft)}
          onSend={(body) => acts.send(sid, body)}
          onFiles={sendFiles}
          onNote={(body) => change(() => addNote(sid, body))}
        />
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setIsTransferring(true)} disabled={!thread} shortcut="T">
          <ArrowRightLeft aria-hidden="true" />
          Transfer
        </Button>
        {thread && colleaguesIn(thread).length > 0 && (
          <Button onClick={() => change(() => leaveConversation(sid))}>
            <LogOut aria-hidden="true" />
            Leave to {colleaguesIn(thread).join(", ")}
          </Button>
        )}
        <Button onClick={() => change(() => endConversation(sid))} disabled={!thread}>
          <CircleCheck aria-hidden="true" />
          End and wrap up
        </Button>
      </div>
      {isTransferring && (
        <TransferDialog
          desk={desk}
          hasNote
          onClose={() => setIsTransferring(false)}
          onHandOver={({ to, mode, note }) => change(() => handOn(sid, to, mode, note))}
        />
      )}
    </DropArea>
  );
}

function TransferState({ thread, onCallOff }: { thread: Shape; onCallOff: (transfer: string) => void }) {
  const transfer = openTransfer(thread);
  const colleagues = colleaguesIn(thread);
  if (transfer) {
    return (
      <p role="status" className="flex flex-wrap items-center gap-3 text-sm text-quiet">
        Waiting for a colleague to join …
        <button
          type="button"
          className="cursor-pointer text-accent underline"
          onClick={() => onCallOff(transfer.sid)}
        >
          Call off
        </button>
      </p>
    );
  }
  if (colleagues.length === 0) return null;
  return (
    <p role="status" className="text-sm text-quiet">
      {colleagues.join(", ")} {colleagues.length > 1 ? "are" : "is"} here too.
    </p>
  );
}
