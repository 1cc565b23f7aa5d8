import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authenticateAgent } from "../auth/agent-tokens.ts";
import type { Context } from "../auth/context.ts";
import { connectCluster } from "../clusters/connect-cluster.ts";
import { recordSession } from "../clusters/record-session.ts";
import { withOrganization } from "../db.ts";
import { recordReport } from "../environments/record-report.ts";
import type { DeclaredEnvironment } from "../protocol/declaration.ts";
import type { Report } from "../protocol/report.ts";
import { SIGN_ORDER, signOf } from "../protocol/sign.ts";
import type { Cause, EnvironmentState } from "../protocol/state.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import {
  commit,
  declaration,
  drifted,
  hello,
  makeTenant,
  report,
  resource,
  sync,
} from "../testing/tenant.ts";
import { getFleetOverTime } from "./get-fleet-over-time.ts";
import { getFleetTotals } from "./get-fleet-totals.ts";
import { listFleet, listFleetRows } from "./list-fleet.ts";

let database: TestDatabase;
let ctx: Context;

async function connect(where: Context, cluster: string, declared: DeclaredEnvironment[]) {
  const { token } = await connectCluster({ ctx: where, input: { name: cluster } });
  const agent = await authenticateAgent(`Bearer ${token}`);
  await recordSession({ agent, input: hello(declared) });
  return (name: string, over: Partial<Report> = {}) =>
    recordReport({ agent, report: report(name, randomUUID(), 1, over) });
}

const rebase = { ...commit("Rebase the quote cache"), author: "Grace Hopper" };

beforeAll(async () => {
  database = await openTestDatabase();
  ({ ctx } = await makeTenant("Fleet"));
  const shop = "https://github.com/acme/shop.git";
  const edge = await connect(ctx, "edge", [
    declaration("alpha", { labels: { tier: "gold", team: "core" }, repository: shop }),
    declaration("beta", { labels: { tier: "silver" }, repository: shop }),
  ]);
  const main = await connect(ctx, "main", [
    declaration("calm", { labels: { tier: "gold" } }),
    declaration("drifting", { labels: { zone: "west" }, repository: "https://github.com/acme/platform" }),
    declaration("silent", { labels: { zone: "east" }, path: "100%_odd\\path" }),
  ]);
  for (const name of ["alpha", "beta"]) await edge(name);
  await main("calm", {
    head: rebase,
    revision: rebase,
    comparedRevision: rebase.revision,
    syncs: [sync(rebase)],
  });
  await main("drifting", { resources: [drifted("quotes")] });
});
afterAll(() => database.close());

const list = (query: string, where = ctx) => listFleet({ ctx: where, query: new URLSearchParams(query) });
const names = async (query: string) => (await list(query)).rows.map(({ name }) => name);

test("the worst comes first, of the groups and of each group", async () => {
  const fleet = await list("");
  expect(fleet.groups.map(({ name, count, look }) => ({ name, count, look }))).toEqual([
    { name: "main", count: 3, look: 2 },
    { name: "edge", count: 2, look: 0 },
  ]);
  expect(fleet.rows.map(({ name }) => name)).toEqual(["drifting", "silent", "calm", "alpha", "beta"]);
  expect(fleet.bySign).toMatchObject({ converged: 3, drift: 1, unknown: 1, failed: 0 });
  expect(fleet.rows[0]).toMatchObject({
    state: "Diverged",
    causes: ["drift"],
    differs: "Deployment/quotes replicas 6 → 2, by kubectl edit",
    episodes: [{ endedAt: null, causes: ["drift"] }],
  });
  expect(fleet.groups[0]?.agent).toMatchObject({ version: "0.1.0" });
});

test("the group with the worst comes first, whatever it is called", async () => {
  const { groups } = await list("group=label:zone");
  expect(groups.map(({ name }) => name)).toEqual(["west", "east", ""]);
});

test("by name, rows and groups stand in the order of their names", async () => {
  expect(await names("sort=name")).toEqual(["alpha", "beta", "calm", "drifting", "silent"]);
});

