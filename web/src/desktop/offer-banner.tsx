import { Button } from "../ui/button.tsx";
import { minutesAndSeconds, useNow } from "../ui/clock.ts";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import type { Work } from "../worker/state.ts";
import { contactOf } from "../worker/types.ts";

/** Says that something waits, to who works on something else. */
export function OfferBanner({ work, onShow }: { work: Work; onShow: () => void }) {
  const left = work.deadline - useNow();
  useShortcuts({ Enter: onShow });
  return (
    <div className="mx-4 mt-4 flex flex-wrap items-center gap-3 rounded-lg border border-warn bg-warn/10 px-4 py-2 md:mx-6">
      <p className="min-w-0 grow truncate">
        <strong className="font-semibold">{contactOf(work.task)}</strong> waits for your answer
      </p>
      <span className="text-sm tabular-nums">{minutesAndSeconds(left)}</span>
      <Button onClick={onShow} shortcut="Enter">
        Show
      </Button>
    </div>
  );
}
