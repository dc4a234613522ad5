import { Button } from "../ui/button.tsx";
import { CallControls } from "../ui/call-controls.tsx";
import { minutesAndSeconds, useNow } from "../ui/clock.ts";
import type { PhoneCall } from "../voice/state.ts";
import type { WorkProps } from "./work-card.tsx";

/** A task that was accepted: the call, or what is left of it. */
export function ActiveWork({ work, desk, phone, phoneState, attempt }: WorkProps) {
  const { call } = phoneState;
  if (call?.parameters.ReservationSid === work.reservation) {
    return (
      <div className="flex flex-col gap-4">
        <CallTime call={call} />
        <CallControls phone={phone} call={call} />
      </div>
    );
  }
  return (
    <div>
      <Button onClick={() => attempt(() => desk.wrapUp(work.reservation))}>End and wrap up</Button>
    </div>
  );
}

function CallTime({ call }: { call: PhoneCall }) {
  const now = useNow();
  return (
    <p role="timer" className="text-3xl font-semibold tabular-nums" aria-label="Length of the call">
      {call.since ? minutesAndSeconds(now - call.since) : "Connecting …"}
    </p>
  );
}
