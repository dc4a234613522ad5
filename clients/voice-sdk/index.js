/**
 * Options for `new Device(token, options)` that lead the official voice SDK to a Patchboard server.
 *
 * The SDK opens `wss://HOST/signal`: the server needs `--https`, with a certificate that the browser trusts.
 *
 * @param {string} url where the server is, as in `https://calls.example.com:8443`
 * @returns {{chunderw: string, publishEvents: boolean}} the options, to be spread among the page's own
 */
export function deviceOptions(url) {
  // Figures about calls would go to a host of the cloud service.
  return { chunderw: new URL(url).host, publishEvents: false };
}
