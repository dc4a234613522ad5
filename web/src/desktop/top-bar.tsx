import { LogOut } from "lucide-react";

import { type User, useLogOut } from "../api/session.ts";
import { Logo } from "../ui/logo.tsx";
import type { PhoneState } from "../voice/state.ts";
import type { WorkerState } from "../worker/state.ts";
import { ActivityChoice } from "./activity-choice.tsx";

interface Props {
  user: User;
  state: WorkerState;
  phone: PhoneState;
  onActivity: (sid: string) => void;
}

const PHONE_WORDS = {
  connecting: "Phone connecting …",
  ready: "Phone ready",
  dropped: "Phone reconnecting …",
};

export function TopBar({ user, state, phone, onActivity }: Props) {
  const logOut = useLogOut();
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-raised px-4 py-3">
      <Logo />
      <div className="grow" />
      <span role="status" className="flex items-center gap-2 text-sm text-quiet">
        <span
          aria-hidden="true"
          className={`size-2 rounded-full ${phone.link === "ready" ? "bg-good" : "bg-warn"}`}
        />
        {PHONE_WORDS[phone.link]}
      </span>
      {state.worker && (
        <ActivityChoice worker={state.worker} activities={state.activities} onChoose={onActivity} />
      )}
      <button
        type="button"
        onClick={() => logOut.mutate()}
        className="flex cursor-pointer items-center gap-2 rounded-lg px-2 py-1 text-sm text-quiet hover:text-ink"
      >
        {user.friendly_name}
        <LogOut aria-hidden="true" className="size-4" />
        <span className="sr-only">Log out</span>
      </button>
    </header>
  );
}
