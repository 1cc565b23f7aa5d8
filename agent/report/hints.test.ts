import pino from "pino";
import { afterEach, expect, it } from "vitest";
import type { Hint } from "../../lib/protocol/hint.ts";
import { eventually, startTestControlPlane } from "../test-control-plane.ts";
import { listenForHints } from "./hints.ts";
import { openTransport } from "./transport.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(options: { silenceMs?: number } = {}) {
  const server = await startTestControlPlane();
  const transport = openTransport({ url: server.url, token: () => "test-token" });
  const heard: Hint[] = [];
  let connections = 0;
  const hints = listenForHints({
    transport,
    log: pino({ level: "silent" }),
    onHint: (hint) => heard.push(hint),
    connected: () => {
      connections += 1;
    },
    ...options,
  });
  closing.push(server.close, transport.close, hints.stop);
  await eventually(() => server.listeners() === 1);
  return { server, heard, connections: () => connections };
}

it("hears hints, and passes over what is none", async () => {
  const { server, heard } = await listening();
  server.say("data: not JSON\n\n");
  server.say('data: {"reason":"destroy everything"}\n\n');
  server.say('event: hint\ndata: {"environment":"produ');
  server.say('ction","reason":"push"}\n\n');
  await eventually(() => heard.length > 0);
  expect(heard).toEqual([{ environment: "production", reason: "push" }]);
});

it("comes back when the stream ends", async () => {
  const { server, heard, connections } = await listening();
  server.dropStreams();
  await eventually(() => connections() === 2 && server.listeners() === 1);
  server.hint({ reason: "person" });
  await eventually(() => heard.length === 1);
});

it("drops a connection that has gone silent, heartbeats and all", async () => {
  const { connections } = await listening({ silenceMs: 30 });
  await eventually(() => connections() >= 2);
});
