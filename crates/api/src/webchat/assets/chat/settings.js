// Where the server is, and how patient the widget is.
const SCRIPT = document.currentScript;
const BASE = new URL("../webchat/v1/", SCRIPT.src);
const RETRY_MS = [1000, 2000, 4000, 8000, 16000, 30000];
const SILENCE_MS = 60000;
const TYPING_MS = 5000;
const RENEW_MS = 3600000;
