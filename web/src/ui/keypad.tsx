const ROWS = ["123", "456", "789", "*0#"];
const NAMES: Record<string, string> = { "*": "star", "#": "pound" };

/** The twelve keys of a phone. */
export function Keypad({ onPress }: { onPress: (key: string) => void }) {
  return (
    <fieldset className="grid grid-cols-3 gap-2">
      <legend className="sr-only">Keypad</legend>
      {[...ROWS.join("")].map((key) => (
        <button
          key={key}
          type="button"
          onClick={() => onPress(key)}
          aria-label={NAMES[key]}
          className="min-h-12 cursor-pointer rounded-lg border border-line bg-paper text-lg font-medium hover:bg-shade active:bg-accent/20"
        >
          {key}
        </button>
      ))}
    </fieldset>
  );
}
