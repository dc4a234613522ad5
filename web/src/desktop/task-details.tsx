import { attributesOf, type Task } from "../worker/types.ts";

/** What the rest of the product keeps in the attributes for itself. */
const INNER = [
  "conference",
  "conversations",
  "customers",
  "call_sid",
  "worker_call_sid",
  "flow_execution_sid",
];

/** What is known of a task: its queue, and its attributes. */
export function TaskDetails({ task }: { task: Task }) {
  const attributes = Object.entries(attributesOf(task)).filter(([name]) => !INNER.includes(name));
  const rows = [["Queue", task.queue_name] as const, ...attributes].filter(
    ([, value]) => value !== null && value !== "",
  );
  return (
    <details className="border-t border-line pt-3">
      <summary className="cursor-pointer rounded text-sm font-medium text-quiet">Details</summary>
      <dl className="mt-2 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-quiet">{name}</dt>
            <dd className="min-w-0 break-words">
              {typeof value === "object" ? JSON.stringify(value) : String(value)}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
