// A short message centre on the port that it is given. A line on its input is delivered as a text; a text that it
// takes is a line on its output and has a receipt. The first text with "busy" in it is throttled.
const readline = require("node:readline");
const smpp = require("smpp");

const PART_OCTETS = 100;
let session;
let count = 0;
let wasBusy = false;

function take(bound, pdu) {
  const { message } = pdu.short_message;
  if (message.includes("busy") && !wasBusy) {
    wasBusy = true;
    bound.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    return;
  }
  count += 1;
  const id = `${process.pid}-${count}`;
  bound.send(pdu.response({ message_id: id }));
  const parts = pdu.short_message.udh ? [...pdu.short_message.udh[0]].slice(-2) : [1, 1];
  console.log(JSON.stringify({ from: pdu.source_addr, message, parts }));
  const receipt = `id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:x`;
  const [source_addr, destination_addr] = [pdu.destination_addr, pdu.source_addr];
  bound.deliver_sm({ esm_class: 4, source_addr, destination_addr, short_message: receipt });
}

function deliver({ from, to, text }) {
  const addresses = { source_addr_ton: 1, source_addr: from, dest_addr_ton: 1, destination_addr: to };
  const total = Math.ceil(text.length / PART_OCTETS);
  for (let index = 1; index <= total; index += 1) {
    const message = text.slice((index - 1) * PART_OCTETS, index * PART_OCTETS);
    const udh = Buffer.from([5, 0, 3, 9, total, index]);
    const short_message = total > 1 ? { udh, message } : message;
    session.deliver_sm({ ...addresses, esm_class: total > 1 ? 0x40 : 0, short_message });
  }
}

const server = smpp.createServer((bound) => {
  bound.on("error", () => {});
  bound.on("bind_transceiver", (pdu) => {
    const isKnown = pdu.system_id === "patch" && pdu.password === "s3cret";
    bound.send(pdu.response(isKnown ? {} : { command_status: smpp.ESME_RBINDFAIL }));
    if (isKnown) {
      session = bound;
      console.log(JSON.stringify({ bound: true }));
    }
  });
  bound.on("enquire_link", (pdu) => bound.send(pdu.response()));
  bound.on("submit_sm", (pdu) => take(bound, pdu));
});

server.listen(Number(process.argv[2]), "127.0.0.1");
readline.createInterface({ input: process.stdin }).on("line", (line) => deliver(JSON.parse(line)));
