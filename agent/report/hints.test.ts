import pino from "pino";
import { afterEach, expect, it } from "vitest";
import type { Hint, Suspensions } from "../../lib/protocol/hint.ts";
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
  const sets: Suspensions[] = [];
  let connections = 0;
  const hints = listenForHints({
    transport,
    log: pino({ level: "silent" }),
    onHint: (hint) => heard.push(hint),
    onSuspensions: (set) => sets.push(set),
    connected: () => {
      connections += 1;
    },
    ...options,
  });
  closing.push(server.close, transport.close, hints.stop);
  await eventually(() => server.listeners() === 1);
  return { server, heard, sets, connections: () => connections };
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

it("hears what people have suspended, and takes no half of a set for the whole", async () => {
  const { server, heard, sets } = await listening();
  const one = {
    environment: "production",
    reason: "incident 7",
    owner: "Ada",
    until: "2026-12-01T00:00:00Z",
  };
  const say = (data: unknown) => server.say(`event: suspensions\ndata: ${JSON.stringify(data)}\n\n`);
  say({ suspensions: [one, { environment: "staging" }] });
  say([]);
  say({ suspensions: [one] });
  say({ suspensions: [] });
  await eventually(() => sets.length === 2);
  expect(sets).toEqual([{ suspensions: [one] }, { suspensions: [] }]);
  expect(heard).toEqual([]);
});
