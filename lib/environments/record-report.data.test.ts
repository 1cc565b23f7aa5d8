import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import {
  commit,
  digest,
  drifted,
  makeEnvironment,
  makeTenant,
  report,
  resource,
  sync,
} from "../testing/tenant.ts";
import { getEnvironment } from "./get-environment.ts";

let database: TestDatabase;
let ctx: Context;
beforeAll(async () => {
  database = await openTestDatabase();
  ({ ctx } = await makeTenant("Reports"));
});
afterAll(() => database.close());

const minute = 60_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const episodes = (environmentId: string) =>
  withOrganization(ctx.organizationId, (tx) =>
    tx.divergence.findMany({ where: { environmentId }, orderBy: { startedAt: "asc" } }),
  );

describe("a report", () => {
  test("that is full makes the environment what it says", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "full");
    const { result, lacking } = await send(report(name, randomUUID(), 1));
    expect(result).toMatchObject({ status: "accepted", sequence: 1 });
    expect(lacking.sort()).toEqual([digest("quotes"), digest("orders")].sort());
    const seen = await getEnvironment({ ctx, input: { id } });
    expect(seen).toMatchObject({
      state: "Converged",
      resourceCount: 2,
      convergedRevision: commit("first").revision,
    });
    expect(seen.counts).toEqual({ sync: { Synced: 2 }, health: { Healthy: 2 }, cause: {} });
  });

  test("tells what a workload made and what Kubernetes says of it, until it is well again", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "children");
    const stream = randomUUID();
    const pod = {
      kind: "Pod",
      name: "quotes-a",
      health: "Degraded" as const,
      reason: "It crashes.",
      restarts: 3,
    };
    const event = { about: "Pod/quotes-a", reason: "BackOff", message: "again", count: 4, at: ago(minute) };
    const unwell = { ...resource("quotes"), health: "Degraded" as const };
    await send(
      report(name, stream, 1, {
        resources: [{ ...unwell, children: [pod], childrenLeft: 2, events: [event] }],
      }),
    );
    const one = async () => (await getEnvironment({ ctx, input: { id } })).divergent[0];
    expect(await one()).toMatchObject({ children: [pod], childrenLeft: 2, events: [event] });
    await send(report(name, stream, 2, { base: 1, resources: [unwell] }));
    expect(await one()).not.toHaveProperty("events");
    expect(await one()).not.toHaveProperty("children");
  });

  test("told twice is recorded once", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "twice");
    const first = report(name, randomUUID(), 1, {
      syncs: [sync(commit("first"))],
      resources: [drifted("quotes")],
    });
    await send(first);
    expect((await send(first)).result.status).toBe("duplicate");
    expect(await episodes(id)).toHaveLength(1);
    const syncs = await withOrganization(ctx.organizationId, (tx) =>
      tx.sync.count({ where: { environmentId: id } }),
    );
    expect(syncs).toBe(1);
  });

  test("that does not follow the last is asked for again in full, and its syncs are kept", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "reordered");
    const stream = randomUUID();
    await send(report(name, stream, 1));
    const late = report(name, stream, 3, {
      base: 2,
      resources: [drifted("quotes")],
      syncs: [sync(commit("first"))],
    });
    expect((await send(late)).result.status).toBe("resend");
    expect(await getEnvironment({ ctx, input: { id } })).toMatchObject({ state: "Converged" });
    const syncs = await withOrganization(ctx.organizationId, (tx) =>
      tx.sync.count({ where: { environmentId: id } }),
    );
    expect(syncs).toBe(1);
  });

  test("that adds to the last changes and removes only what it names", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "delta");
    const stream = randomUUID();
    await send(report(name, stream, 1, { resources: [resource("a"), resource("b"), resource("c")] }));
    await send(
      report(name, stream, 2, { base: 1, resources: [drifted("b")], removed: ["apps/Deployment/shop/c"] }),
    );
    const seen = await getEnvironment({ ctx, input: { id } });
    expect(seen).toMatchObject({ state: "Diverged", causes: ["drift"], resourceCount: 2 });
    expect(seen.summary).toBe("Deployment/b replicas 6 → 2, by kubectl edit");
    expect(seen.divergent.map(({ ref }) => ref.name)).toEqual(["b"]);
  });

  test("that says nothing new moves only the times, and wakes no page", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "heartbeat");
    const stream = randomUUID();
    await send(report(name, stream, 1, { resources: [drifted("quotes")], observedAt: ago(60_000) }));
    const before = await getEnvironment({ ctx, input: { id } });
    await database.app.query("listen plumbline");
    const heard: string[] = [];
    database.app.on("notification", ({ payload }) => heard.push(payload ?? ""));
    await send(report(name, stream, 2, { base: 1, resources: [] }));
    await send(report(name, stream, 3, { base: 2, resources: [resource("quotes")] }));
    await database.owner.query("select pg_notify('plumbline', 'the end')");
    await expect.poll(() => heard).toContain("the end");
    expect(heard).toHaveLength(2);
    expect(before).toMatchObject({ state: "Diverged" });
    expect(await getEnvironment({ ctx, input: { id } })).toMatchObject({ state: "Converged" });
  });

  test("of an environment that is not declared is refused", async () => {
    const { send } = await makeEnvironment(ctx, "undeclared");
    expect((await send(report("nowhere", randomUUID(), 1))).result.status).toBe("refused");
  });

  test("with the same object twice keeps the later status", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "same-object");
    await send(report(name, randomUUID(), 1, { resources: [drifted("a"), resource("a")] }));
    expect(await getEnvironment({ ctx, input: { id } })).toMatchObject({
      state: "Converged",
      resourceCount: 1,
    });
  });
});

