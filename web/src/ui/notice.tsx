import { CircleAlert, Info, X } from "lucide-react";
import type { ReactNode } from "react";

const LOOKS = { bad: "border-bad text-bad", warn: "border-warn text-warn", info: "border-line text-quiet" };

interface Props {
  look?: keyof typeof LOOKS;
  children: ReactNode;
  onClose?: () => void;
}

/** Tells something that the person should know; a screen reader says it at once. */
export function Notice({ look = "info", children, onClose }: Props) {
  const Icon = look === "info" ? Info : CircleAlert;
  return (
    <div
      role="alert"
      className={`flex items-start gap-3 rounded-lg border bg-raised px-4 py-3 ${LOOKS[look]}`}
    >
      <Icon aria-hidden="true" className="mt-0.5 size-5 shrink-0" />
      <p className="grow text-ink">{children}</p>
      {onClose && (
        <button type="button" onClick={onClose} aria-label="Dismiss" className="cursor-pointer rounded p-0.5">
          <X aria-hidden="true" className="size-4" />
        </button>
      )}
    </div>
  );
}
