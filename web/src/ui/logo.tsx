export function Logo() {
  return (
    <a href="/" className="flex items-center gap-2 rounded font-semibold">
      <img src="/favicon.svg" alt="" className="size-7" />
      Patchboard
    </a>
  );
}
