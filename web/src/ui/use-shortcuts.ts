import { useEffect, useRef } from "react";

/** What each key does, by its name as `KeyboardEvent.key` has it, letters in lower case. */
export type Shortcuts = Record<string, (() => void) | undefined>;

/** The parts of the page that listen; the one that came last is asked first, and one acts. */
const listeners: { current: Shortcuts }[] = [];

/** Listens to keys, except while somebody types or a control would take the key itself. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    if (listeners.length === 0) window.addEventListener("keydown", take);
    listeners.push(latest);
    return () => {
      listeners.splice(listeners.indexOf(latest), 1);
      if (listeners.length === 0) window.removeEventListener("keydown", take);
    };
  }, []);
}

function take(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTaken(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = listeners.findLast((listener) => listener.current[key])?.current[key];
  if (!act) return;
  event.preventDefault();
  act();
}

function isTaken({ key, target }: KeyboardEvent): boolean {
  // What is seen to first has the keys for itself.
  if (document.querySelector("[role=dialog], [role=menu]")) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("input, textarea, select, [contenteditable], [role=listbox]")) return true;
  return (key === "Enter" || key === " ") && target.closest("button, a") !== null;
}
