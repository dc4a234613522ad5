import { type FormEvent, useState } from "react";

import { wordsOf } from "../api/http.ts";
import { useLogIn } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Logo } from "../ui/logo.tsx";
import { Notice } from "../ui/notice.tsx";

export function LoginForm({ isDevelopment }: { isDevelopment: boolean }) {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const logIn = useLogIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    logIn.mutate({ login, password });
  };
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-5 p-5">
      <Logo />
      <Card aria-labelledby="log-in">
        <form onSubmit={submit} className="flex flex-col gap-4">
          <h1 id="log-in" className="text-xl font-semibold">
            Log in
          </h1>
          <Field
            label="Login"
            value={login}
            onChange={(event) => setLogin(event.target.value)}
            autoComplete="username"
            autoFocus
            required
          />
          <Field
            label="Password"
            type="password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="current-password"
            required
          />
          {logIn.isError && <Notice look="bad">{wordsOf(logIn.error)}</Notice>}
          <Button type="submit" look="primary" disabled={logIn.isPending}>
            {logIn.isPending ? "Logging in …" : "Log in"}
          </Button>
        </form>
      </Card>
      <p className="text-sm text-quiet">
        The first start printed a login for an agent. In a terminal, <code>patchboard credentials</code> shows
        it again.
      </p>
      {isDevelopment && (
        <p className="text-sm text-quiet">
          To play the caller, open the{" "}
          <a href="/phone" className="text-accent underline">
            phone
          </a>{" "}
          in another tab.
        </p>
      )}
    </main>
  );
}
