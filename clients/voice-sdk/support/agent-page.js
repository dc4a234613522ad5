// The page of the tests' agent: the SDK's device, and an analyser of what the other side says.
/* global Twilio, tell, sockets */

let device;
let call;
let analyser;

function follow(next) {
  call = next;
  for (const name of ["ringing", "accept", "cancel", "disconnect", "reject", "reconnecting", "reconnected"]) {
    call.on(name, () => tell({ event: `call ${name}` }));
  }
  call.on("error", (error) => tell({ event: "call error", code: error.code, message: error.message }));
  call.on("messageSent", () => tell({ event: "call messageSent" }));
  call.on("messageReceived", (message) => tell({ event: "call message", content: message.content }));
}

const commands = {
  async register({ token, options }) {
    device = new Twilio.Device(token, { logLevel: 5, ...options });
    device.on("error", (error) => tell({ event: "device error", code: error.code, message: error.message }));
    device.on("unregistered", () => tell({ event: "device unregistered" }));
    device.on("incoming", (incoming) => {
      follow(incoming);
      tell({
        event: "incoming",
        parameters: incoming.parameters,
        custom: Object.fromEntries(incoming.customParameters),
      });
    });
    await device.register();
  },
  async connect({ params }) {
    follow(await device.connect({ params }));
  },
  accept: () => call.accept(),
  reject: () => call.reject(),
  disconnect: () => call.disconnect(),
  digits: ({ digits }) => call.sendDigits(digits),
  mute: ({ muted }) => call.mute(muted),
  message: ({ content }) =>
    call.sendMessage({ content, contentType: "application/json", messageType: "user-defined-message" }),
  cut: () => sockets.splice(0).forEach((socket) => socket.close()),
  unregister: () => device.unregister(),
  /** Returns the loudest frequency of what is heard, and how loud it is (0 to 255). */
  heard() {
    const stream = call.getRemoteStream();
    if (!stream) return { hertz: 0, level: 0 };
    if (analyser?.stream !== stream) {
      const context = new AudioContext();
      analyser = context.createAnalyser();
      analyser.fftSize = 4096;
      analyser.stream = stream;
      context.createMediaStreamSource(stream).connect(analyser);
      return { hertz: 0, level: 0 };
    }
    const bins = new Uint8Array(analyser.frequencyBinCount);
    analyser.getByteFrequencyData(bins);
    const loudest = bins.reduce((best, level, at) => (level > bins[best] ? at : best), 0);
    return { hertz: (loudest * analyser.context.sampleRate) / analyser.fftSize, level: bins[loudest] };
  },
};

window.perform = async (command) => (await commands[command.do](command)) ?? null;
