import type { Message } from "../api/phone.ts";

/** What was written, oldest first: the person's own on the right. */
export function Bubbles({ messages, contact }: { messages: Message[]; contact: string }) {
  if (messages.length === 0) return <p className="text-quiet">Nothing written yet. Say hello.</p>;
  return (
    <ol aria-live="polite" className="flex max-h-80 flex-col gap-2 overflow-y-auto">
      {messages.map((message) => {
        const isOwn = message.from === contact;
        const look = isOwn ? "self-end bg-accent text-on-accent" : "self-start border border-line bg-paper";
        return (
          <li key={message.sid} className={`max-w-[85%] rounded-2xl px-4 py-2 break-words ${look}`}>
            <span className="sr-only">{isOwn ? "You: " : "Answer: "}</span>
            {message.body}
          </li>
        );
      })}
    </ol>
  );
}
