import { Bell, BellOff, Keyboard, LogOut, Monitor, Moon, Sun, User as UserIcon } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

import { type User, useLogOut } from "../api/session.ts";
import { usePreferences } from "../ui/preferences.ts";
import { canAskToNotify } from "./use-alerts.ts";

interface Props {
  user: User;
  onHelp: () => void;
}

/** What comes after each look. */
const NEXT_LOOK = {
  system: { look: "light", label: "Light", Icon: Sun },
  light: { look: "dark", label: "Dark", Icon: Moon },
  dark: { look: "system", label: "Look as the system", Icon: Monitor },
} as const;

/** What a person sets for this browser, the keys, and the way out. */
export function SettingsMenu({ user, onHelp }: Props) {
  const logOut = useLogOut();
  const { preferences, prefer } = usePreferences();
  const next = NEXT_LOOK[preferences.look];
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        aria-label={`Settings of ${user.friendly_name}`}
        className="flex min-h-10 cursor-pointer items-center gap-2 rounded-lg px-2 text-sm text-quiet hover:text-ink"
      >
        <UserIcon aria-hidden="true" className="size-4" />
        <span className="max-w-32 truncate max-sm:sr-only">{user.friendly_name}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          // The keys belong to the work again, not to this menu.
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="z-10 min-w-56 rounded-lg border border-line bg-raised p-1 shadow-lg"
        >
          <Item onSelect={() => prefer({ rings: !preferences.rings })}>
            {preferences.rings ? <BellOff /> : <Bell />}
            {preferences.rings ? "Turn sound off" : "Turn sound on"}
          </Item>
          <Item onSelect={() => prefer({ look: next.look })}>
            <next.Icon />
            {next.label}
          </Item>
          {canAskToNotify() && (
            <Item onSelect={() => void Notification.requestPermission()}>
              <Bell />
              Notify me when this page is hidden
            </Item>
          )}
          <Item onSelect={onHelp}>
            <Keyboard />
            Keyboard
          </Item>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <Item onSelect={() => logOut.mutate()}>
            <LogOut />
            Log out
          </Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Item({ onSelect, children }: { onSelect: () => void; children: ReactNode }) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className="flex cursor-pointer items-center gap-3 rounded-md px-3 py-2 text-sm outline-none data-highlighted:bg-accent/15 [&_svg]:size-4 [&_svg]:text-quiet"
    >
      {children}
    </DropdownMenu.Item>
  );
}
