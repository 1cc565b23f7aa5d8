import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../auth/context.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { commit, drifted, makeEnvironment, makeTenant, report, resource } from "../testing/tenant.ts";
import { SearchResults } from "./schemas.ts";
import { searchOrganization } from "./search-organization.ts";

let database: TestDatabase;
let ctx: Context;
let stranger: Context;
const head = commit("Raise the quote cache to 512Mi");
beforeAll(async () => {
  database = await openTestDatabase();
  ({ ctx } = await makeTenant("Search"));
  ({ ctx: stranger } = await makeTenant("Stranger"));
  for (const [tenant, cluster, name] of [
    [ctx, "eu-west-1", "production"],
    [ctx, "eu-west-1-staging", "staging"],
    [stranger, "eu-west-1", "production"],
  ] as const) {
    const environment = await makeEnvironment(tenant, cluster, name);
    const job = { group: "batch", version: "v1", kind: "Job", namespace: "shop", name: "nightly-quotes" };
    await environment.send(
      report(name, randomUUID(), 1, {
        head,
        revisions: [{ commit: head, renderedDigest: null, inputs: ["environments/"] }],
        resources: [
          resource("payments"),
          resource("quotes-worker"),
          drifted("quotes"),
          resource("100%_\\"),
          resource("nightly", { ref: job }),
        ],
      }),
    );
  }
});
afterAll(() => database.close());

const find = async (text: string, of = ctx) =>
  SearchResults.parse(await searchOrganization({ ctx: of, input: { text } }));
const names = async (text: string) => (await find(text)).resources.map(({ name }) => name);

describe("a search", () => {
  test("finds resources, names that begin so first, then those that hold it elsewhere", async () => {
    const { resources } = await find("quotes");
    expect(resources.map(({ name, environment }) => `${name} ${environment.name}`)).toEqual([
      ...["quotes production", "quotes staging", "quotes-worker production", "quotes-worker staging"],
      ...["nightly-quotes production", "nightly-quotes staging"],
    ]);
    expect(resources[0]).toMatchObject({ kind: "Deployment", sync: "Modified", cause: "drift" });
  });
  test("wants every word, in any order, of name, namespace and kind", async () => {
    expect(await names("job quotes")).toEqual(["nightly-quotes", "nightly-quotes"]);
    expect(await names("quotes DEPLOYMENT work")).toEqual(["quotes-worker", "quotes-worker"]);
    expect(await names("quotes cronjob")).toEqual([]);
    expect(await names("q")).toEqual([]);
  });
  test("takes no character for a pattern", async () => {
    expect(await names("100%_\\")).toEqual(["100%_\\", "100%_\\"]);
    expect(await names("qu%es")).toEqual([]);
    expect(await names("__")).toEqual([]);
    expect(await names("'; drop table resources; --")).toEqual([]);
    expect(await names("\0\u{10ffff}\ud800")).toEqual([]);
  });
  test("finds environments by name, cluster and path", async () => {
    expect((await find("prod")).environments).toMatchObject([{ name: "production", cluster: "eu-west-1" }]);
    expect((await find("eu-west")).environments.map(({ name }) => name)).toEqual(["production", "staging"]);
    expect((await find("environments/sta")).environments).toMatchObject([{ name: "staging" }]);
  });
  test("finds a commit by how its revision begins, by its subject and its author, and what it changed", async () => {
    for (const text of [head.revision, head.revision.slice(0, 7).toUpperCase(), "cache 512", "ada"]) {
      const { commits } = await find(text);
      expect(commits).toMatchObject([{ revision: head.revision, environmentCount: 2 }]);
      expect(commits[0]!.environments.map(({ name }) => name)).toEqual(["production", "staging"]);
    }
    expect((await find("cache 513")).commits).toEqual([]);
  });
  test("finds clusters and repositories", async () => {
    const { clusters, repositories } = await find("s");
    expect(clusters.map(({ name }) => name)).toEqual(["eu-west-1", "eu-west-1-staging"]);
    expect(repositories).toMatchObject([{ name: "acme/shop" }]);
  });
  test("sees nothing of another organization", async () => {
    const ours = await find("production");
    const theirs = await find("production", stranger);
    expect(theirs.environments).toHaveLength(1);
    expect(theirs.environments[0]!.id).not.toBe(ours.environments[0]!.id);
    expect((await find("staging", stranger)).environments).toEqual([]);
    expect((await find(head.revision, stranger)).commits[0]!.environmentCount).toBe(1);
  });
  test("of nothing finds nothing", async () => {
    expect(Object.values(await find("  ")).flat()).toEqual([]);
  });
});

test("what begins with a word is one stretch of an index, under row-level security too", async () => {
  const { app } = database;
  await app.query("select set_config('plumbline.organization', $1, false)", [ctx.organizationId]);
  await app.query("set enable_seqscan = off");
  const plan = await app.query(
    "explain select search from resources where organization_id = $1 and search >= 'quotes' and search < 'quotet' and search like '%work%'",
    [ctx.organizationId],
  );
  const text = plan.rows.map((row) => row["QUERY PLAN"]).join("\n");
  expect(text).toMatch(/Index Cond: .*organization_id.*search >= 'quotes'.*search < 'quotet'/);
  expect(text).toMatch(/Filter: .*search ~~/);
});
