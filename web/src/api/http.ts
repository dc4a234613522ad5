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

const UNREACHABLE = "The server can not be reached. Check that it runs, and your network.";

/** The header by which the server knows a request that is sent again: it is done once. */
const once = (key?: string): Record<string, string> => (key ? { "Idempotency-Key": key } : {});

/** Sends a request to the server that this page comes from, and returns what it answers. */
export async function request<T>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  form?: Form,
  key?: string,
): Promise<T> {
  const body = form && new URLSearchParams(form);
  return answer(await send(path, { method, headers: { ...PAGE, ...once(key) }, body }));
}

/** Sends JSON, for the one address that takes it whatever it is called. */
export async function postJson<T>(path: string, value: unknown): Promise<T> {
  const headers = { ...PAGE, "Content-Type": "application/json" };
  return answer(await send(path, { method: "POST", headers, body: JSON.stringify(value) }));
}

/** Sends a file, and tells which share of it is through, from 0 to 1. */
export function upload<T>(
  path: string,
  file: File,
  key: string,
  onShare: (share: number) => void,
): Promise<T> {
  // `fetch` does not tell how far a body got.
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", path);
    for (const [name, value] of Object.entries({ ...PAGE, ...once(key) }))
      sending.setRequestHeader(name, value);
    sending.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    sending.upload.onprogress = ({ loaded, total }) => onShare(total ? loaded / total : 0);
    sending.onerror = () => reject(new Error(UNREACHABLE));
    sending.onload = () => {
      const type = sending.getResponseHeader("Content-Type") ?? "";
      const headers = { "Content-Type": type };
      const response = new Response(sending.responseText, { status: sending.status, headers });
      answer<T>(response).then(resolve, reject);
    };
    sending.send(file);
  });
}

/** Returns what went wrong, in words for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new Error(UNREACHABLE);
  }
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  const body = text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : undefined;
  if (response.ok) return body as T;
  throw new Refused(response.status, body?.message ?? `The server answered ${response.status}.`);
}
