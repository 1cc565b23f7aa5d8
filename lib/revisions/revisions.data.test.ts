import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "../auth/context.ts";
import { getEnvironment } from "../environments/get-environment.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { commit, digest, makeEnvironment, makeTenant, report, sync } from "../testing/tenant.ts";
import { listRevisions } from "./list-revisions.ts";

let database: TestDatabase;
let ctx: Context;
let stranger: Context;
beforeAll(async () => {
  database = await openTestDatabase();
  ({ ctx } = await makeTenant("Revisions"));
  ({ ctx: stranger } = await makeTenant("Strangers"));
});
afterAll(() => database.close());

const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString();
const told = (name: string, inputs = ["base/", "overlays/production/kustomization.yaml"]) => ({
  commit: commit(name),
  renderedDigest: digest(name),
  inputs,
});

test("what changed an environment is recorded once, newest first, with what became of it", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "which");
  const stream = randomUUID();
  const [first, second] = [told("first"), told("second")];
  await send(
    report(name, stream, 1, { revisions: [first], syncs: [sync(first.commit)], observedAt: at(30) }),
  );
  const broken = { ...told("broken"), renderedDigest: null };
  const again = report(name, stream, 2, {
    ...{ base: 1, revisions: [first, second, broken], observedAt: at(20) },
    ...{ head: commit("elsewhere"), revision: commit("second"), comparedRevision: second.commit.revision },
  });
  await send(again);
  await send(again);
  const { revisions, next } = await listRevisions({ ctx, input: { id } });
  expect(next).toBeNull();
  expect(
    revisions.map(({ commit, renderedDigest, syncs }) => [commit?.subject, renderedDigest, syncs]),
  ).toEqual([
    [broken.commit.subject, null, 0],
    [second.commit.subject, second.renderedDigest, 0],
    [first.commit.subject, first.renderedDigest, 1],
  ]);
  expect(revisions[2]).toMatchObject({ inputs: first.inputs, convergedAt: expect.any(String) });
  // The repository's newest commit is another one, and this environment's is what is shown.
  const environment = await getEnvironment({ ctx, input: { id } });
  expect([environment.head?.revision, environment.state]).toEqual([second.commit.revision, "Converged"]);
});

test("revisions are kept of a report that is refused because the one before it is missing", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "refused");
  const sent = await send(report(name, randomUUID(), 7, { base: 6, revisions: [told("late")] }));
  expect(sent.result.status).toBe("resend");
  expect((await listRevisions({ ctx, input: { id } })).revisions).toHaveLength(1);
});

test("a report of an agent that tells no revision stands for its newest commit", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "older");
  await send(report(name, randomUUID(), 1, { revision: null, head: commit("only") }));
  const environment = await getEnvironment({ ctx, input: { id } });
  expect([environment.head?.revision, environment.state]).toEqual([commit("only").revision, "Converged"]);
});

test("pages hold every revision once, and nobody else's", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "paged");
  const all = Array.from({ length: 90 }, (_, n) => told(`page-${n}`, ["/"]));
  await send(report(name, randomUUID(), 1, { revisions: all }));
  const seen: string[] = [];
  for (let after: string | null = null, first = true; first || after; first = false) {
    const page = await listRevisions({ ctx, input: { id, after } });
    seen.push(...page.revisions.map(({ revision }) => revision));
    after = page.next;
  }
  expect(seen).toEqual(all.map(({ commit }) => commit.revision).toReversed());
  await expect(listRevisions({ ctx: stranger, input: { id } })).rejects.toMatchObject({ code: "not-found" });
  await expect(listRevisions({ ctx, input: { id, after: "bm9uc2Vuc2U" } })).rejects.toMatchObject({
    code: "invalid",
  });
});
