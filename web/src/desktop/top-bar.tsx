import { Bell, BellOff, CircleHelp } from "lucide-react";

import type { User } from "../api/session.ts";
import { Logo } from "../ui/logo.tsx";
import { usePreferences } from "../ui/preferences.ts";
import type { PhoneState } from "../voice/state.ts";
import type { WorkerState } from "../worker/state.ts";
import { ActivityChoice } from "./activity-choice.tsx";
import { SettingsMenu } from "./settings-menu.tsx";

interface Props {
  user: User;
  state: WorkerState;
  phone: PhoneState;
  onActivity: (sid: string) => void;
  onHelp: () => void;
}

const PHONE_WORDS = {
  connecting: "Phone connecting …",
  ready: "Phone ready",
  dropped: "Phone reconnecting …",
};

const TOOL = "cursor-pointer rounded-lg p-2 text-quiet hover:bg-shade hover:text-ink";

/** Who is here and does what, and how the phone is. */
export function TopBar({ user, state, phone, onActivity, onHelp }: Props) {
  const { preferences, prefer } = usePreferences();
  const SoundIcon = preferences.rings ? Bell : BellOff;
  return (
    <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-raised px-4 py-2">
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
        className={TOOL}
        aria-label="Sound"
        aria-pressed={preferences.rings}
        aria-keyshortcuts="S"
        title={preferences.rings ? "Offers ring (S)" : "Offers are silent (S)"}
        onClick={() => prefer({ rings: !preferences.rings })}
      >
        <SoundIcon aria-hidden="true" className="size-4" />
      </button>
      <button
        type="button"
        className={`${TOOL} max-sm:hidden`}
        aria-label="Keyboard"
        aria-keyshortcuts="?"
        title="Keyboard (?)"
        onClick={onHelp}
      >
        <CircleHelp aria-hidden="true" className="size-4" />
      </button>
      <SettingsMenu user={user} onHelp={onHelp} />
    </header>
  );
}