describe("episodes", () => {
  test("have their true times after a queue of old reports", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "queue");
    const stream = randomUUID();
    const [edited, mended, now] = [ago(10 * minute), ago(4 * minute), ago(1000)];
    await send(report(name, stream, 1, { observedAt: ago(20 * minute) }));
    await send(
      report(name, stream, 2, { base: 1, observedAt: edited, resources: [drifted("quotes", edited)] }),
    );
    await send(report(name, stream, 3, { base: 2, observedAt: mended, resources: [resource("quotes")] }));
    await send(report(name, stream, 4, { base: 3, observedAt: now, resources: [] }));
    const [episode, ...more] = await episodes(id);
    expect(more).toEqual([]);
    expect(episode).toMatchObject({
      causes: ["drift"],
      objects: 1,
      startedAt: new Date(edited),
      endedAt: new Date(mended),
    });
    expect(episode!.evidence).toMatchObject([
      {
        ref: { name: "quotes" },
        changes: [{ desired: 6, observed: 2, by: { manager: "kubectl-edit", time: edited } }],
      },
    ]);
    expect(await getEnvironment({ ctx, input: { id } })).toMatchObject({ state: "Converged", since: mended });
  });

  test("stay open while the state is not known", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "unknown");
    const stream = randomUUID();
    const problem = {
      stage: "fetch" as const,
      reason: "AuthFailed",
      message: "The repository refuses the credential.",
      since: ago(0),
      retryable: true,
    };
    await send(report(name, stream, 1, { resources: [drifted("quotes")] }));
    await send(report(name, stream, 2, { base: 1, resources: [], problem }));
    expect(await getEnvironment({ ctx, input: { id } })).toMatchObject({
      state: "Unknown",
      reason: problem.message,
    });
    expect(await episodes(id)).toMatchObject([{ endedAt: null }]);
  });

  test("gather causes, the most objects, and what was seen first", async () => {
    const { id, send, name } = await makeEnvironment(ctx, "gather");
    const stream = randomUUID();
    await send(report(name, stream, 1, { resources: [drifted("a"), resource("b")] }));
    await send(
      report(name, stream, 2, {
        base: 1,
        resources: [resource("b", { sync: "Missing", health: "Missing", cause: "pending" })],
      }),
    );
    await send(report(name, stream, 3, { base: 2, resources: [resource("a")] }));
    const [episode] = await episodes(id);
    expect(episode).toMatchObject({
      objects: 2,
      endedAt: null,
      summary: expect.stringContaining("Deployment/a"),
    });
    expect(episode!.causes.sort()).toEqual(["drift", "pending", "unhealthy"]);
  });
});

test("a sync is marked converged when its revision is, and not before", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "converges");
  const stream = randomUUID();
  const second = commit("second");
  const moving = ago(2000);
  await send(report(name, stream, 1));
  await send(
    report(name, stream, 2, {
      head: second,
      resources: [resource("quotes", { health: "Progressing" })],
      movingSince: moving,
      syncs: [sync(second)],
    }),
  );
  const one = () =>
    withOrganization(ctx.organizationId, (tx) => tx.sync.findFirstOrThrow({ where: { environmentId: id } }));
  expect((await one()).convergedAt).toBeNull();
  const converged = ago(500);
  await send(report(name, stream, 3, { head: second, observedAt: converged }));
  expect((await one()).convergedAt).toEqual(new Date(converged));
});
