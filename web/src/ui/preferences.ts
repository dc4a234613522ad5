import { useSyncExternalStore } from "react";

/** What a person has chosen for this browser. */
export interface Preferences {
  /** Whether offers ring. */
  rings: boolean;
  /** Whether the page looks as the system does, or otherwise. */
  look: "system" | "light" | "dark";
}

const NAME = "patchboard.preferences";
const FIRST: Preferences = { rings: true, look: "system" };

let latest: Preferences = read();
const watchers = new Set<() => void>();

/** Returns the preferences, with what changes some of them. */
export function usePreferences() {
  const preferences = useSyncExternalStore(watch, () => latest);
  return { preferences, prefer };
}

/** Gives the page the look that was chosen. */
export function applyLook(): void {
  document.documentElement.style.colorScheme = latest.look === "system" ? "" : latest.look;
}

function prefer(change: Partial<Preferences>): void {
  latest = { ...latest, ...change };
  localStorage.setItem(NAME, JSON.stringify(latest));
  applyLook();
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function read(): Preferences {
  try {
    return { ...FIRST, ...JSON.parse(localStorage.getItem(NAME) ?? "{}") };
  } catch {
    return FIRST;
  }
}
