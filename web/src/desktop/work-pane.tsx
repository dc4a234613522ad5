import { contactOf } from "../worker/types.ts";
import { CallWork } from "./call-work.tsx";
import { ChatWork } from "./chat-work.tsx";
import { Offer } from "./offer.tsx";
import { PlainWork } from "./plain-work.tsx";
import { TaskDetails } from "./task-details.tsx";
import { kindOf, type WorkProps } from "./tools.ts";
import { WrapUp } from "./wrap-up.tsx";

const WORDS = { call: "The call", conversation: "The conversation", task: "The task" };
const STAGES = { pending: "waits for your answer", accepted: "is yours", wrapping: "has ended: wrap up" };
const ACTIVE = { call: CallWork, conversation: ChatWork, task: PlainWork };

/** One task, from its offer to its end, with what is known of it beside. */
export function WorkPane(props: WorkProps) {
  const { work } = props;
  const kind = kindOf(work);
  const Stage = { pending: Offer, accepted: ACTIVE[kind], wrapping: WrapUp }[work.status];
  return (
    <section
      aria-label={`Task of ${contactOf(work.task)}`}
      className="flex min-h-0 grow flex-col gap-4 p-4 md:p-6 lg:flex-row lg:gap-6"
    >
      <div className="flex min-h-0 min-w-0 grow flex-col gap-4">
        <div>
          <h1 className="truncate text-xl font-semibold">{contactOf(work.task)}</h1>
          <p className="text-sm text-quiet">
            {WORDS[kind]} {STAGES[work.status]}
          </p>
        </div>
        <Stage {...props} />
      </div>
      <aside aria-label="Details" className="lg:w-72 lg:shrink-0 lg:overflow-y-auto">
        <TaskDetails task={work.task} />
      </aside>
    </section>
  );
}
