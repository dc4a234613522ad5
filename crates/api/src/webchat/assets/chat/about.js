// Patchboard's chat for any web page, one file, no dependencies:
//
//   <script src="https://calls.example/webchat/patchboard-chat.js" data-key="webchat-…" async></script>
//
// Further attributes: data-theme="light|dark" (default: as the system), data-lang="en|de|ar" (default: the page's),
// data-departments="Sales,Support", data-open. Direction follows the page's `dir`. Texts and colours can be set by
// `window.PatchboardChat = { texts: {…} }` and by CSS on `patchboard-chat { --pb-accent: … }`.
// What anybody wrote is only ever put in as text.
