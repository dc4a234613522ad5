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
    return `sessions/${this.saved.id}${path && `/${path}`}`;
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
