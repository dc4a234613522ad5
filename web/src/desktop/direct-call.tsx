import { Phone, X } from "lucide-react";

import { Button } from "../ui/button.tsx";
import { CallControls } from "../ui/call-controls.tsx";
import { Card } from "../ui/card.tsx";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import type { Softphone } from "../voice/softphone.ts";
import type { PhoneCall } from "../voice/state.ts";

/** A call to the agent without a task. */
export function DirectCall({ phone, call }: { phone: Softphone; call: PhoneCall }) {
  const isIncoming = call.stage === "incoming";
  const answer = () => void phone.answer();
  useShortcuts({ Enter: isIncoming ? answer : undefined, r: isIncoming ? () => phone.reject() : undefined });
  return (
    <Card aria-label={`Call of ${call.other}`} className="flex flex-col gap-4">
      <h2 className="flex items-center gap-3 text-lg font-semibold">
        <Phone aria-hidden="true" className="size-6 text-accent" />
        {isIncoming ? `${call.other} calls you` : call.other}
      </h2>
      {isIncoming ? (
        <div className="flex gap-2">
          <Button look="good" onClick={answer} shortcut="Enter">
            <Phone aria-hidden="true" />
            Answer
          </Button>
          <Button onClick={() => phone.reject()} shortcut="R">
            <X aria-hidden="true" />
            Reject
          </Button>
        </div>
      ) : (
        <CallControls phone={phone} call={call} />
      )}
    </Card>
  );
}
