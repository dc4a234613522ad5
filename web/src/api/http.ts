/** What the server said no to, in its words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export type Form = Record<string, string>;

/** Without this header, the server takes no change from a session: other sites can not send it. */
const PAGE = { "X-Patchboard-Page": "1" };

/** Sends a request to the server that this page comes from, and returns what it answers. */
export async function request<T>(method: "GET" | "POST" | "DELETE", path: string, form?: Form): Promise<T> {
  const body = form && new URLSearchParams(form);
  return answer(await send(path, { method, headers: PAGE, body }));
}

/** Sends JSON, for the one address that takes it whatever it is called. */
export async function postJson<T>(path: string, value: unknown): Promise<T> {
  const headers = { ...PAGE, "Content-Type": "application/json" };
  return answer(await send(path, { method: "POST", headers, body: JSON.stringify(value) }));
}

/** Returns what went wrong, in words for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new Error("The server can not be reached. Check that it runs, and your network.");
  }
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  const body = text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : undefined;
  if (response.ok) return body as T;
  throw new Refused(response.status, body?.message ?? `The server answered ${response.status}.`);
}
