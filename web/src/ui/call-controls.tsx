import { Grid3x3, Mic, MicOff, PhoneOff } from "lucide-react";
import { type ReactNode, useState } from "react";

import type { Softphone } from "../voice/softphone.ts";
import type { PhoneCall } from "../voice/state.ts";
import { Button } from "./button.tsx";
import { Keypad } from "./keypad.tsx";
import { LevelMeter } from "./level-meter.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

interface Props {
  phone: Softphone;
  call: PhoneCall;
  /** Whether the keypad is there from the beginning. */
  beginsWithKeypad?: boolean;
  /** What else can be done. */
  children?: ReactNode;
}

/** What can be done in a call: mute, keys, hang up. */
export function CallControls({ phone, call, beginsWithKeypad = false, children }: Props) {
  const [showsKeypad, setShowsKeypad] = useState(beginsWithKeypad);
  const { line } = phone;
  const toggleMute = () => phone.mute(!call.isMuted);
  const keys = [..."0123456789*#"].map((key) => [key, () => phone.press(key)]);
  useShortcuts(showsKeypad ? Object.fromEntries(keys) : {});
  useShortcuts({ m: toggleMute, k: () => setShowsKeypad(!showsKeypad), h: () => phone.hangUp() });
  return (
    <div className="flex flex-col gap-4">
      {line && (
        <div className="flex flex-col gap-2">
          <LevelMeter label="You" stream={line.microphone} />
          <LevelMeter label="They" stream={line.remote} />
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          look={call.isMuted ? "pressed" : "plain"}
          aria-pressed={call.isMuted}
          onClick={toggleMute}
          shortcut="M"
        >
          {call.isMuted ? <MicOff aria-hidden="true" /> : <Mic aria-hidden="true" />}
          {call.isMuted ? "Unmute" : "Mute"}
        </Button>
        <Button
          look={showsKeypad ? "pressed" : "plain"}
          aria-expanded={showsKeypad}
          onClick={() => setShowsKeypad(!showsKeypad)}
          shortcut="K"
        >
          <Grid3x3 aria-hidden="true" />
          Keypad
        </Button>
        {children}
        <Button look="bad" onClick={() => phone.hangUp()} shortcut="H">
          <PhoneOff aria-hidden="true" />
          Hang up
        </Button>
      </div>
      {showsKeypad && (
        <div className="max-w-64">
          <Keypad onPress={(key) => phone.press(key)} />
        </div>
      )}
    </div>
  );
}
