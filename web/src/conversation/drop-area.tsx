import { type DragEvent, type ReactNode, useState } from "react";

interface Props {
  onFiles: (files: File[]) => void;
  children: ReactNode;
}

/** A conversation onto which files can be dropped. */
export function DropArea({ onFiles, children }: Props) {
  const [isOver, setIsOver] = useState(false);
  const isOfFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    <section
      aria-label="Conversation"
      className={`flex min-h-80 grow flex-col gap-3 rounded-xl md:min-h-0 ${isOver ? "outline-2 outline-offset-4 outline-accent outline-dashed" : ""}`}
      onDragOver={(event) => {
        if (!isOfFiles(event)) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={(event) => {
        // Its own parts are left and entered all the time.
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false);
      }}
      onDrop={(event) => {
        if (!isOfFiles(event)) return;
        event.preventDefault();
        setIsOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
    </section>
  );
}
