import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { expect, test } from "vitest";
import { connectCluster } from "#lib/clusters/connect-cluster.ts";
import { revokeSession } from "#lib/organizations/change-member.ts";
import { AGENT_API } from "#lib/protocol/version.ts";
import { openTestDatabase } from "#lib/testing/database.ts";
import { signIn } from "#lib/testing/sign-in.ts";
import { makeEnvironment, makeTenant, report } from "#lib/testing/tenant.ts";
import { startServer } from "./server.ts";

test("a server that is told to stop answers what it has begun, ends its streams, and takes nothing new", async () => {
  const database = await openTestDatabase({ PLUMBLINE_ROLES: "gateway,worker", PORT: "0" });
  const server = await startServer(database.env);
  const { ctx } = await makeTenant("Drain");
  const { token, session } = await makeEnvironment(ctx, "main");
  const hints = await fetch(`${server.url}${AGENT_API}/hints`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const body = JSON.stringify({ session, reports: [report("production", randomUUID(), 1)] });
  const begun = request(`${server.url}${AGENT_API}/reports`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-length": Buffer.byteLength(body),
      expect: "100-continue",
    },
  });
  const answered = new Promise<number | undefined>((done, fail) => {
    begun.on("response", (answer) => done(answer.resume().statusCode));
    begun.on("error", fail);
  });
  await new Promise((done) => {
    begun.on("continue", done);
    begun.flushHeaders();
  });
  const stopped = server.stop();
  expect(await hints.text()).toContain("hello");
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  begun.end(body);
  expect(await answered).toBe(200);
  await stopped;
  await database.close();
});

test("a browser hears of its own organization only, and no more once its session is revoked", async () => {
  const database = await openTestDatabase({ PLUMBLINE_ROLES: "gateway", PORT: "0" });
  const server = await startServer(database.env);
  const [mine, theirs] = [await makeTenant("Mine"), await makeTenant("Theirs")];
  const signedIn = await signIn(mine.userId);
  const listen = (organization: string, cookie = signedIn.cookie) =>
    fetch(`${server.url}/api/events?organization=${organization}`, { headers: { cookie } });
  expect((await listen(mine.slug, "")).status).toBe(401);
  expect((await listen(theirs.slug)).status).toBe(404);
  const stream = await listen(mine.slug);
  let heard = "";
  const reading = (async () => {
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) heard += chunk;
  })();
  const other = await connectCluster({ ctx: theirs.ctx, input: { name: "other" } });
  const own = await connectCluster({ ctx: mine.ctx, input: { name: "own" } });
  await expect.poll(() => heard).toContain(`data: {"topic":"cluster","id":"${own.clusterId}",`);
  expect(heard).not.toContain(other.clusterId);
  await revokeSession({ ctx: mine.ctx, input: { sessionId: signedIn.sessionId } });
  await reading;
  await server.stop();
  await database.close();
});
