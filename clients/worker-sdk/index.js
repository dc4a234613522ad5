// The options that point the official worker SDK at a Patchboard server; the SDK itself stays as it is.

const PATH = "/event-bridge/v1/wschannels";

/**
 * Returns the options of `new Worker(token, options)` for the server at this URL.
 * The SDK takes both addresses as they are, or neither: so both are always given.
 */
export function serverOptions(url) {
  const address = new URL(PATH, url);
  const socket = new URL(address);
  socket.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return { ebServer: address.href, wsServer: socket.href };
}
