import type { PhoneCall } from "./state.ts";

/** What a page remembers of its call while it is loaded anew; each tab has its own. */
export class CallMemory {
  constructor(private readonly name: string) {}

  /** Keeps a call that can be returned to; anything else is forgotten. */
  keep(call: PhoneCall | undefined): void {
    if (call?.reconnect && call.since) sessionStorage.setItem(this.name, JSON.stringify(call));
    else sessionStorage.removeItem(this.name);
  }

  recall(): PhoneCall | undefined {
    const text = sessionStorage.getItem(this.name);
    return text ? (JSON.parse(text) as PhoneCall) : undefined;
  }
}