test.each([
  ["tier", ["gold", "silver", ""]],
  ["team", ["core", ""]],
])("grouped by the label %s, what has none comes last", async (key, groups) => {
  const fleet = await list(`group=label:${key}&sort=name`);
  expect(fleet.groups.map(({ name }) => name)).toEqual(groups);
});

test("grouped by repository and by state", async () => {
  const repositories = await list("group=repository");
  expect(repositories.groups.map(({ name, look }) => [name, look])).toEqual([
    ["acme/platform", 1],
    ["acme/shop", 1],
  ]);
  const states = await list("group=state");
  expect(states.groups.map(({ name, count }) => [name, count])).toEqual([
    ["drift", 1],
    ["unknown", 1],
    ["converged", 3],
  ]);
});

test.each([
  ["a name", "alp", ["alpha"]],
  ["a cluster", "EDGE", ["alpha", "beta"]],
  ["a repository", "acme/platform", ["drifting"]],
  ["a path", "environments/beta", ["beta"]],
  ["a label", "tier:gold", ["alpha", "calm"]],
  ["an author", "grace hopper", ["calm"]],
  ["the beginning of a revision", rebase.revision.slice(0, 9), ["calm"]],
  ["a subject", "quote CACHE", ["calm"]],
  ["words of different fields", "edge tier:silver", ["beta"]],
  ["nothing that there is", "nowhere", []],
])("a search finds %s", async (_what, text, found) => {
  expect(await names(`sort=name&q=${encodeURIComponent(text)}`)).toEqual(found);
});

test.each([
  ["%", ["silent"]],
  ["_", ["silent"]],
  ["\\", ["silent"]],
  ["100%_odd\\path", ["silent"]],
  ["'", []],
  ["' or 1=1 --", []],
  ["\0alpha", ["alpha"]],
  ["\ud800", []],
  ["a".repeat(10_000), []],
  ["🧨 \u202e", []],
])("%j is looked for as it stands", async (text, found) => {
  expect(
    (await list(`sort=name&q=${encodeURIComponent(text.toWellFormed())}`)).rows.map(({ name }) => name),
  ).toEqual(found);
});

test("filters by state, cluster, repository and label, together", async () => {
  expect(await names("show=drift,unknown")).toEqual(["drifting", "silent"]);
  expect(await names("show=look")).toEqual(["drifting", "silent"]);
  expect(await names("cluster=edge&label=tier:gold")).toEqual(["alpha"]);
  expect(await names("repository=acme/shop&show=converged&sort=name")).toEqual(["alpha", "beta", "calm"]);
  expect((await list("show=drift")).bySign).toMatchObject({ converged: 3, drift: 1, unknown: 1 });
});

test("windows follow one another, nothing twice and nothing left out", async () => {
  const { ctx: many } = await makeTenant("Many");
  const all = Array.from({ length: 93 }, (_, n) => declaration(`env-${String(n).padStart(3, "0")}`));
  await connect(many, "one", all.slice(0, 50));
  await connect(many, "two", all.slice(50));
  const rows = (query: string) => listFleetRows({ ctx: many, query: new URLSearchParams(query) });
  const first = await list("", many);
  const later = [await rows("offset=40"), await rows("offset=80"), await rows("offset=120")];
  const seen = [first, ...later].flatMap((window) => window.rows.map(({ name }) => name));
  expect(seen).toEqual(all.map(({ name }) => name));
  await expect(rows("offset=-1")).rejects.toMatchObject({ code: "invalid" });
  await expect(rows("ids=1,2")).rejects.toMatchObject({ code: "invalid" });
});

test("groups beyond the last that is shown stand together, in their order", async () => {
  const { ctx: many } = await makeTenant("Labels");
  const all = Array.from({ length: 310 }, (_, n) =>
    declaration(`env-${String(n).padStart(3, "0")}`, { labels: { own: String(n).padStart(3, "0") } }),
  );
  await connect(many, "one", all);
  const { groups } = await list("group=label:own", many);
  expect(groups).toHaveLength(301);
  expect(groups.at(-1)).toEqual({ key: "…", name: "10", count: 10, look: 10 });
});

