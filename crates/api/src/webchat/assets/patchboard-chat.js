// Patchboard's chat for any web page, one file, no dependencies:
//
//   <script src="https://calls.example/webchat/patchboard-chat.js" data-key="webchat-…" async></script>
//
// Further attributes: data-theme="light|dark" (default: as the system), data-lang="en|de|ar" (default: the page's),
// data-departments="Sales,Support", data-open. Direction follows the page's `dir`. Texts and colours can be set by
// `window.PatchboardChat = { texts: {…} }` and by CSS on `patchboard-chat { --pb-accent: … }`.
// What anybody wrote is only ever put in as text.
(() => {
  "use strict";

  const SCRIPT = document.currentScript;
  const BASE = new URL("../webchat/v1/", SCRIPT.src);
  const RETRY_MS = [1000, 2000, 4000, 8000, 16000, 30000];
  const SILENCE_MS = 60000;
  const TYPING_MS = 5000;
  const RENEW_MS = 3600000;

  const TEXTS = {
    en: {
      open: "Open chat", close: "Close chat", name: "Your name", email: "E-mail (optional)", mail: "E-mail",
      department: "Department", query: "How can we help?", start: "Start chat", leave: "Send message",
      write: "Write a message", send: "Send", attach: "Attach a file", end: "End chat", endAsk: "End this chat?",
      yes: "End it", no: "Go on", ended: "The chat has ended.", again: "Start a new chat",
      transcript: "Download transcript", rate: "How was it?", comment: "Anything to add?", rated: "Thank you!",
      submit: "Submit", you: "You", sending: "Sending…", failed: "Not sent.", retry: "Try again", read: "Read",
      typing: "{name} is typing…", joined: "{name} has joined", left: "{name} has left",
      queue: "You are number {position} in line", wait: "about {minutes} min", offline: "We are not here right now.",
      reconnecting: "Connection lost. Trying again…", left_message: "Thank you. We will get back to you.",
      stars: "{n} of 5", unread: "{n} unread", busy: "Too fast. Wait a moment, then try again.",
    },
    de: {
      open: "Chat öffnen", close: "Chat schließen", name: "Ihr Name", email: "E-Mail (freiwillig)", mail: "E-Mail",
      department: "Abteilung", query: "Wie können wir helfen?", start: "Chat beginnen", leave: "Nachricht senden",
      write: "Nachricht schreiben", send: "Senden", attach: "Datei anhängen", end: "Chat beenden",
      endAsk: "Diesen Chat beenden?", yes: "Beenden", no: "Weiter", ended: "Der Chat ist beendet.",
      again: "Neuen Chat beginnen", transcript: "Verlauf herunterladen", rate: "Wie war es?",
      comment: "Möchten Sie etwas hinzufügen?", rated: "Vielen Dank!", submit: "Absenden", you: "Sie",
      sending: "Wird gesendet…", failed: "Nicht gesendet.", retry: "Noch einmal", read: "Gelesen",
      typing: "{name} schreibt…", joined: "{name} ist jetzt da", left: "{name} ist gegangen",
      queue: "Sie sind Nummer {position} in der Warteschlange", wait: "etwa {minutes} Min.",
      offline: "Gerade ist niemand da.", reconnecting: "Verbindung verloren. Neuer Versuch…",
      left_message: "Vielen Dank. Wir melden uns.", stars: "{n} von 5", unread: "{n} ungelesen",
      busy: "Zu schnell. Bitte kurz warten.",
    },
    ar: {
      open: "فتح المحادثة", close: "إغلاق المحادثة", name: "اسمك", email: "البريد الإلكتروني (اختياري)",
      mail: "البريد الإلكتروني", department: "القسم", query: "كيف يمكننا مساعدتك؟", start: "بدء المحادثة",
      leave: "إرسال الرسالة", write: "اكتب رسالة", send: "إرسال", attach: "إرفاق ملف", end: "إنهاء المحادثة",
      endAsk: "هل تريد إنهاء المحادثة؟", yes: "إنهاء", no: "متابعة", ended: "انتهت المحادثة.",
      again: "بدء محادثة جديدة", transcript: "تنزيل نص المحادثة", rate: "كيف كانت المحادثة؟",
      comment: "هل تود إضافة شيء؟", rated: "شكرا لك!", submit: "إرسال", you: "أنت", sending: "جار الإرسال…",
      failed: "لم ترسل.", retry: "حاول مجددا", read: "قرئت", typing: "{name} يكتب…", joined: "انضم {name}",
      left: "غادر {name}", queue: "أنت رقم {position} في الانتظار", wait: "حوالي {minutes} دقيقة",
      offline: "لسنا متاحين الآن.", reconnecting: "انقطع الاتصال. نحاول مجددا…",
      left_message: "شكرا. سنعود إليك قريبا.", stars: "{n} من 5", unread: "{n} غير مقروءة",
      busy: "أسرع من اللازم. انتظر لحظة.",
    },
  };

  const STYLE = `
:host { --a: var(--pb-accent, #2454d6); --oa: var(--pb-on-accent, #fff); --bg: var(--pb-background, #fff);
  --sf: var(--pb-surface, #eef1f6); --tx: var(--pb-text, #16202e); --mu: var(--pb-muted, #566273);
  --bd: var(--pb-border, #c9d0db); --r: var(--pb-radius, 14px);
  position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000; color: var(--tx);
  font: 15px/1.45 var(--pb-font, system-ui, sans-serif); color-scheme: light; }
:host([data-side="start"]) { inset-inline: 20px auto; }
:host([data-theme="dark"]) { --a: var(--pb-accent, #7ea2ff); --oa: var(--pb-on-accent, #0b1220);
  --bg: var(--pb-background, #141b26); --sf: var(--pb-surface, #222c3b); --tx: var(--pb-text, #e8edf5);
  --mu: var(--pb-muted, #a4b0c2); --bd: var(--pb-border, #3c495c); color-scheme: dark; }
* { box-sizing: border-box; font: inherit; } [hidden] { display: none !important; }
button { cursor: pointer; border: 0; border-radius: 10px; padding: 9px 14px; background: var(--a); color: var(--oa); }
button.plain { background: none; color: inherit; padding: 6px; } button.quiet { background: var(--sf); color: var(--tx); }
button:disabled { opacity: .5; cursor: default; }
:focus-visible { outline: 3px solid var(--a); outline-offset: 2px; } header :focus-visible { outline-color: var(--oa); }
.launch { position: relative; inline-size: 58px; block-size: 58px; border-radius: 50%; padding: 0; float: inline-end;
  box-shadow: 0 4px 16px #0004; } svg { inline-size: 26px; block-size: 26px; fill: currentColor; vertical-align: middle; }
.badge { position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 22px; padding: 0 5px;
  border-radius: 11px; background: #c4262e; color: #fff; font-size: 13px; line-height: 22px; }
.panel { display: flex; flex-direction: column; inline-size: 370px; max-inline-size: calc(100vw - 40px); block-size: 560px;
  max-block-size: calc(100vh - 110px); margin-block-end: 12px; overflow: hidden; background: var(--bg);
  border: 1px solid var(--bd); border-radius: var(--r); box-shadow: 0 10px 36px #0004; }
header { display: flex; align-items: center; gap: 8px; padding: 10px 14px; background: var(--a); color: var(--oa); }
header h2 { flex: 1; margin: 0; font-size: 16px; font-weight: 600; overflow-wrap: anywhere; }
.body { flex: 1; display: flex; flex-direction: column; min-block-size: 0; }
form.card, .over { display: flex; flex-direction: column; gap: 10px; padding: 16px; overflow-y: auto; }
.card p, .over p { margin: 0; } label { display: block; font-size: 14px; color: var(--mu); }
input:not([type=radio]), textarea, select { inline-size: 100%; padding: 9px 10px; border: 1px solid var(--bd);
  border-radius: 8px; background: var(--bg); color: var(--tx); resize: none; }
.log { flex: 1; overflow-y: auto; padding: 14px; display: flex; flex-direction: column; gap: 10px; }
.m { max-inline-size: 85%; align-self: flex-start; } .m.visitor { align-self: flex-end; }
.m .t { padding: 8px 12px; border-radius: 12px; background: var(--sf); white-space: pre-wrap; overflow-wrap: anywhere; }
.m.visitor .t { background: var(--a); color: var(--oa); } .m .t a { color: inherit; }
.m .w { font-size: 12px; color: var(--mu); } .m.visitor .w { text-align: end; } .m .w button { font-size: 12px; text-decoration: underline; padding: 0 4px; }
.m img { display: block; max-inline-size: 100%; max-block-size: 200px; border-radius: 8px; margin-block-start: 4px; }
.file { display: block; text-align: start; text-decoration: underline; overflow-wrap: anywhere; }
.note { align-self: center; font-size: 13px; color: var(--mu); text-align: center; }
.status { min-block-size: 22px; padding: 0 14px; font-size: 13px; color: var(--mu); }
.compose { display: flex; gap: 6px; align-items: flex-end; padding: 10px; border-block-start: 1px solid var(--bd); }
.compose textarea { flex: 1; max-block-size: 110px; } .ask { display: flex; gap: 8px; align-items: center; padding: 10px 14px; }
.over form { display: flex; flex-direction: column; gap: 8px; align-items: flex-start; }
fieldset { border: 0; margin: 0; padding: 0; } legend { padding: 0; } .stars { display: flex; gap: 4px; }
.stars input { position: absolute; opacity: 0; } .stars span { font-size: 28px; line-height: 1; color: var(--bd); cursor: pointer; }
.stars label.on span { color: #d99a00; } .stars input:focus-visible + span { outline: 3px solid var(--a); }
@media (max-width: 480px) { :host { inset-block-end: 12px; inset-inline-end: 12px; }
  .panel { inline-size: calc(100vw - 24px); max-inline-size: none; block-size: calc(100vh - 94px); max-block-size: none; } }
@media (prefers-reduced-motion: no-preference) { .panel { animation: up .15s ease-out; }
  @keyframes up { from { transform: translateY(10px); opacity: 0; } } }`;

  const ICONS = {
    chat: "M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z",
    close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12 19 17.6 17.6 19 12 13.4 6.4 19 5 17.6 10.6 12 5 6.4z",
    clip: "M16.5 6v10.5a4.5 4.5 0 0 1-9 0V5a3 3 0 0 1 6 0v10a1.5 1.5 0 0 1-3 0V6H9v9a3 3 0 0 0 6 0V5a4.5 4.5 0 0 0-9 0v11.5a6 6 0 0 0 12 0V6z",
  };

  /** Makes an element: attributes, listeners as functions, children as nodes or text. */
  function el(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(key, value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value != null) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS(space, "path"));
    svg.firstChild.setAttribute("d", ICONS[name]);
    return svg;
  }

  /** Turns text into nodes, with web addresses as links. */
  function linked(text) {
    return text.split(/(https?:\/\/[^\s<>"']+)/).map((part, at) =>
      at % 2 ? el("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part,
    );
  }

  /** What the widget asks of the server. */
  class Session {
    constructor(key) {
      this.key = key;
      this.slot = `patchboard-chat:${key}`;
      this.load();
    }
    load() {
      try {
        this.saved = JSON.parse(localStorage.getItem(this.slot));
      } catch {
        this.saved = null;
      }
      if (this.saved && Date.parse(this.saved.expires) < Date.now()) this.saved = null;
    }
    save(saved) {
      this.saved = saved;
      try {
        if (saved) localStorage.setItem(this.slot, JSON.stringify(saved));
        else localStorage.removeItem(this.slot);
      } catch {
        // Without storage the chat lives as long as the page.
      }
    }
    url(path) {
      return new URL(path, BASE);
    }
    own(path) {
      return `sessions/${this.saved.id}/${path}`;
    }
    async ask(path, body, headers = {}) {
      if (this.saved) headers.authorization = `Bearer ${this.saved.token}`;
      const post = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
      const response = await fetch(this.url(path), body ? post : { headers });
      const answer = response.status === 204 ? null : await response.json().catch(() => null);
      if (!response.ok) throw Object.assign(new Error(answer?.message || response.statusText), { status: response.status });
      return answer;
    }
    async begin(said) {
      const answer = await this.ask("sessions", { deployment_key: this.key, pre_engagement_data: said });
      this.save({ id: answer.session_id, token: answer.token, expires: answer.expires, name: said.friendlyName });
    }
    async renew() {
      if (!this.saved || Date.parse(this.saved.expires) - Date.now() > RENEW_MS) return;
      const { token, expires } = await this.ask(this.own("token"), {});
      this.save({ ...this.saved, token, expires });
    }
    async upload(file) {
      const { sid, upload_url } = await this.ask(this.own("attachments"), { filename: file.name, size: file.size });
      const response = await fetch(this.url(upload_url.split("/webchat/v1/")[1]), { method: "PUT", body: file });
      if (!response.ok) throw new Error((await response.json().catch(() => null))?.message || response.statusText);
      return sid;
    }
    async link(sid) {
      const { url } = await this.ask(this.own(`attachments/${sid}/link`), {});
      return this.url(url.split("/webchat/v1/")[1]);
    }
  }

  /** Hears what happens: by WebSocket, by server-sent events where that does not pass; comes back by itself. */
  class Ear {
    constructor(session, onFrame, onState) {
      Object.assign(this, { session, onFrame, onState, last: null, failures: 0, isOff: true, opened: false });
    }
    start() {
      this.isOff = false;
      this.connect();
    }
    stop() {
      this.isOff = true;
      this.drop();
    }
    drop() {
      clearTimeout(this.timer);
      const line = this.line;
      this.line = null;
      line?.close();
    }
    /** Comes back at once, where the page knows that the network does. */
    hurry() {
      if (!this.isOff && !this.isUp) {
        this.drop();
        this.connect();
      }
    }
    connect() {
      const isSocket = this.opened || this.failures < 2;
      const url = this.session.url(this.session.own(isSocket ? "socket" : "events"));
      url.searchParams.set("token", this.session.saved.token);
      if (this.last !== null) url.searchParams.set("after", this.last);
      if (isSocket) url.protocol = url.protocol.replace("http", "ws");
      const line = isSocket ? new WebSocket(url) : new EventSource(url);
      this.line = line;
      const gone = () => {
        if (this.line !== line) return;
        this.drop();
        this.isUp = false;
        if (this.isOff) return;
        if (this.failures) this.onState(false);
        const pause = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)];
        this.timer = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
      };
      const alive = () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(gone, SILENCE_MS);
      };
      line.onopen = () => {
        if (isSocket) this.opened = true;
        this.isUp = true;
        this.failures = 0;
        this.onState(true);
        alive();
      };
      line.onclose = line.onerror = gone;
      line.onmessage = ({ data }) => {
        if (this.line !== line) return;
        alive();
        const frame = JSON.parse(data);
        if (frame.message) this.last = Math.max(this.last ?? -1, frame.message.index);
        this.onFrame(frame);
      };
    }
  }

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
      this.input = el("textarea", { rows: "1", "aria-label": this.text("write"), placeholder: this.text("write"), maxlength: "8000",
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
        el("form", { class: "card", submit: send }, el("p", {}, intro), field("name", name),
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
      // What this tab sent is on its way in a row of its own.
      if (own) this.log.querySelector(`[data-sid="${CSS.escape(message.sid)}"]`)?.remove();
      row.dataset.sid = message.sid;
      if (!isNew || own) return this.showRead(this.othersRead);
      this.status.textContent = "";
      if (this.panel.hidden) this.unread += 1;
      this.label();
      this.markRead();
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

  if (customElements.get("patchboard-chat")) return;
  customElements.define("patchboard-chat", PatchboardChat);
  if (!SCRIPT.dataset.key) return;
  const widget = document.createElement("patchboard-chat");
  Object.assign(widget.dataset, SCRIPT.dataset);
  const place = () => document.body.append(widget);
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
})();
