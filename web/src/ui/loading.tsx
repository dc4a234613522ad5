export function Loading() {
  return (
    <p role="status" className="p-8 text-center text-quiet">
      Loading …
    </p>
  );
}
