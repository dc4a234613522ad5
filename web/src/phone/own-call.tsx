import { CallControls } from "../ui/call-controls.tsx";
import { minutesAndSeconds, useNow } from "../ui/clock.ts";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import type { Softphone } from "../voice/softphone.ts";
import type { PhoneCall } from "../voice/state.ts";

const WORDS = { dialling: "Calling …", ringing: "Ringing …", incoming: "Incoming", talking: "", returning: "Coming back …" };

/** A call that this phone made. */
export function OwnCall({ phone, call }: { phone: Softphone; call: PhoneCall }) {
  const now = useNow();
  const keys = [..."0123456789*#"].map((key) => [key, () => phone.press(key)]);
  useShortcuts(Object.fromEntries(keys));
  return (
    <div className="flex flex-col gap-4">
      <div>
        <h2 className="text-lg font-semibold">{call.other}</h2>
        <p role="timer" aria-label="Length of the call" className="text-3xl font-semibold tabular-nums">
          {call.since ? minutesAndSeconds(now - call.since) : WORDS[call.stage]}
        </p>
      </div>
      <CallControls phone={phone} call={call} beginsWithKeypad />
    </div>
  );
}
