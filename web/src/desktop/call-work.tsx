import { ArrowRightLeft, Pause, Phone, Play, UserPlus } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "../ui/button.tsx";
import { CallControls } from "../ui/call-controls.tsx";
import { minutesAndSeconds, useNow } from "../ui/clock.ts";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import type { PhoneCall } from "../voice/state.ts";
import { CallPeople } from "./call-people.tsx";
import { ConsultDialog } from "./consult-dialog.tsx";
import type { WorkProps } from "./tools.ts";
import { type HandOver, TransferDialog } from "./transfer-dialog.tsx";
import { useCallers } from "./use-callers.ts";

/** A call that was accepted: everything that can be done in it, or what is left of it. */
export function CallWork(props: WorkProps) {
  const { work, tools } = props;
  const { call } = tools.phoneState;
  if (call?.parameters.ReservationSid !== work.reservation) return <NoCall {...props} />;
  if (call.stage === "incoming") {
    return (
      <div>
        <Button look="good" onClick={() => void tools.phone.answer()} shortcut="Enter">
          <Phone aria-hidden="true" />
          Answer
        </Button>
      </div>
    );
  }
  return <OwnCall {...props} call={call} />;
}

function OwnCall({ work, tools, call }: WorkProps & { call: PhoneCall }) {
  const { desk, phone, attempt } = tools;
  const [dialog, setDialog] = useState<"transfer" | "consult">();
  const people = useCallers(work.task.sid, call.stage === "talking");
  const customer = people.callers.find((it) => it.is_customer);
  const isOnHold = customer?.hold ?? false;
  const hasOthers = people.callers.length > 2;
  const hold = (isOn: boolean) =>
    attempt(async () => {
      await desk.hold(work.task.sid, isOn);
      await people.refresh();
    });
  useResumeAfterTransfer(work.incoming?.transfer_mode === "COLD" && isOnHold, () => hold(false));
  useShortcuts({ o: customer && (() => hold(!isOnHold)), t: customer && (() => setDialog("transfer")) });

  const handOver = ({ to, mode }: HandOver) =>
    attempt(async () => {
      await desk.hold(work.task.sid, true);
      try {
        await desk.transfer(work.task.sid, work.reservation, to, mode === "cold" ? "COLD" : "WARM");
      } catch (error) {
        await desk.hold(work.task.sid, isOnHold);
        throw error;
      }
      await people.refresh();
      if (mode === "warm") return;
      await desk.endsWithMe(work.reservation, false);
      phone.hangUp();
    });
  /** Leaves the call to the others. */
  const leave = () =>
    attempt(async () => {
      await desk.endsWithMe(work.reservation, false);
      if (isOnHold) await desk.hold(work.task.sid, false);
      phone.hangUp();
    });

  return (
    <div className="flex flex-col gap-4 rounded-xl border border-line bg-raised p-5">
      <CallTime call={call} isOnHold={isOnHold} />
      <CallControls phone={phone} call={call}>
        <Button
          look={isOnHold ? "pressed" : "plain"}
          aria-pressed={isOnHold}
          disabled={!customer}
          onClick={() => hold(!isOnHold)}
          shortcut="O"
        >
          {isOnHold ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
          {isOnHold ? "Resume" : "Hold"}
        </Button>
        <Button onClick={() => setDialog("transfer")} disabled={!customer} shortcut="T">
          <ArrowRightLeft aria-hidden="true" />
          Transfer
        </Button>
        <Button onClick={() => setDialog("consult")} disabled={!customer}>
          <UserPlus aria-hidden="true" />
          Add
        </Button>
      </CallControls>
      {work.outgoing && (
        <p role="status" className="flex flex-wrap items-center gap-3 text-sm text-quiet">
          Waiting for a colleague to take over …
          <button
            type="button"
            className="cursor-pointer text-accent underline"
            onClick={() => attempt(() => desk.callOff(work.task.sid, work.outgoing?.sid ?? ""))}
          >
            Call off
          </button>
        </p>
      )}
      <CallPeople people={people} attempt={attempt} own={phone.identity} />
      {hasOthers && !work.outgoing && (
        <Button onClick={leave} className="self-start">
          Leave the call to them
        </Button>
      )}
      {dialog === "transfer" && (
        <TransferDialog desk={desk} onClose={() => setDialog(undefined)} onHandOver={handOver} />
      )}
      {dialog === "consult" && (
        <ConsultDialog
          onClose={() => setDialog(undefined)}
          onCall={(to) => attempt(() => people.callIn(to))}
        />
      )}
    </div>
  );
}

/** A call that is accepted, but not on this page's phone: it has ended, is elsewhere, or is being connected. */
function NoCall({ work, tools: { desk, attempt } }: WorkProps) {
  const people = useCallers(work.task.sid, true);
  const isElsewhere = people.callers.some((it) => it.is_customer);
  return (
    <div className="flex flex-col items-start gap-3 rounded-xl border border-line bg-raised p-5">
      <p className="text-quiet">
        {isElsewhere
          ? "The call is on another phone of yours, or is being connected."
          : "This page is not in the call."}
      </p>
      <Button onClick={() => attempt(() => desk.wrapUp(work.reservation))}>End and wrap up</Button>
    </div>
  );
}

/** Takes a customer off hold, once, who was put there to be handed on. */
function useResumeAfterTransfer(isHeld: boolean, resume: () => void): void {
  const [hasResumed, setHasResumed] = useState(false);
  useEffect(() => {
    if (!isHeld || hasResumed) return;
    setHasResumed(true);
    resume();
  }, [isHeld, hasResumed, resume]);
}

function CallTime({ call, isOnHold }: { call: PhoneCall; isOnHold: boolean }) {
  const now = useNow();
  const words = call.stage === "returning" ? "Coming back to the call …" : "Connecting …";
  return (
    <p className="flex items-baseline gap-3">
      <span role="timer" className="text-4xl font-semibold tabular-nums" aria-label="Length of the call">
        {call.since && call.stage === "talking" ? minutesAndSeconds(now - call.since) : words}
      </span>
      {isOnHold && <span className="text-warn">On hold</span>}
      {call.isMuted && <span className="text-warn">Muted</span>}
    </p>
  );
}
