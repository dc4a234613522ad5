import { Check, ChevronDown } from "lucide-react";
import { Select } from "radix-ui";

import type { Activity, Worker } from "../worker/types.ts";

interface Props {
  worker: Worker;
  activities: Activity[];
  onChoose: (sid: string) => void;
}

/** Chooses what the agent does; a dot says whether tasks come in it. */
export function ActivityChoice({ worker, activities, onChoose }: Props) {
  return (
    <Select.Root value={worker.activity_sid} onValueChange={onChoose}>
      <Select.Trigger
        aria-label="Activity"
        className="flex min-h-10 cursor-pointer items-center gap-2 rounded-lg border border-line bg-paper px-3"
      >
        <Dot isAvailable={worker.available} />
        <Select.Value>{worker.activity_name}</Select.Value>
        <Select.Icon asChild>
          <ChevronDown className="size-4 text-quiet" />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Content
          position="popper"
          // The keys belong to the offers again, not to this list.
          onCloseAutoFocus={(event) => event.preventDefault()}
          sideOffset={4}
          align="end"
          className="z-10 min-w-44 rounded-lg border border-line bg-raised p-1 shadow-lg"
        >
          <Select.Viewport>
            {activities.map((activity) => (
              <Select.Item
                key={activity.sid}
                value={activity.sid}
                className="flex cursor-pointer items-center gap-2 rounded-md px-3 py-2 outline-none data-highlighted:bg-accent/15"
              >
                <Dot isAvailable={activity.available} />
                <Select.ItemText>{activity.friendly_name}</Select.ItemText>
                <Select.ItemIndicator className="ms-auto">
                  <Check className="size-4" />
                </Select.ItemIndicator>
              </Select.Item>
            ))}
          </Select.Viewport>
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  );
}

function Dot({ isAvailable }: { isAvailable: boolean }) {
  return (
    <span aria-hidden="true" className={`size-2.5 rounded-full ${isAvailable ? "bg-good" : "bg-quiet"}`} />
  );
}
