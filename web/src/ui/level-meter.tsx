import { useEffect, useRef } from "react";

import { Meter } from "../voice/meter.ts";

const LOOK_MS = 100;

/** Shows how loud a stream is; the bar is moved past React, ten times a second. */
export function LevelMeter({ label, stream }: { label: string; stream: MediaStream }) {
  const meter = useRef<HTMLMeterElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let listener: Meter | undefined;
    const look = window.setInterval(() => {
      // A stream gets its track when the other side is heard of first.
      if (!listener && stream.getAudioTracks().length > 0) listener = new Meter(stream);
      const level = listener?.level() ?? 0;
      if (meter.current) meter.current.value = level;
      bar.current?.style.setProperty("transform", `scaleX(${level})`);
    }, LOOK_MS);
    return () => {
      window.clearInterval(look);
      listener?.close();
    };
  }, [stream]);
  return (
    <div className="flex items-center gap-3">
      <span aria-hidden="true" className="w-12 text-sm text-quiet">
        {label}
      </span>
      <meter ref={meter} aria-label={label} min={0} max={1} className="sr-only" />
      <div aria-hidden="true" className="h-2 grow overflow-hidden rounded-full bg-line">
        <div
          ref={bar}
          style={{ transform: "scaleX(0)" }}
          className="h-full origin-left rounded-full bg-good transition-transform duration-100"
        />
      </div>
    </div>
  );
}
