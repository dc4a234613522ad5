import { Check, X } from "lucide-react";
import { useState } from "react";

import { Button } from "../ui/button.tsx";
import { minutesAndSeconds, useNow } from "../ui/clock.ts";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import { openMicrophone } from "../voice/microphone.ts";
import { isCall } from "../worker/types.ts";
import type { WorkProps } from "./tools.ts";

/** An offer with what is left of its time: accept or reject. */
export function Offer({ work, tools: { desk, phoneState, acceptCall, attempt, choose } }: WorkProps) {
  const [isAnswering, setIsAnswering] = useState(false);
  const left = work.deadline - useNow();
  const cantTake = isCall(work.task) && (phoneState.call ? "You are in a call." : notReady(phoneState.link));
  const answer = async (act: () => Promise<void>) => {
    setIsAnswering(true);
    await attempt(act);
    setIsAnswering(false);
  };
  const accept = () => {
    choose(work.reservation);
    return answer(() => (isCall(work.task) ? takeCall() : desk.accept(work.reservation)));
  };
  const takeCall = async () => {
    // Whoever can not speak does not take a call: the microphone is tried before.
    for (const track of (await openMicrophone()).getTracks()) track.stop();
    await acceptCall(work.reservation);
  };
  const reject = () => answer(() => desk.reject(work.reservation));
  const isOpen = !isAnswering && left > 0;
  useShortcuts({ Enter: isOpen && !cantTake ? accept : undefined, r: isOpen ? reject : undefined });
  return (
    <div className="flex flex-col gap-4 rounded-xl border border-warn bg-raised p-5">
      <p role="timer" className="text-4xl font-semibold tabular-nums" aria-label="Time left to answer">
        {minutesAndSeconds(left)}
      </p>
      {work.incoming && <p className="text-sm text-quiet">A colleague hands this on to you.</p>}
      {cantTake && <p className="text-warn">{cantTake}</p>}
      <div className="flex flex-wrap gap-2">
        <Button look="good" onClick={accept} disabled={!isOpen || Boolean(cantTake)} shortcut="Enter">
          <Check aria-hidden="true" />
          {isAnswering ? "Connecting …" : "Accept"}
        </Button>
        <Button onClick={reject} disabled={!isOpen} shortcut="R">
          <X aria-hidden="true" />
          Reject
        </Button>
      </div>
    </div>
  );
}

function notReady(link: string): string | false {
  return link !== "ready" && "Your phone is not connected yet.";
}
