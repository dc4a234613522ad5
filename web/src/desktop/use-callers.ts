import { useQuery, useQueryClient } from "@tanstack/react-query";

import { request } from "../api/http.ts";

/** Somebody in the call of a task. */
export interface Caller {
  call_sid: string;
  address: string | null;
  is_customer: boolean;
  status: string;
  hold: boolean;
  muted: boolean;
}

interface Callers {
  callers: Caller[];
}

/** How often it is looked who is in the call. */
const LOOK_MS = 1500;

/** Follows who is in the call of a task, with what changes that. */
export function useCallers(task: string, isOn: boolean) {
  const queries = useQueryClient();
  const key = ["callers", task];
  const path = `/v1/desk/tasks/${task}/callers`;
  const list = useQuery({
    queryKey: key,
    enabled: isOn,
    refetchInterval: LOOK_MS,
    // Before the call is put together, and after it, there is nobody in it.
    queryFn: () => request<Callers>("GET", path).catch(() => ({ callers: [] })),
  });
  const change = async (answer: Promise<Callers>) => {
    queries.setQueryData(key, await answer);
  };
  return {
    callers: list.data?.callers ?? [],
    refresh: () => queries.invalidateQueries({ queryKey: key }),
    callIn: (to: string) => change(request("POST", path, { To: to })),
    hold: (call: string, isOnHold: boolean) =>
      change(request("POST", `${path}/${call}`, { Hold: String(isOnHold) })),
    takeOut: (call: string) => change(request("DELETE", `${path}/${call}`)),
  };
}
