import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createNamespace } from "../e2e/tiers/namespace.ts";
import { startAgent } from "./agent.ts";
import { readConfig } from "./config.ts";
import { eventually, startTestControlPlane } from "./test-control-plane.ts";
import { startGitServer } from "./test-git-server.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const deployment = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: quotes}
spec:
  replicas: 2
  selector: {matchLabels: {app: quotes}}
  template:
    metadata: {labels: {app: quotes}}
    spec:
      containers:
        - name: quotes
          image: ${image}
          resources: {requests: {cpu: 100m, memory: 64Mi}}
          ports: [{containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: quotes}
spec:
  selector: {app: quotes}
  ports: [{port: 80, targetPort: 8080}]
`;

async function openWorld(mode: "observe" | "sync") {
  const namespace = await createNamespace();
  const folder = mkdtempSync(join(tmpdir(), "plumbline-world-"));
  const git = await startGitServer(folder);
  const server = await startTestControlPlane();
  closing.push(git.close, server.close);
  const file = join(folder, "environments.yaml");
  const declared = {
    name: "production",
    repository: { url: git.url },
    path: "app",
    mode,
    interval: "1s",
    namespace: namespace.name,
  };
  writeFileSync(file, JSON.stringify({ environments: [declared] }));
  const resources = () => [...(server.state.environments.get("production")?.resources.values() ?? [])];
  return {
    ...{ namespace, git, server, resources },
    async start() {
      const config = readConfig({
        PLUMBLINE_URL: server.url,
        PLUMBLINE_TOKEN: "test-token",
        PLUMBLINE_ENVIRONMENTS_FILE: file,
        PLUMBLINE_DATA_DIR: join(folder, "agent"),
        PLUMBLINE_LOG_LEVEL: "error",
        KUBECONFIG: namespace.kubeconfigPath,
      });
      const agent = await startAgent(config, { writeLog: () => {} });
      closing.push(() => agent.stop());
      return agent;
    },
    syncs: () => [...server.state.syncs.values()],
    status: (kind: string) => resources().find(({ ref }) => ref.kind === kind),
  };
}

it("against a real API server: converges, becomes healthy, puts a hand edit back, and prunes", async () => {
  const world = await openWorld("sync");
  world.git.commit({ "app/all.yaml": deployment("quotes:1") }, "First");
  await world.start();
  await eventually(
    () => world.status("Deployment")?.sync === "Synced" && world.status("Deployment")?.health === "Healthy",
    60_000,
  );
  await world.namespace.kubectl(["set", "image", "deployment/quotes", "quotes=quotes:hand"]);
  await eventually(
    () => world.syncs().some(({ trigger, outcome }) => trigger === "drift" && outcome === "succeeded"),
    30_000,
  );
  const image = "jsonpath={.spec.template.spec.containers[0].image}";
  expect(await world.namespace.kubectl(["get", "deployment", "quotes", "-o", image])).toBe("quotes:1");
  world.git.commit({ "app/all.yaml": deployment("quotes:2").split("---")[0] ?? "" }, "No service");
  await eventually(
    () => world.resources().length === 1 && world.status("Deployment")?.health === "Healthy",
    60_000,
  );
  expect(
    await world.namespace.kubectl(["get", "service", "quotes", "--ignore-not-found", "-o", "name"]),
  ).toBe("");
  expect(world.syncs().map(({ trigger, outcome }) => `${trigger} ${outcome}`)).toEqual([
    "start succeeded",
    "drift succeeded",
    "commit succeeded",
  ]);
});

it("against a real API server: what kubectl applied is Synced, and an edit is drift by kubectl", async () => {
  const world = await openWorld("observe");
  world.git.commit({ "app/all.yaml": deployment("quotes:1") }, "First");
  await world.namespace.kubectl(["apply", "-f", "-"], deployment("quotes:1"));
  await world.start();
  await eventually(
    () => world.resources().length === 2 && world.resources().every(({ sync }) => sync === "Synced"),
    60_000,
  );
  await world.namespace.kubectl(["scale", "deployment/quotes", "--replicas=3"]);
  await eventually(() => world.status("Deployment")?.cause === "drift", 30_000);
  console.log(
    await world.namespace.kubectl(["get", "deployment", "quotes", "-o", "yaml", "--show-managed-fields"]),
  );
  expect(world.status("Deployment")?.changes).toMatchObject([
    {
      path: "spec.replicas",
      desired: 2,
      observed: 3,
      by: { who: "kubectl scale" },
    },
  ]);
  expect(world.syncs().map(({ outcome }) => outcome)).toEqual(["observed"]);
});
