import { useEffect, useRef } from "react";

import type { Work } from "../worker/state.ts";
import { contactOf, isCall } from "../worker/types.ts";

const ICON = "/favicon.svg";
const BADGE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b62c4"/>' +
  '<circle cx="16" cy="16" r="9" fill="#ffb020"/></svg>';

interface Alerts {
  work: Work[];
  /** How many messages of all conversations were not seen. */
  unread: number;
}

/** Says in the tab what waits, and by a notification while the page is hidden. */
export function useAlerts({ work, unread }: Alerts): void {
  const offered = work.find((it) => it.status === "pending");
  const count = unread > 0 ? `(${unread}) ` : "";
  const title = offered ? `● ${contactOf(offered.task)} waits` : `${count}Patchboard`;
  const isAlarmed = offered !== undefined || unread > 0;
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = isAlarmed ? `data:image/svg+xml,${encodeURIComponent(BADGE)}` : ICON;
  }, [isAlarmed]);
  useNotification(
    offered?.reservation,
    offered && `${isCall(offered.task) ? "Call" : "Message"} of ${contactOf(offered.task)}`,
  );
  useNotification(unread > 0 ? `unread ${unread}` : undefined, "There are new messages for you");
}

/** Shows a notification when its key is new and nobody looks at the page. */
function useNotification(key: string | undefined, text: string | undefined): void {
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  });
  useEffect(() => {
    if (!key || !document.hidden || !mayNotify()) return;
    const shown = new Notification("Patchboard", { body: latest.current, tag: "patchboard", icon: ICON });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    return () => shown.close();
  }, [key]);
}

/** Tells whether the person can still be asked for notifications. */
export function canAskToNotify(): boolean {
  return "Notification" in window && Notification.permission === "default";
}

function mayNotify(): boolean {
  return "Notification" in window && Notification.permission === "granted";
}