test("totals say what the sentence needs, whatever is filtered", async () => {
  const totals = await getFleetTotals({ ctx });
  expect(totals).toMatchObject({
    total: 5,
    single: "drifting",
    longest: { name: "drifting", cluster: "main", state: "Diverged", causes: ["drift"] },
    labelKeys: ["tier", "zone", "team"],
  });
  expect(totals.last).toMatchObject({ name: "calm", revision: rebase.revision });
  expect(Date.parse(totals.firstEpisodeAt!)).toBeGreaterThan(Date.now() - 60_000);
});

test("an organization without environments has none, and no group", async () => {
  const { ctx: empty } = await makeTenant("Empty");
  expect(await list("", empty)).toMatchObject({ groups: [], rows: [], bySign: { converged: 0 } });
  expect(await getFleetTotals({ ctx: empty })).toMatchObject({
    total: 0,
    single: null,
    longest: null,
    last: null,
    labelKeys: [],
  });
});

test("the fleet over time ends with the episodes that are open now", async () => {
  const { days, points } = await getFleetOverTime({ ctx });
  expect([days, points.length]).toEqual([7, 169]);
  expect(points[0]).toMatchObject({ environments: 0, drift: 0 });
  expect(points.at(-1)).toMatchObject({ environments: 5, drift: 1, failed: 0, pending: 0 });
});

describe("another organization", () => {
  test("sees none of these rows, not by filter, window or id", async () => {
    const { ctx: other } = await makeTenant("Other");
    const { rows } = await list("");
    const ids = rows.map(({ id }) => id).join();
    expect((await list("q=alpha", other)).rows).toEqual([]);
    expect((await getFleetTotals({ ctx: other })).total).toBe(0);
    for (const query of ["offset=0", `ids=${ids}`])
      expect((await listFleetRows({ ctx: other, query: new URLSearchParams(query) })).rows).toEqual([]);
  });
});

test("the database's urgency is the place of the sign that people see", async () => {
  const states: EnvironmentState[] = ["Unknown", "Suspended", "Converged", "Converging", "Diverged"];
  const causes: Cause[][] = [
    [],
    ["failed"],
    ["drift"],
    ["pending"],
    ["unhealthy"],
    ["unhealthy", "pending"],
    ["pending", "drift"],
    ["drift", "failed"],
  ];
  const { organizationId } = ctx;
  for (const state of states)
    for (const some of causes) {
      const found = await withOrganization(organizationId, async (tx) => {
        await tx.environment.updateMany({
          where: { organizationId, name: "beta" },
          data: { state, causes: some },
        });
        const [row] = await tx.$queryRaw<
          { urgency: number }[]
        >`select urgency from environments where name = 'beta'`;
        return row!.urgency;
      });
      expect(SIGN_ORDER[found], `${state} ${some}`).toBe(signOf(state, some));
    }
});

test("a search follows the newest revision and a new declaration", async () => {
  const { ctx: moving } = await makeTenant("Moving");
  const { token } = await connectCluster({ ctx: moving, input: { name: "here" } });
  const agent = await authenticateAgent(`Bearer ${token}`);
  await recordSession({ agent, input: hello([declaration("shop", { labels: { tier: "gold" } })], "one") });
  const find = async (text: string) => (await list(`q=${text}`, moving)).rows.length;
  expect([await find("tier:gold"), await find("second")]).toEqual([1, 0]);
  await recordSession({ agent, input: hello([declaration("shop", { labels: { tier: "silver" } })], "one") });
  expect([await find("tier:gold"), await find("tier:silver")]).toEqual([0, 1]);
  const second = commit("The second change");
  await recordReport({
    agent,
    report: report("shop", randomUUID(), 1, {
      head: second,
      revision: second,
      comparedRevision: second.revision,
      resources: [resource("a")],
    }),
  });
  expect(await find("second")).toBe(1);
});
