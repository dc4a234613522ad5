import { type User, useLogOut } from "../api/session.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Logo } from "../ui/logo.tsx";

/** What somebody sees who has logged in, but takes no tasks. */
export function NoWorker({ user }: { user: User }) {
  const logOut = useLogOut();
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-5 p-5">
      <Logo />
      <Card>
        <h1 className="text-xl font-semibold">{user.friendly_name} takes no tasks</h1>
        <p className="mt-2 mb-4 text-quiet">
          This desktop is for people with the role agent. Log in as one, or give this login the role: in a
          terminal, <code>patchboard user add</code> makes a login with roles.
        </p>
        <Button onClick={() => logOut.mutate()}>Log out</Button>
      </Card>
    </main>
  );
}
