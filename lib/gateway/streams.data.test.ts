import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withOrganization } from "../db.ts";
import { Listener, notifyLive } from "../events.ts";
import { resumeEnvironment } from "../suspensions/resume-environment.ts";
import { suspendEnvironment } from "../suspensions/suspend-environment.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { signIn } from "../testing/sign-in.ts";
import { makeEnvironment, makeTenant } from "../testing/tenant.ts";
import { Streams } from "./streams.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** A gateway process: it hears of changes only through the database. */
async function openGateway() {
  const listener = new Listener(database.env.DATABASE_URL);
  await listener.start();
  const streams = new Streams(listener);
  const server = createServer((request, response) => void streams.hints(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    /** The sets of suspensions that an agent's stream tells, as they come. */
    async sets(token: string): Promise<string[][]> {
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      const told: string[][] = [];
      let text = "";
      void (async () => {
        const decoder = new TextDecoder();
        for await (const chunk of answer.body ?? []) {
          text += decoder.decode(chunk as Uint8Array, { stream: true });
          const sets = [...text.matchAll(/event: suspensions\ndata: (.*)\n\n/g)];
          told.splice(0, told.length, ...sets.map(([, data]) => reasonsOf(data ?? "")));
        }
      })().catch(() => {});
      return told;
    },
    async close() {
      streams.close();
      server.closeAllConnections();
      server.close();
      await listener.stop();
    },
  };
}

const reasonsOf = (data: string): string[] =>
  (JSON.parse(data) as { suspensions: { reason: string }[] }).suspensions.map(({ reason }) => reason);

test("every process tells a cluster its whole set of suspensions: when its stream begins, and at each change", async () => {
  const { ctx } = await makeTenant("Streams");
  const { id, token } = await makeEnvironment(ctx, "main");
  const other = await makeEnvironment(ctx, "other", "staging");
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const suspend = (reason: string) => suspendEnvironment({ ctx, input: { id, reason, until } });
  await suspend("before anybody listened");
  const gateways = [await openGateway(), await openGateway()];
  try {
    const heard = await Promise.all(gateways.map((gateway) => gateway.sets(token)));
    const elsewhere = await gateways[0]?.sets(other.token);
    for (const sets of heard) await expect.poll(() => sets).toEqual([["before anybody listened"]]);
    await suspend("still going on");
    for (const sets of heard) await expect.poll(() => sets.at(-1)).toEqual(["still going on"]);
    await resumeEnvironment({ ctx, input: { id, reason: "" } });
    for (const sets of heard)
      await expect.poll(() => sets).toEqual([["before anybody listened"], ["still going on"], []]);
    expect(elsewhere).toEqual([[]]);
  } finally {
    for (const gateway of gateways) await gateway.close();
  }
});

test("a page hears first what was said since it was made, and that more was where that is not known any more", async () => {
  const [mine, other] = [await makeTenant("Heard"), await makeTenant("Not heard")];
  const { cookie } = await signIn(mine.userId);
  const listener = new Listener(database.env.DATABASE_URL);
  await listener.start();
  const heard: string[] = [];
  listener.on("live", (_, events) => heard.push(...events.map(({ id }) => id)));
  const streams = new Streams(listener);
  const began = Date.now();
  const server = createServer((request, response) => {
    const since = Number(new URL(request.url ?? "/", "http://gateway").searchParams.get("since"));
    void streams.events(request, response, { organization: mine.slug, since });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  /** What a page that was made then is told, as it comes. */
  const open = async (since: number) => {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}?since=${since}`, {
      headers: { cookie },
    });
    const told: string[] = [];
    let text = "";
    void (async () => {
      for await (const chunk of answer.body ?? []) {
        const parts = (text + new TextDecoder().decode(chunk as Uint8Array)).split("\n\n");
        text = parts.pop() ?? "";
        for (const part of parts) {
          if (part.startsWith("event: gap")) told.push("gap");
          if (part.startsWith("data: ")) told.push((JSON.parse(part.slice(6)) as { id: string }).id);
        }
      }
    })().catch(() => {});
    return told;
  };
  const say = (organizationId: string, id: string) =>
    withOrganization(organizationId, (tx) => notifyLive(tx, organizationId, [{ topic: "environment", id }]));
  try {
    await say(other.ctx.organizationId, "elsewhere");
    await say(mine.ctx.organizationId, "before its stream");
    await expect.poll(() => heard).toEqual(["elsewhere", "before its stream"]);
    const pages = [await open(began), await open(Date.now() + 60_000), await open(began - 60_000)];
    await say(mine.ctx.organizationId, "while it is open");
    await expect.poll(() => pages[0]).toEqual(["before its stream", "while it is open"]);
    await expect.poll(() => pages[1]).toEqual(["while it is open"]);
    await expect.poll(() => pages[2]).toEqual(["gap", "before its stream", "while it is open"]);
  } finally {
    streams.close();
    server.closeAllConnections();
    server.close();
    await listener.stop();
  }
});
