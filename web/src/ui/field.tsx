import { type ComponentProps, useId } from "react";

interface Props extends ComponentProps<"input"> {
  label: string;
}

/** A labelled line of input. */
export function Field({ label, className = "", ...others }: Props) {
  const id = useId();
  return (
    <div className={`flex flex-col gap-1 ${className}`}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        {...others}
        className="min-h-10 w-full rounded-lg border border-line bg-paper px-3 py-2 placeholder:text-quiet"
      />
    </div>
  );
}
