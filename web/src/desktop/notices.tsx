import { Notice } from "../ui/notice.tsx";
import type { WorkerState } from "../worker/state.ts";

interface Props {
  state: WorkerState;
  problem: string | undefined;
  phoneProblem: string | undefined;
  onProblemSeen: () => void;
  onMissedSeen: () => void;
}

/** What went wrong or was missed, above the work. */
export function Notices({ state, problem, phoneProblem, onProblemSeen, onMissedSeen }: Props) {
  return (
    <div className="flex flex-col gap-3 px-4 pt-4 empty:hidden md:px-6">
      {state.link === "dropped" && <Notice look="warn">Disconnected. Reconnecting …</Notice>}
      {problem && (
        <Notice look="bad" onClose={onProblemSeen}>
          {problem}
        </Notice>
      )}
      {phoneProblem && <Notice look="bad">{phoneProblem}</Notice>}
      {state.missed && (
        <Notice look="warn" onClose={onMissedSeen}>
          {state.missed}
        </Notice>
      )}
    </div>
  );
}
