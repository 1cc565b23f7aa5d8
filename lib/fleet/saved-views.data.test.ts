import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "../auth/context.ts";
import { withOrganization, withoutOrganization } from "../db.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { makeEnvironment, makeTenant } from "../testing/tenant.ts";
import { listSavedViews, removeView, saveView } from "./saved-views.ts";

let database: TestDatabase;
let ctx: Context;
let colleague: Context;
beforeAll(async () => {
  database = await openTestDatabase();
  ({ ctx } = await makeTenant("Views"));
  await makeEnvironment(ctx, "main");
  const person = { id: randomUUID(), name: "Colleague" };
  await withoutOrganization((tx) => tx.user.create({ data: person }));
  colleague = { ...ctx, role: "viewer", actor: { kind: "person", ...person } };
});
afterAll(() => database.close());

const names = async (who: Context) => (await listSavedViews({ ctx: who })).views.map(({ name }) => name);
const save = (who: Context, name: string, query = "show=look", shared = false) =>
  saveView({ ctx: who, input: { name, query, shared } });

test("one's own are one's own, and shared ones everybody's, with how many they show", async () => {
  await save(ctx, "mine");
  await save(ctx, "ours", "cluster=main&q=production", true);
  await save(colleague, "theirs", "q=nowhere");
  expect(await names(ctx)).toEqual(["mine", "ours"]);
  expect((await listSavedViews({ ctx: colleague })).views).toMatchObject([
    { name: "ours", query: "q=production&cluster=main", shared: true, mine: false, count: 1 },
    { name: "theirs", mine: true, count: 0 },
  ]);
});

test("the same name once more replaces it, and what is no filter is not kept", async () => {
  await save(ctx, "again", "show=drift");
  await save(ctx, "again", "show=failed&evil=<script>&group=javascript:");
  const found = (await listSavedViews({ ctx })).views.filter(({ name }) => name === "again");
  expect(found).toMatchObject([{ query: "show=failed" }]);
});

test("sharing needs operator; removing a shared one of somebody else needs admin", async () => {
  await expect(save(colleague, "for all", "", true)).rejects.toMatchObject({ code: "forbidden" });
  const { id } = await save(ctx, "to go", "", true);
  await expect(removeView({ ctx: colleague, input: { id } })).rejects.toMatchObject({ code: "forbidden" });
  await removeView({ ctx: { ...colleague, role: "admin" }, input: { id } });
  expect(await names(ctx)).not.toContain("to go");
  const actions = await withOrganization(ctx.organizationId, (tx) =>
    tx.auditEvent.findMany({ where: { subjectId: id }, orderBy: { sequence: "asc" } }),
  );
  expect(actions.map(({ action }) => action)).toEqual(["view.shared", "view.removed"]);
});

test("another person's own, and another organization's, are as if they were not there", async () => {
  const { id } = await save(ctx, "hidden");
  const { ctx: other } = await makeTenant("Other views");
  for (const who of [colleague, other, { ...other, role: "admin" as const }])
    await expect(removeView({ ctx: who, input: { id } })).rejects.toMatchObject({ code: "not-found" });
  expect(await names(other)).toEqual([]);
  await expect(removeView({ ctx, input: { id: "1" } })).rejects.toMatchObject({ code: "invalid" });
});
