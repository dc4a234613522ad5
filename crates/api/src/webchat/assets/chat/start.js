// A page may hold the script twice: the first one stays.
if (!customElements.get("patchboard-chat")) {
  customElements.define("patchboard-chat", PatchboardChat);
  const place = () => {
    const widget = document.createElement("patchboard-chat");
    Object.assign(widget.dataset, SCRIPT.dataset);
    document.body.append(widget);
  };
  if (SCRIPT.dataset.key && document.body) place();
  else if (SCRIPT.dataset.key) addEventListener("DOMContentLoaded", place);
}
