/** The element that a page shows: a button, and behind it the form, the chat and what comes after it. */
class PatchboardChat extends HTMLElement {
  connectedCallback() {
    if (this.session) return;
    const lang = (this.dataset.lang || document.documentElement.lang || navigator.language).slice(0, 2);
    this.texts = { ...TEXTS.en, ...TEXTS[lang], ...window.PatchboardChat?.texts };
    this.lang = TEXTS[lang] ? lang : "en";
    this.session = new Session(this.dataset.key);
    this.ear = new Ear(this.session, (frame) => this.hear(frame), (isUp) => this.showConnection(isUp));
    this.clear();
    this.root = this.attachShadow({ mode: "open" });
    this.build();
    this.follow();
    this.load();
  }

  clear() {
    Object.assign(this, { rows: new Map(), unread: 0, othersRead: -1, marked: -1, isOver: false });
    this.ear.last = null;
  }

  text(name, values = {}) {
    return this.texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  build() {
    const button = (name, glyph, click, hidden) =>
      el("button", { class: "plain", type: "button", "aria-label": this.text(name), title: this.text(name), click, hidden }, glyph);
    this.title_ = el("h2", { id: "title" }, "");
    this.ender = el("button", { class: "plain", type: "button", click: () => this.askEnd(), hidden: true }, this.text("end"));
    this.body = el("div", { class: "body" });
    this.panel = el(
      "section",
      { class: "panel", role: "dialog", "aria-labelledby": "title", id: "panel", hidden: true },
      el("header", {}, this.title_, this.ender, button("close", icon("close"), () => this.toggle(false))),
      this.body,
    );
    this.badge = el("span", { class: "badge", hidden: true });
    this.launcher = el(
      "button",
      { class: "launch", type: "button", "aria-controls": "panel", "aria-expanded": "false", click: () => this.toggle() },
      icon("chat"),
      this.badge,
    );
    this.root.append(el("style", {}, STYLE), this.panel, this.launcher);
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", "aria-labelledby": "title" });
    this.status = el("div", { class: "status", role: "status" });
    this.input = el("textarea", { rows: "1", dir: "auto", "aria-label": this.text("write"), placeholder: this.text("write"), maxlength: "8000",
      input: () => this.showTyping(), keydown: (event) => this.onKey(event) });
    const file = el("input", { type: "file", hidden: true, change: () => this.attach(file) });
    this.compose = el(
      "form",
      { class: "compose", submit: (event) => (event.preventDefault(), this.write()) },
      file,
      button("attach", icon("clip"), () => file.click()),
      this.input,
      el("button", { type: "submit" }, this.text("send")),
    );
    this.label();
  }

  /** Keeps theme, other tabs and the network in view. */
  follow() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const asSystem = !this.dataset.theme;
    const paint = () => asSystem && (this.dataset.theme = dark.matches ? "dark" : "light");
    dark.addEventListener("change", paint);
    paint();
    addEventListener("storage", (event) => event.key === this.session.slot && this.adopt());
    addEventListener("online", () => this.ear.hurry());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.ear.hurry();
      this.markRead();
    });
    setInterval(() => this.session.renew().catch(() => {}), RENEW_MS / 12);
  }

  async load() {
    try {
      this.deployment = await this.session.ask(`deployments/${encodeURIComponent(this.dataset.key)}`);
    } catch (error) {
      this.hidden = true;
      console.error(`patchboard-chat: ${error.message}`);
      return;
    }
    for (const [name, value] of Object.entries(this.deployment.theme)) {
      if (name === "side") this.dataset.side = value;
      else this.style.setProperty(`--pb-${name}`, value);
    }
    this.title_.textContent = this.deployment.friendly_name;
    if (this.session.saved) this.enter();
    else this.showForm();
    if ("open" in this.dataset) this.toggle(true);
  }

  /** Takes over what another tab did: began a chat, renewed its token, or left it. */
  adopt() {
    const before = this.session.saved?.id;
    this.session.load();
    const now = this.session.saved?.id;
    if (before === now) return;
    this.ear.stop();
    this.clear();
    if (now) this.enter();
    else this.showForm();
  }

  toggle(open = this.panel.hidden) {
    this.panel.hidden = !open;
    this.launcher.setAttribute("aria-expanded", String(open));
    this.label();
    if (!open) return this.launcher.focus();
    this.unread = 0;
    this.label();
    this.markRead();
    this.log.scrollTop = this.log.scrollHeight;
    (this.body.querySelector("input:not([hidden]), textarea") || this.panel.querySelector("button")).focus();
  }

  label() {
    this.badge.hidden = !this.unread;
    this.badge.textContent = this.unread;
    const name = this.text(this.panel.hidden ? "open" : "close");
    this.launcher.setAttribute("aria-label", this.unread ? `${name}, ${this.text("unread", { n: this.unread })}` : name);
  }

  showForm() {
    const online = this.deployment.is_online;
    const field = (name, control) => el("label", {}, this.text(name), control);
    const name = el("input", { name: "friendlyName", required: true, maxlength: "120", autocomplete: "name" });
    const mail = el("input", { name: "email", type: "email", maxlength: "200", autocomplete: "email", required: !online });
    const query = el("textarea", { name: "query", rows: "4", required: true, maxlength: "8000" });
    const departments = (this.dataset.departments || "").split(",").map((it) => it.trim()).filter(Boolean);
    const department = el("select", { name: "department" }, ...departments.map((it) => el("option", { value: it }, it)));
    const problem = el("p", { role: "alert" });
    const submit = el("button", { type: "submit" }, this.text(online ? "start" : "leave"));
    const intro = online ? this.deployment.greeting : this.deployment.offline_text || this.text("offline");
    const send = async (event) => {
      event.preventDefault();
      submit.disabled = true;
      try {
        const said = { friendlyName: name.value.trim(), email: mail.value.trim() };
        if (departments.length) said.department = department.value;
        if (!online) said.offline = true;
        await this.session.begin(said);
        this.enter();
        if (!online) this.note("left_message");
        this.post(query.value);
      } catch (error) {
        problem.textContent = error.status === 429 ? this.text("busy") : error.message;
        submit.disabled = false;
      }
    };
    this.ender.hidden = true;
    this.body.replaceChildren(
      el("form", { class: "card", submit: send }, el("p", { dir: "auto" }, intro), field("name", name),
        field(online ? "email" : "mail", mail), ...(departments.length ? [field("department", department)] : []),
        field("query", query), problem, submit),
    );
  }

  enter() {
    this.log.replaceChildren();
    this.status.textContent = "";
    this.compose.hidden = false;
    this.ender.hidden = false;
    this.body.replaceChildren(this.log, this.status, this.compose);
    this.ear.start();
    if (!this.panel.hidden) this.input.focus();
  }

  hear(frame) {
    if (frame.type === "message") this.show(frame.message);
    else if (frame.type === "removed") frame.indexes.forEach((index) => this.drop(index));
    else if (frame.type === "typing") this.say("typing", { name: frame.name }, TYPING_MS);
    else if (frame.type === "agent.joined" || frame.type === "agent.left") {
      this.status.textContent = "";
      this.note(frame.type === "agent.joined" ? "joined" : "left", { name: frame.name });
    } else if (frame.type === "queue") this.showPlace(frame);
    else if (frame.type === "read") this.showRead(frame.index);
    else if (frame.type === "ready") this.showRead(frame.read ?? -1);
    else if (frame.type === "ended") this.finish();
    else if (frame.type === "expired") this.leave();
  }

  /** Shows a message, in its place or over what it was before. */
  show(message) {
    const own = message.role === "visitor";
    const isNew = !this.rows.has(message.index);
    const row = this.row(message);
    this.insert(row, message.index);
    if (own) this.arrive(message);
    if (!isNew || own) return this.showRead(this.othersRead);
    this.status.textContent = "";
    if (this.panel.hidden) this.unread += 1;
    this.label();
    this.markRead();
  }

  /** Takes away the row of what this tab sent: the line may tell of it before the request is answered. */
  arrive({ body, media }) {
    const isIt = ({ sent }) => (sent.media ? media?.some(({ sid }) => sid === sent.media.sid) : sent.body === body);
    [...this.log.querySelectorAll("[data-waiting]")].find(isIt)?.remove();
  }

  insert(row, index) {
    const before = this.rows.get(index);
    this.rows.set(index, row);
    row.dataset.index = index;
    if (before) return before.replaceWith(row);
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const later = [...this.log.children].find((other) => Number(other.dataset.index) > index);
    this.log.insertBefore(row, later ?? this.log.querySelector("[data-waiting]"));
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  row({ role, author, body, media, date }) {
    const who = role === "visitor" ? this.text("you") : author;
    const time = new Date(date).toLocaleTimeString(this.lang, { hour: "2-digit", minute: "2-digit" });
    const text = el("div", { class: "t", dir: "auto" }, ...linked(body ?? ""), ...(media ?? []).map((it) => this.medium(it)));
    return el("div", { class: `m ${role}` }, el("div", { class: "w" }, `${who} · ${time}`), text, el("div", { class: "w s" }));
  }

  medium({ sid, filename, content_type }) {
    const open = async () => el("a", { href: await this.session.link(sid), download: filename, rel: "noopener" }).click();
    const box = el("button", { class: "plain file", type: "button", click: () => open().catch(() => {}) }, filename || "?");
    if (/^image\/(png|jpeg|gif|webp)$/.test(content_type)) {
      this.session.link(sid).then(fetch).then((got) => got.blob()).then((blob) =>
        box.append(el("img", { src: URL.createObjectURL(blob), alt: filename || "" }))).catch(() => {});
    }
    return box;
  }

  drop(index) {
    this.rows.get(index)?.remove();
    this.rows.delete(index);
  }

  note(name, values) {
    this.log.append(el("div", { class: "note" }, this.text(name, values)));
    this.log.scrollTop = this.log.scrollHeight;
  }

  say(name, values, duration) {
    const said = this.text(name, values);
    this.status.textContent = said;
    if (duration) setTimeout(() => this.status.textContent === said && (this.status.textContent = ""), duration);
  }

  showPlace({ position, wait_secs }) {
    const wait = wait_secs == null ? "" : ` (${this.text("wait", { minutes: Math.max(1, Math.round(wait_secs / 60)) })})`;
    this.status.textContent = this.text("queue", { position }) + wait;
  }

  showConnection(isUp) {
    if (!isUp) this.say("reconnecting");
    else if (this.status.textContent === this.text("reconnecting")) this.status.textContent = "";
    if (!isUp) this.check();
  }

  /** Finds out whether there is still something to come back to. */
  check() {
    this.session.ask(this.session.own("")).catch((error) => [401, 403, 404].includes(error.status) && this.leave());
  }

  showRead(index) {
    this.othersRead = Math.max(this.othersRead, index);
    const read = [...this.rows].filter(([at, row]) => at <= this.othersRead && row.classList.contains("visitor"));
    const last = Math.max(...read.map(([at]) => at));
    for (const [at, row] of this.rows) row.querySelector(".s").textContent = at === last ? this.text("read") : "";
  }

  markRead() {
    const last = Math.max(-1, ...this.rows.keys());
    if (this.panel.hidden || document.hidden || last <= this.marked || this.isOver || !this.session.saved) return;
    this.marked = last;
    this.session.ask(this.session.own("read"), { index: last }).catch(() => {});
  }

  showTyping() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
    if (Date.now() - (this.typedAt ?? 0) < TYPING_MS - 2000) return;
    this.typedAt = Date.now();
    this.session.ask(this.session.own("typing"), {}).catch(() => {});
  }

  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.write();
  }

  write() {
    const body = this.input.value;
    if (!body.trim()) return;
    this.input.value = "";
    this.input.style.height = "auto";
    this.typedAt = 0;
    this.post(body);
  }

  /** Sends a message: shown at once, repeated under the same key until it is there. */
  post(body, media) {
    const key = [...crypto.getRandomValues(new Uint8Array(12))].map((it) => it.toString(16).padStart(2, "0")).join("");
    const row = this.row({ role: "visitor", body: body || media?.name, date: Date.now() });
    row.dataset.waiting = "";
    row.sent = { body, media };
    this.log.append(row);
    this.log.scrollTop = this.log.scrollHeight;
    const state = row.querySelector(".s");
    const attempt = async (left) => {
      state.textContent = this.text("sending");
      try {
        const sid = media && (media.sid ??= await this.session.upload(media.file));
        const message = await this.session.ask(this.session.own("messages"), { body, media_sid: sid }, { "idempotency-key": key });
        row.remove();
        this.show(message);
      } catch (error) {
        if (left && !(error.status < 500)) return setTimeout(() => attempt(left - 1), 2000);
        const reason = error.status === 429 ? this.text("busy") : error.status ? error.message : "";
        const retry = el("button", { class: "plain", type: "button", click: () => attempt(2) }, this.text("retry"));
        state.replaceChildren(`${this.text("failed")} ${reason}`, retry);
      }
    };
    attempt(2);
  }

  attach(input) {
    const [file] = input.files;
    input.value = "";
    if (file) this.post("", { file, name: file.name });
  }

  askEnd() {
    const answer = (ends) => () => {
      ask.remove();
      this.input.focus();
      if (ends) this.session.ask(this.session.own("end"), {}).then(() => this.finish()).catch(() => {});
    };
    this.body.querySelector(".ask")?.remove();
    const ask = el("div", { class: "ask", role: "alertdialog", "aria-label": this.text("endAsk") }, this.text("endAsk"),
      el("button", { type: "button", click: answer(true) }, this.text("yes")),
      el("button", { class: "quiet", type: "button", click: answer(false) }, this.text("no")));
    this.status.after(ask);
    ask.querySelector("button").focus();
  }

  finish() {
    if (this.isOver) return;
    this.isOver = true;
    this.ear.stop();
    this.compose.hidden = true;
    this.ender.hidden = true;
    this.status.textContent = "";
    this.body.querySelector(".ask")?.remove();
    const transcript = el("button", { class: "quiet", type: "button", click: () => this.download() }, this.text("transcript"));
    const again = el("button", { type: "button", click: () => this.leave() }, this.text("again"));
    this.body.append(el("div", { class: "over" }, el("p", { role: "status" }, this.text("ended")), this.rating(), transcript, again));
    this.log.scrollTop = this.log.scrollHeight;
  }

  rating() {
    const star = (n) => el("label", {}, el("input", { type: "radio", name: "score", value: n, "aria-label": this.text("stars", { n }), required: true }), el("span", { "aria-hidden": "true" }, "★"));
    const stars = el("div", { class: "stars" }, ...[1, 2, 3, 4, 5].map(star));
    const comment = el("input", { "aria-label": this.text("comment"), placeholder: this.text("comment"), maxlength: "1000" });
    const form = el("form", {}, el("fieldset", {}, el("legend", {}, this.text("rate")), stars), comment, el("button", { class: "quiet", type: "submit" }, this.text("submit")));
    const score = () => Number(form.elements.score.value);
    stars.addEventListener("change", () => [...stars.children].forEach((it, at) => it.classList.toggle("on", at < score())));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.session.ask(this.session.own("rating"), { score: score(), comment: comment.value })
        .then(() => form.replaceWith(el("p", { role: "status" }, this.text("rated")))).catch(() => {});
    });
    return form;
  }

  async download() {
    const url = this.session.url(this.session.own("transcript"));
    const got = await fetch(url, { headers: { authorization: `Bearer ${this.session.saved.token}` } });
    if (got.ok) el("a", { href: URL.createObjectURL(await got.blob()), download: "chat.txt" }).click();
  }

  leave() {
    this.ear.stop();
    this.session.save(null);
    this.clear();
    this.showForm();
  }
}
