import { Dialog } from "../ui/dialog.tsx";

const GROUPS: { title: string; keys: [string, string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["1 … 9", "Choose a piece of work"],
      ["S", "Sound on or off"],
      ["?", "This help"],
    ],
  },
  {
    title: "Offers",
    keys: [
      ["Enter", "Accept"],
      ["R", "Reject"],
    ],
  },
  {
    title: "Calls",
    keys: [
      ["M", "Mute or unmute"],
      ["O", "Hold or resume"],
      ["K", "Keypad, then 0 … 9 * #"],
      ["T", "Transfer"],
      ["H", "Hang up"],
    ],
  },
  {
    title: "Conversations",
    keys: [
      ["/", "Write"],
      ["Enter", "Send"],
      ["Shift Enter", "New line"],
      ["Esc", "Leave the text field"],
      ["T", "Transfer"],
    ],
  },
];

/** Every key that does something. */
export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" description="Keys work while no text field has the focus." onClose={onClose}>
      <div className="grid gap-5 sm:grid-cols-2">
        {GROUPS.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="mb-2 text-sm font-semibold text-quiet">{title}</h3>
            <dl className="grid grid-cols-[max-content_1fr] items-baseline gap-x-3 gap-y-2 text-sm">
              {keys.map(([key, what]) => (
                <div key={key + what} className="contents">
                  <dt>
                    <kbd className="rounded border border-line bg-shade px-1.5 py-0.5 text-xs">{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
