import { afterAll, beforeAll, describe } from "vitest";
import { apiContract } from "./contract/api.ts";
import { customResourceContract } from "./contract/custom-resources.ts";
import { deleteContract } from "./contract/deletes.ts";
import { ownershipContract } from "./contract/ownership.ts";
import { rightsContract } from "./contract/rights.ts";
import { watchContract } from "./contract/watches.ts";
import { workloadContract } from "./contract/workloads.ts";
import type { Bench, Connection } from "./contract-bench.ts";
import { ContractClient, eventually } from "./contract-client.ts";

/** Everything Plumbline relies on in a Kubernetes API: the simulated one and a real one must both hold it. */
export function kubernetesContract(connect: () => Promise<Connection>): void {
  const bench = {} as Bench;
  const made: string[] = [];
  beforeAll(async () => {
    bench.connection = await connect();
    bench.client = new ContractClient(bench.connection.kubeconfigPath);
    bench.namespace = async () => {
      const name = `contract-${Date.now().toString(36)}-${made.length}`;
      made.push(name);
      await createNamespace(bench.client, name);
      return name;
    };
  });
  afterAll(async () => {
    for (const name of made) await bench.client.send("DELETE", `/api/v1/namespaces/${name}`);
    await bench.client.close();
    await bench.connection.stop?.();
  });
  describe("discovery and OpenAPI", () => apiContract(bench));
  describe("ownership of fields", () => ownershipContract(bench));
  describe("watches", () => watchContract(bench));
  describe("deletes", () => deleteContract(bench));
  describe("workloads", () => workloadContract(bench));
  describe("custom resources", () => customResourceContract(bench));
  describe("rights", () => rightsContract(bench));
}

/** Creates a namespace and waits until it has its ServiceAccount. */
export async function createNamespace(client: ContractClient, name: string): Promise<void> {
  await client.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await eventually(
    `namespace ${name} has its ServiceAccount`,
    () => client.get(`/api/v1/namespaces/${name}/serviceaccounts/default`),
    (answer) => answer.status === 200,
  );
}
