import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { makeEnvironment, makeTenant, report, resource } from "../testing/tenant.ts";
import { getCluster, listClusters } from "./list-clusters.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const unreadable = (kind: string, lacks: string, namespace: string, name: string) =>
  resource(name, {
    ref: { group: kind === "Secret" ? "" : "networking.k8s.io", version: "v1", kind, namespace, name },
    ...{ sync: "Unknown", health: "Unknown", lacks, syncReason: "The agent lacks the permission." },
  });

it("tells what a cluster's agent may not read, until it may", async () => {
  const { ctx } = await makeTenant("Rights");
  const one = await makeEnvironment(ctx, "one");
  const other = await makeEnvironment(ctx, "other");
  const stream = randomUUID();
  await other.send(report("production", randomUUID(), 1));
  await one.send(
    report("production", stream, 1, {
      resources: [
        resource("quotes"),
        unreadable("Ingress", "ingresses", "shop", "a"),
        unreadable("Ingress", "ingresses", "web", "b"),
        unreadable("Secret", "secrets", "shop", "c"),
      ],
    }),
  );
  const lacks = [
    { group: "networking.k8s.io", resource: "ingresses", namespaces: ["shop", "web"], objects: 2 },
    { group: "", resource: "secrets", namespaces: ["shop"], objects: 1 },
  ];
  expect((await getCluster({ ctx, input: { id: one.clusterId } })).lacks).toEqual(lacks);
  const { clusters } = await listClusters({ ctx });
  expect(clusters.map((cluster) => [cluster.name, cluster.lacks.length])).toEqual([
    ["one", 2],
    ["other", 0],
  ]);
  await one.send(report("production", stream, 2, { resources: [resource("quotes")] }));
  expect((await getCluster({ ctx, input: { id: one.clusterId } })).lacks).toEqual([]);
  const { ctx: stranger } = await makeTenant("Stranger");
  expect((await listClusters({ ctx: stranger })).clusters).toEqual([]);
});
