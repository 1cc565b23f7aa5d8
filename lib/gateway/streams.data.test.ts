import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Listener } from "../events.ts";
import { resumeEnvironment } from "../suspensions/resume-environment.ts";
import { suspendEnvironment } from "../suspensions/suspend-environment.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
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
