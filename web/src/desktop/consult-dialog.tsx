import { type FormEvent, useState } from "react";

import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";

interface Props {
  onCall: (to: string) => Promise<boolean>;
  onClose: () => void;
}

/** Calls somebody else into the call. */
export function ConsultDialog({ onCall, onClose }: Props) {
  const [to, setTo] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const call = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    if (await onCall(to.trim())) onClose();
    else setIsBusy(false);
  };
  return (
    <Dialog
      title="Add to the call"
      description="Whoever answers talks with all. Put the customer on hold first to consult alone."
      onClose={onClose}
    >
      <form onSubmit={call} className="flex items-end gap-2">
        <Field
          label="Number to call"
          value={to}
          onChange={(event) => setTo(event.target.value)}
          placeholder="+15551230001, sip:… or client:…"
          className="grow"
          inputMode="tel"
          autoFocus
          required
        />
        <Button type="submit" look="good" disabled={isBusy || !to.trim()}>
          Call
        </Button>
      </form>
    </Dialog>
  );
}
