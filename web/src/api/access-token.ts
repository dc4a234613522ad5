import { request } from "./http.ts";

/** How long before its end a token is no longer handed out. */
const SPARE_MS = 60_000;

interface Token {
  token: string;
  expires: string;
}

/** Hands out an access token that is still good, and asks for another when it is about to end. */
export class AccessTokens<T extends Token> {
  #latest: Promise<T> | undefined;

  constructor(private readonly path: string) {}

  async get(): Promise<T> {
    const known = await this.#latest?.catch(() => undefined);
    if (known && Date.parse(known.expires) - Date.now() > SPARE_MS) return known;
    this.#latest = request<T>("POST", this.path, {});
    return this.#latest;
  }
}
