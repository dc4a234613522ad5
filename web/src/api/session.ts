import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { request } from "./http.ts";

export interface User {
  sid: string;
  login: string;
  friendly_name: string;
  roles: string[];
  worker_sid: string | null;
  workspace_sid: string | null;
}

export interface Session {
  /** Whether the try-it phone needs no login. */
  development: boolean;
  user: User | null;
}

const KEY = ["session"];

/** How often the page looks whether the session still lasts. */
const LOOK_MS = 60_000;

/** Says who is logged in. */
export function useSession() {
  return useQuery({
    queryKey: KEY,
    refetchInterval: LOOK_MS,
    queryFn: () => request<Session>("GET", "/v1/session"),
  });
}

export function useLogIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ login, password }: { login: string; password: string }) =>
      request<Session>("POST", "/v1/session", { Login: login, Password: password }),
    onSuccess: (session) => queries.setQueryData(KEY, session),
  });
}

export function useLogOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => request<void>("DELETE", "/v1/session"),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}
