import { Pause, Play, X } from "lucide-react";

import type { Caller, useCallers } from "./use-callers.ts";

interface Props {
  people: ReturnType<typeof useCallers>;
  /** Under which name this page is called. */
  own: string | undefined;
  attempt: (act: () => Promise<void>) => Promise<boolean>;
}

const SMALL = "cursor-pointer rounded p-1.5 text-quiet hover:bg-shade hover:text-ink";

/** Who is in the call beside the agent; each can be put on hold, and whoever was called in can be taken out. */
export function CallPeople({ people, own, attempt }: Props) {
  const others = people.callers.filter((it) => it.address !== `client:${own}`);
  if (others.length < 2) return null;
  return (
    <ul aria-label="In the call" className="flex flex-col gap-1 border-t border-line pt-3">
      {others.map((caller) => (
        <li key={caller.call_sid} className="flex items-center gap-2">
          <span className="min-w-0 grow truncate">{nameOf(caller)}</span>
          <span className="text-sm text-quiet">{wordOf(caller)}</span>
          <button
            type="button"
            className={SMALL}
            aria-label={`${caller.hold ? "Resume" : "Hold"} ${nameOf(caller)}`}
            onClick={() => attempt(() => people.hold(caller.call_sid, !caller.hold))}
          >
            {caller.hold ? (
              <Play aria-hidden="true" className="size-4" />
            ) : (
              <Pause aria-hidden="true" className="size-4" />
            )}
          </button>
          {!caller.is_customer && (
            <button
              type="button"
              className={SMALL}
              aria-label={`Take ${nameOf(caller)} out`}
              onClick={() => attempt(() => people.takeOut(caller.call_sid))}
            >
              <X aria-hidden="true" className="size-4" />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function nameOf({ address, is_customer: isCustomer }: Caller): string {
  const name = (address ?? "Somebody").replace(/^(client|sip):/, "");
  return isCustomer ? `${name} (customer)` : name;
}

function wordOf({ hold, status }: Caller): string {
  if (hold) return "On hold";
  return status === "connected" ? "Talks" : "Is called …";
}
