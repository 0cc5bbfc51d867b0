// A WebSocket peer made of Node's "ws" that does what its standard input says, a command a line, and
// tells on standard output what happens. The same as peer.py.
//   node peer.js client URL SUBPROTOCOLS    node peer.js server SUBPROTOCOLS
"use strict";
const { createHash } = require("crypto");
const readline = require("readline");
const WebSocket = require("ws");

const LIMIT = 32 << 20;
const say = (...words) => process.stdout.write(words.join(" ").trimEnd() + "\n");
const names = (list) => (list ? list.split(",") : []);
let socket;
let counting = 0;

function pattern(size, seed) {
  const bytes = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + seed) & 255;
  return bytes;
}

const commands = {
  text: (rest) => socket.send(rest),
  binary: (rest) => socket.send(pattern(...rest.split(" ").map(Number))),
  fragments: (rest) => {
    const parts = rest.split(" ");
    parts.forEach((part, i) => socket.send(part, { fin: i === parts.length - 1 }));
  },
  many: (rest) => {
    for (let i = 0; i < Number(rest); i++) socket.send(String(i));
  },
  count: (rest) => (counting = Number(rest)),
  ping: (rest) => socket.ping(rest),
  close: (rest) => {
    const [, code, reason] = rest.match(/^(\d+) ?(.*)$/);
    socket.close(Number(code), reason);
  },
};

function arrived(data, isBinary) {
  if (counting > 0) {
    counting -= 1;
    if (counting === 0) say("counted", String(data));
  } else if (isBinary) {
    say("binary", data.length, createHash("sha256").update(data).digest("hex"));
  } else {
    say("text", String(data));
  }
}

function use(opened, path, header) {
  socket = opened;
  socket.on("message", arrived);
  socket.on("ping", (data) => say("ping", String(data)));
  socket.on("pong", (data) => say("pong", String(data)));
  socket.on("error", (error) => say("error", error.message));
  socket.on("close", (code, reason) => {
    say("close", code, String(reason));
    process.exit(0);
  });
  const begin = () => {
    say("open", socket.protocol || "-", path, header);
    readline.createInterface({ input: process.stdin }).on("line", obey);
  };
  if (socket.readyState === WebSocket.OPEN) begin();
  else socket.on("open", begin);
}

function obey(line) {
  const [, command, rest] = line.match(/^(\S+) ?(.*)$/);
  commands[command](rest);
}

const [role, ...rest] = process.argv.slice(2);
if (role === "client") {
  const headers = { "X-Earshot": "from node" };
  use(new WebSocket(rest[0], names(rest[1]), { headers, maxPayload: LIMIT }), "", "");
} else {
  const server = new WebSocket.Server({
    host: "127.0.0.1",
    port: 0,
    maxPayload: LIMIT,
    handleProtocols: (offered) => names(rest[0]).find((name) => offered.has(name)) || false,
  });
  server.on("listening", () => say("listening", server.address().port));
  server.on("connection", (opened, request) =>
    use(opened, request.url, request.headers["x-earshot"] || ""));
}
