import { Phone } from "lucide-react";
import { type FormEvent, useEffect, useId, useState } from "react";

import { AccessTokens } from "../api/access-token.ts";
import { useNumbers } from "../api/phone.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { CallMemory } from "../voice/memory.ts";
import { useSoftphone } from "../voice/use-softphone.ts";
import { OwnCall } from "./own-call.tsx";

const MEMORY = new CallMemory("patchboard.phone");

interface Props {
  isDevelopment: boolean;
  number: string;
  onNumber: (number: string) => void;
}

/** Picks or takes a number and calls it. */
export function Dialler({ isDevelopment, number, onNumber }: Props) {
  const list = useId();
  const [tokens] = useState(() => new AccessTokens(isDevelopment ? "/v1/dev/phone-token" : "/v1/tokens"));
  const { phone, state } = useSoftphone({ token: () => tokens.get(), isCalled: false, memory: MEMORY });
  const numbers = useNumbers(isDevelopment).data?.phone_numbers ?? [];
  useEffect(() => {
    document.title = "Phone · Patchboard";
  }, []);
  const call = (event: FormEvent) => {
    event.preventDefault();
    void phone.call(number.trim());
  };
  return (
    <Card aria-label="Call" className="flex flex-col gap-4">
      {state.link === "dropped" && <Notice look="warn">Disconnected. Reconnecting …</Notice>}
      {state.problem && <Notice look="bad">{state.problem}</Notice>}
      {state.call ? (
        <OwnCall phone={phone} call={state.call} />
      ) : (
        <form onSubmit={call} className="flex flex-col gap-4">
          <Field
            label="Number to call"
            list={list}
            value={number}
            onChange={(event) => onNumber(event.target.value)}
            inputMode="tel"
            required
          />
          <datalist id={list}>
            {numbers.map((it) => (
              <option key={it.phone_number} value={it.phone_number}>
                {it.friendly_name}
              </option>
            ))}
          </datalist>
          <Button type="submit" look="good" disabled={state.link !== "ready"}>
            <Phone aria-hidden="true" />
            {state.link === "ready" ? "Call" : "Connecting …"}
          </Button>
        </form>
      )}
    </Card>
  );
}
