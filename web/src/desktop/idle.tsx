import { Coffee, Inbox } from "lucide-react";

import type { Worker } from "../worker/types.ts";

/** What an agent sees who has nothing to do. */
export function Idle({ worker }: { worker: Worker }) {
  const Icon = worker.available ? Inbox : Coffee;
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-20 text-center">
      <Icon aria-hidden="true" className="size-10 text-quiet" />
      <h1 className="text-xl font-semibold">
        {worker.available ? "Nothing waits for you" : "You take no tasks now"}
      </h1>
      <p className="max-w-md text-quiet">
        {worker.available
          ? "The next call or message that is yours shows up here. Keep this page open."
          : `Your activity is ${worker.activity_name}. Choose one above in which you are available.`}
      </p>
    </div>
  );
}
