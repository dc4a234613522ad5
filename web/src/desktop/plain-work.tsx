import { Button } from "../ui/button.tsx";
import type { WorkProps } from "./tools.ts";

/** A task that is neither call nor conversation: it is done elsewhere, and ended here. */
export function PlainWork({ work, tools: { desk, attempt } }: WorkProps) {
  return (
    <div>
      <Button onClick={() => attempt(() => desk.wrapUp(work.reservation))}>End and wrap up</Button>
    </div>
  );
}
