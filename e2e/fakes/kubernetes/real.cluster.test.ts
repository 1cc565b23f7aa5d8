import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createNamespace, kubernetesContract } from "./contract.ts";
import { ContractClient } from "./contract-client.ts";
import type { Json } from "./json.ts";
import { normalise } from "./normalise.ts";
import { randomScenario } from "./scenarios/random.ts";
import type { Step } from "./scenarios/step.ts";
import { scenarios } from "./scenarios.ts";
import { type FakeKubernetes, startFakeKubernetes } from "./start.ts";

kubernetesContract(async () => ({ kubeconfigPath: inject("cluster").kubeconfigPath }));

describe("the simulated API answers as the real one does", () => {
  let fake: FakeKubernetes;
  let clients: ContractClient[];
  let count = 0;
  beforeAll(async () => {
    fake = await startFakeKubernetes({ name: "compared" });
    clients = [inject("cluster").kubeconfigPath, fake.kubeconfigPath].map((path) => new ContractClient(path));
  });
  afterAll(async () => {
    for (const client of clients) await client.close();
    await fake.stop();
  });

  test.for(Object.entries(scenarios))("%s", async ([, steps]) => {
    const namespace = `compared-${Date.now().toString(36)}-${count++}`;
    const [real, simulated] = await Promise.all(clients.map((client) => run(client, steps, namespace)));
    expect(simulated).toEqual(real);
  });

  test.for(Array.from({ length: 20 }, (_, i) => i + 1))("random writes, seed %i", async (seed) => {
    const namespace = `compared-${Date.now().toString(36)}-${count++}`;
    const steps = randomScenario(seed * 7919, 10);
    const [real, simulated] = await Promise.all(clients.map((client) => run(client, steps, namespace)));
    expect(simulated).toEqual(real);
  });
});

/** Sends a scenario's requests in a namespace of its own and answers what may be compared. */
async function run(client: ContractClient, steps: Step[], namespace: string): Promise<Json> {
  await createNamespace(client, namespace);
  const answers: Json[] = [];
  for (const { verb, path, ...options } of steps) {
    const [, version, rest] = /^(apis\/[^/]+\/[^/]+|api\/v1)\/(.*)$/.exec(path)!;
    const answer = await client.send(verb, `/${version}/namespaces/${namespace}/${rest}`, options);
    const { status, warnings, body } = answer;
    answers.push({ step: `${verb} ${path}`, status, warnings, body: normalise(body, namespace) });
  }
  await client.send("DELETE", `/api/v1/namespaces/${namespace}`);
  return answers;
}
