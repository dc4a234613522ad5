import { useEffect, useId, useRef } from "react";

import { Meter } from "../voice/meter.ts";

const LOOK_MS = 100;

/** Shows how loud a stream is; the bar is moved past React, ten times a second. */
export function LevelMeter({ label, stream }: { label: string; stream: MediaStream }) {
  const id = useId();
  const bar = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    let meter: Meter | undefined;
    const look = window.setInterval(() => {
      // A stream can be measured once it has a track.
      if (!meter && stream.getAudioTracks().length > 0) meter = new Meter(stream);
      if (bar.current) bar.current.value = meter?.level() ?? 0;
    }, LOOK_MS);
    return () => {
      window.clearInterval(look);
      meter?.close();
    };
  }, [stream]);
  return (
    <div className="flex items-center gap-3">
      <label htmlFor={id} className="w-16 text-sm text-quiet">
        {label}
      </label>
      <meter
        ref={bar}
        id={id}
        min={0}
        max={1}
        className="h-3 grow overflow-hidden rounded-full appearance-none"
      />
    </div>
  );
}
