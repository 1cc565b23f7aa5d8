import { createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { startTestControlPlane } from "../test-control-plane.ts";
import { openTransport, type Transport } from "./transport.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function controlPlane() {
  const server = await startTestControlPlane();
  closing.push(server.close);
  return server;
}

function transportTo(url: string, token = () => "test-token", timeoutMs = 5000): Transport {
  const transport = openTransport({ url, token, timeoutMs });
  closing.push(transport.close);
  return transport;
}

const reports = { session: "00000000-0000-4000-8000-000000000000", reports: [] };

it("a refused connection is a value", async () => {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
  const { port } = free.address() as { port: number };
  await new Promise((resolve) => free.close(resolve));
  const answer = await transportTo(`http://127.0.0.1:${port}`).reports(reports);
  expect(answer).toMatchObject({ ok: false, error: { code: "unavailable" } });
});

it("a server that never answers is a value after the time is over", async () => {
  const server = await controlPlane();
  server.state.failing = "hang";
  const answer = await transportTo(server.url, undefined, 50).reports(reports);
  expect(answer).toMatchObject({
    ok: false,
    error: { code: "unavailable", message: expect.stringContaining("did not answer in time") },
  });
});

it("a connection that breaks is a value", async () => {
  const server = await controlPlane();
  server.state.failing = "reset";
  expect(await transportTo(server.url).reports(reports)).toMatchObject({
    ok: false,
    error: { code: "unavailable" },
  });
});

it.each([
  [500, "oops", "unavailable"],
  [502, "<html>Bad gateway</html>", "unavailable"],
  [413, "<html>too large</html>", "too-large"],
  [429, "", "rate-limited"],
  [401, "", "unauthenticated"],
  [404, "{}", "not-found"],
  [418, "I am a teapot", "internal"],
  [
    400,
    '{"ok":false,"error":{"code":"unsupported","message":"This server speaks version 1."}}',
    "unsupported",
  ],
])("HTTP %i with %j is the error %s", async (status, body, code) => {
  const server = await controlPlane();
  server.state.failing = { status, body };
  expect(await transportTo(server.url).reports(reports)).toMatchObject({ ok: false, error: { code } });
});

it.each(["not JSON", '{"ok":true}', '{"ok":true,"data":{"results":7}}', "[]"])(
  "an answer that is not understood (%s) is a value",
  async (body) => {
    const server = await controlPlane();
    server.state.failing = { status: 200, body };
    expect(await transportTo(server.url).reports(reports)).toMatchObject({
      ok: false,
      error: { code: "internal" },
    });
  },
);

it("a rotated token counts from the next request on", async () => {
  const server = await controlPlane();
  server.state.token = "second";
  let token = "first";
  const transport = transportTo(server.url, () => token);
  const stream = () => transport.hints(new AbortController().signal);
  expect(await stream()).toMatchObject({ ok: false, error: { code: "unauthenticated" } });
  token = "second";
  expect(await stream()).toMatchObject({ ok: true });
});
