import type { ComponentProps } from "react";

export function Card({ className = "", ...others }: ComponentProps<"section">) {
  return <section {...others} className={`rounded-xl border border-line bg-raised p-5 ${className}`} />;
}
