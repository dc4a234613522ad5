import { useQuery } from "@tanstack/react-query";
import { Search, User, Users } from "lucide-react";
import { useId, useState } from "react";

import { wordsOf } from "../api/http.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import type { Desk } from "../worker/desk.ts";
import type { Target } from "../worker/types.ts";

export interface HandOver {
  to: string;
  mode: "cold" | "warm";
  note: string;
}

interface Props {
  desk: Desk;
  /** Whether the next agent can be told something. */
  hasNote?: boolean;
  onHandOver: (order: HandOver) => Promise<boolean>;
  onClose: () => void;
}

/** How often it is looked who is available. */
const LOOK_MS = 3000;

/** Chooses to whom work is handed on: a colleague or a queue. */
export function TransferDialog({ desk, hasNote = false, onHandOver, onClose }: Props) {
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<string>();
  const [note, setNote] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const targets = useQuery({
    queryKey: ["targets"],
    queryFn: () => desk.targets(),
    refetchInterval: LOOK_MS,
  });
  const found = (targets.data ?? []).filter((it) =>
    it.name.toLowerCase().includes(search.trim().toLowerCase()),
  );
  const isReady = found.some((it) => it.sid === chosen && it.available) && !isBusy;
  const handOver = async (mode: HandOver["mode"]) => {
    if (!chosen) return;
    setIsBusy(true);
    if (await onHandOver({ to: chosen, mode, note: note.trim() })) onClose();
    else setIsBusy(false);
  };
  return (
    <Dialog
      title="Transfer"
      description="Hand over leaves at once. Consult first stays until you leave."
      onClose={onClose}
    >
      <div className="relative">
        <Search aria-hidden="true" className="absolute start-3 bottom-3 size-4 text-quiet" />
        <Field
          label="Search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          placeholder="Name of a colleague or queue"
          className="[&_input]:ps-9"
          autoFocus
        />
      </div>
      {targets.isError && <Notice look="bad">{wordsOf(targets.error)}</Notice>}
      <TargetList targets={found} isLoading={targets.isPending} chosen={chosen} onChoose={setChosen} />
      {hasNote && (
        <Field
          label="Note for who takes over"
          value={note}
          onChange={(event) => setNote(event.target.value)}
          autoComplete="off"
        />
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={() => handOver("warm")} disabled={!isReady}>
          Consult first
        </Button>
        <Button look="primary" onClick={() => handOver("cold")} disabled={!isReady}>
          Hand over
        </Button>
      </div>
    </Dialog>
  );
}

interface ListProps {
  targets: Target[];
  isLoading: boolean;
  chosen: string | undefined;
  onChoose: (sid: string) => void;
}

function TargetList({ targets, isLoading, chosen, onChoose }: ListProps) {
  const id = useId();
  if (targets.length === 0) {
    return (
      <p className="py-4 text-center text-quiet">{isLoading ? "Looking who is there …" : "Nobody found."}</p>
    );
  }
  return (
    <fieldset className="flex max-h-64 flex-col gap-1 overflow-y-auto">
      <legend className="sr-only">To whom</legend>
      {targets.map(({ sid, name, kind, activity, available }) => (
        <label
          key={sid}
          className="flex cursor-pointer items-center gap-3 rounded-lg border border-transparent px-3 py-2 hover:bg-shade has-checked:border-accent has-checked:bg-accent/10 has-disabled:cursor-not-allowed has-disabled:opacity-50 has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={id}
            checked={chosen === sid}
            disabled={!available}
            onChange={() => onChoose(sid)}
            className="sr-only"
          />
          {kind === "worker" ? (
            <User aria-hidden="true" className="size-4 text-quiet" />
          ) : (
            <Users aria-hidden="true" className="size-4 text-quiet" />
          )}
          <span className="min-w-0 grow truncate">{name}</span>
          <span className={`text-sm ${available ? "text-good" : "text-quiet"}`}>{activity ?? "Queue"}</span>
        </label>
      ))}
    </fieldset>
  );
}
