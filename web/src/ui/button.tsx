import type { ComponentProps } from "react";

const LOOKS = {
  plain: "border border-line bg-raised text-ink hover:bg-shade",
  primary: "bg-accent text-on-accent hover:opacity-90",
  good: "bg-good text-paper hover:opacity-90",
  bad: "bg-bad text-paper hover:opacity-90",
  pressed: "border border-accent bg-accent/15 text-accent",
};

interface Props extends ComponentProps<"button"> {
  look?: keyof typeof LOOKS;
  /** The key that does the same, shown beside the label. */
  shortcut?: string;
}

export function Button({ look = "plain", shortcut, className = "", children, ...others }: Props) {
  return (
    <button
      type="button"
      {...others}
      aria-keyshortcuts={shortcut}
      className={`inline-flex min-h-10 cursor-pointer items-center justify-center gap-2 rounded-lg px-4 py-2 font-medium disabled:cursor-not-allowed disabled:opacity-50 [&_svg]:size-4 ${LOOKS[look]} ${className}`}
    >
      {children}
      {shortcut && (
        <span
          aria-hidden="true"
          className="rounded border border-current/40 px-1.5 text-xs font-normal opacity-80"
        >
          {shortcut}
        </span>
      )}
    </button>
  );
}
