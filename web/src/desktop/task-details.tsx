import { attributesOf, contactOf, type Task, textOf } from "../worker/types.ts";

/** What the rest of the product keeps in the attributes for itself. */
const INNER =
  /^(conference|conversations|customers|caller|called|api_version|call_status|flex.*|.*(_s|S)id|taskCreateSource|initiatedBy)$/;

/** What is known of a task: its queue, and its attributes. */
export function TaskDetails({ task }: { task: Task }) {
  const contact = contactOf(task);
  const all = attributesOf(task);
  const address = textOf(all, "customerAddress");
  const attributes = Object.entries(all).filter(
    // What the heading says is not said again, nor an address that stands for names.
    ([name, value]) =>
      !INNER.test(name) &&
      !(typeof value === "string" && value.endsWith(contact)) &&
      (name === "customerAddress" || value !== address),
  );
  const rows = [["Queue", task.queue_name] as const, ...attributes].filter(
    ([, value]) => value !== null && value !== "",
  );
  return (
    <details open className="rounded-xl border border-line bg-raised px-4 py-3">
      <summary className="cursor-pointer rounded text-sm font-semibold">Details</summary>
      <dl className="mt-3 flex flex-col gap-2 text-sm">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt className="text-quiet">{wordsOf(name)}</dt>
            <dd className="break-words">
              {typeof value === "object" ? JSON.stringify(value) : String(value)}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Writes the name of an attribute as people do: `channelType` and `channel_type` are "Channel type". */
function wordsOf(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/_/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
