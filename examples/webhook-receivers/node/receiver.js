// A receiver of Heliograph's webhooks: verifies each call, handles each event once, answers 204.
//
//     npm ci
//     WEBHOOK_SECRET=whsec_... PORT=9000 node receiver.js
"use strict";

const http = require("node:http");
const { Webhook } = require("standardwebhooks");

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const largest = 16 << 20; // bytes of a body
const handled = new Set(); // IDs of the last calls; a program that restarts keeps them in its database

function handle(event) {
  console.log("event", JSON.stringify(event));
}

// receive gives the status of the answer.
function receive(headers, body) {
  let event;
  try {
    event = webhook.verify(body, headers);
  } catch {
    return 401;
  }
  const id = headers["webhook-id"];
  if (!handled.has(id)) {
    try {
      handle(event);
    } catch (failure) {
      console.error(failure);
      return 500; // so it comes again
    }
    handled.add(id);
    if (handled.size > 10_000) handled.delete(handled.values().next().value);
  }
  return 204;
}

const server = http.createServer((request, response) => {
  const chunks = [];
  let size = 0;
  request.on("data", (chunk) => {
    size += chunk.length;
    if (size <= largest) chunks.push(chunk);
    else if (!response.headersSent) response.writeHead(413, { connection: "close" }).end();
  });
  request.on("end", () => {
    if (size <= largest) response.writeHead(receive(request.headers, Buffer.concat(chunks))).end();
  });
});
server.listen(process.env.PORT ?? 9000, "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`);
});
