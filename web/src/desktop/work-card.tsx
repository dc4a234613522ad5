import { Mail, Phone } from "lucide-react";

import { Card } from "../ui/card.tsx";
import type { Softphone } from "../voice/softphone.ts";
import type { PhoneState } from "../voice/state.ts";
import type { Desk } from "../worker/desk.ts";
import type { Work } from "../worker/state.ts";
import { contactOf, isCall } from "../worker/types.ts";
import { ActiveWork } from "./active-work.tsx";
import { Offer } from "./offer.tsx";
import { TaskDetails } from "./task-details.tsx";
import { WrapUp } from "./wrap-up.tsx";

export interface WorkProps {
  work: Work;
  desk: Desk;
  phone: Softphone;
  phoneState: PhoneState;
  /** Accepts a call that this page's phone answers by itself. */
  acceptCall: (reservation: string) => Promise<void>;
  /** Does something; what fails is told. */
  attempt: (act: () => Promise<void>) => Promise<void>;
}

const HEADINGS = { pending: "waits", accepted: "is yours", wrapping: "has ended: wrap up" };
const STAGES = { pending: Offer, accepted: ActiveWork, wrapping: WrapUp };

/** One task, from its offer to its end. */
export function WorkCard(props: WorkProps) {
  const { work } = props;
  const Stage = STAGES[work.status];
  const Icon = isCall(work.task) ? Phone : Mail;
  return (
    <Card aria-label={`Task of ${contactOf(work.task)}`} className="flex flex-col gap-4">
      <div className="flex items-center gap-3">
        <Icon aria-hidden="true" className="size-6 shrink-0 text-accent" />
        <div className="min-w-0">
          <h2 className="truncate text-lg font-semibold">{contactOf(work.task)}</h2>
          <p className="text-sm text-quiet">
            {isCall(work.task) ? "The call" : "The task"} {HEADINGS[work.status]}
          </p>
        </div>
      </div>
      <Stage {...props} />
      <TaskDetails task={work.task} />
    </Card>
  );
}
