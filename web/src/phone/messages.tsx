import { Send } from "lucide-react";
import { type FormEvent, useState } from "react";

import { wordsOf } from "../api/http.ts";
import { useMessages, useSendMessage } from "../api/phone.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Bubbles } from "./bubbles.tsx";

const FIRST_CONTACT = "+15551230001";

/** Text messages with a number, as the person outside. */
export function Messages({ number }: { number: string }) {
  const [contact, setContact] = useState(FIRST_CONTACT);
  const [body, setBody] = useState("");
  const messages = useMessages(contact.trim(), number.trim());
  const sending = useSendMessage(contact.trim(), number.trim());
  const problem = sending.error ?? messages.error;
  const send = (event: FormEvent) => {
    event.preventDefault();
    sending.mutate(body, { onSuccess: () => setBody("") });
  };
  return (
    <Card aria-labelledby="messages" className="flex flex-col gap-4">
      <h2 id="messages" className="text-lg font-semibold">
        Messages with {number}
      </h2>
      <Field
        label="You write as"
        value={contact}
        onChange={(event) => setContact(event.target.value)}
        inputMode="tel"
        required
      />
      <Bubbles messages={messages.data?.messages ?? []} contact={contact.trim()} />
      {problem && <Notice look="bad">{wordsOf(problem)}</Notice>}
      <form onSubmit={send} className="flex items-end gap-2">
        <Field
          label="Message"
          value={body}
          onChange={(event) => setBody(event.target.value)}
          className="grow"
          autoComplete="off"
          required
        />
        <Button type="submit" look="primary" disabled={sending.isPending} aria-label="Send">
          <Send aria-hidden="true" />
        </Button>
      </form>
    </Card>
  );
}
