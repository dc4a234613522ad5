import { useEffect, useRef } from "react";

/** What each key does, by its name as `KeyboardEvent.key` has it, letters in lower case. */
export type Shortcuts = Record<string, (() => void) | undefined>;

/** Listens to keys, except while somebody types or a control would take the key itself. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTaken(event)) return;
      const act = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

function isTaken({ key, target }: KeyboardEvent): boolean {
  // What is seen to first has the keys for itself.
  if (document.querySelector("[role=dialog], [role=menu]")) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("input, textarea, select, [contenteditable], [role=listbox]")) return true;
  return (key === "Enter" || key === " ") && target.closest("button, a") !== null;
}
