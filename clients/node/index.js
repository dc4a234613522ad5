// Points the official `twilio` library at a Patchboard server.
//
// The library builds URLs such as `https://studio.twilio.com/v2/Flows`; here each published host is
// replaced by the path prefix under which Patchboard serves it. Nothing else of the library changes.

import twilio from "twilio";

const PUBLISHED_DOMAIN = ".twilio.com";

/**
 * Returns where the server at `baseUrl` serves the published `url`.
 *
 * A URL of any other host, for example a `next_page_url` that the server itself wrote, stays as it is.
 */
export function localUrl(baseUrl, url) {
  const { hostname, pathname, search } = new URL(url);
  if (!hostname.endsWith(PUBLISHED_DOMAIN)) return url;
  // `studio.twilio.com`, or `studio.sydney.au1.twilio.com` where an edge and a region were chosen.
  const [label] = hostname.split(".");
  const prefix = label === "api" ? "" : `/${label}`;
  return `${baseUrl.replace(/\/+$/, "")}${prefix}${pathname}${search}`;
}

/** The library's own HTTP client, with every published host mapped to one Patchboard server. */
export class PatchboardRequestClient extends twilio.RequestClient {
  constructor(baseUrl, options) {
    super(options);
    this.baseUrl = baseUrl;
  }

  /** Sends the request to the server that `baseUrl` names. */
  request(options) {
    return super.request({ ...options, uri: localUrl(this.baseUrl, options.uri) });
  }
}

/** The library's client, without regions and edges: there is one server, and it has one address. */
export class PatchboardClient extends twilio.Twilio {
  /** Returns the host unchanged; the library would write an edge and a region into it. */
  getHostname(hostname) {
    return hostname;
  }
}

/**
 * Returns the official client, talking to the Patchboard server at `baseUrl`.
 *
 * `username` and `password` are an Account SID with its auth token, or an API key (`SK…`) with its
 * secret; a key also needs `options.accountSid`.
 */
export function connect(baseUrl, username, password, options = {}) {
  return new PatchboardClient(username, password, {
    ...options,
    httpClient: new PatchboardRequestClient(baseUrl, options),
  });
}
