import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authenticateAgent } from "../auth/agent-tokens.ts";
import { connectCluster } from "../clusters/connect-cluster.ts";
import { getCluster, listClusters } from "../clusters/list-clusters.ts";
import { recordSession } from "../clusters/record-session.ts";
import { recordReport } from "../environments/record-report.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { declaration, drifted, hello, makeTenant, report } from "../testing/tenant.ts";
import { listRepositories } from "./list-repositories.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test("clusters and repositories name their worst environments, and count all", async () => {
  const { ctx } = await makeTenant("Large");
  const { token, clusterId } = await connectCluster({ ctx, input: { name: "main" } });
  const agent = await authenticateAgent(`Bearer ${token}`);
  const declared = Array.from({ length: 20 }, (_, n) => declaration(`env-${String(n).padStart(2, "0")}`));
  await recordSession({ agent, input: hello(declared) });
  await recordReport({
    agent,
    report: report("env-19", randomUUID(), 1, { resources: [drifted("quotes")] }),
  });
  const [repository] = (await listRepositories({ ctx })).repositories;
  expect(repository).toMatchObject({ name: "acme/shop", environmentCount: 20 });
  expect(repository?.environments).toHaveLength(6);
  expect(repository?.environments[0]).toMatchObject({ name: "env-19", cluster: "main", causes: ["drift"] });
  const [cluster] = (await listClusters({ ctx })).clusters;
  expect(cluster).toMatchObject({ environmentCount: 20, environments: { length: 4, 0: { name: "env-19" } } });
  expect((await getCluster({ ctx, input: { id: clusterId } })).environments).toHaveLength(20);
  const { ctx: other } = await makeTenant("Small");
  expect((await listRepositories({ ctx: other })).repositories).toEqual([]);
});
