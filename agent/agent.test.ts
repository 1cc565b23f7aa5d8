import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { startFakeKubernetes } from "../e2e/fakes/kubernetes/start.ts";
import { type Agent, startAgent } from "./agent.ts";
import { type Cluster, connect } from "./cluster/index.ts";
import { readConfig } from "./config.ts";
import type { KubeObject } from "./object.ts";
import { eventually, startTestControlPlane } from "./test-control-plane.ts";
import { startGitServer } from "./test-git-server.ts";

const CANARY = "canary-5f0c2b77-never-leaves";
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const configMap = (name: string, color: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {color: ${color}}\n`;
const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: credentials}\nstringData: {password: ${CANARY}}\n`;
const REF = { group: "", version: "v1", kind: "ConfigMap", namespace: "default", name: "settings" };

/** A cluster, a repository, a control plane, and agents that may be started and stopped between them. */
async function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-world-"));
  const kubernetes = await startFakeKubernetes({ name: "test" });
  const git = await startGitServer(folder);
  const server = await startTestControlPlane();
  closing.push(kubernetes.stop, git.close, server.close);
  const cluster: Cluster = await connect({ kubeconfig: kubernetes.kubeconfigPath });
  closing.push(() => cluster.close());
  const logs: string[] = [];
  const file = join(folder, "environments.yaml");

  return {
    ...{ folder, git, server, cluster, logs },
    declare(...environments: object[]) {
      const full = environments.map((one) => ({
        repository: { url: git.url },
        path: "app",
        interval: "300ms",
        ...one,
      }));
      writeFileSync(file, JSON.stringify({ environments: full }));
    },
    async start(): Promise<Agent> {
      const config = readConfig({
        PLUMBLINE_URL: server.url,
        PLUMBLINE_TOKEN: "test-token",
        PLUMBLINE_ENVIRONMENTS_FILE: file,
        PLUMBLINE_DATA_DIR: join(folder, "agent"),
        PLUMBLINE_LOG_LEVEL: "debug",
        PLUMBLINE_HEALTH_PORT: "0",
        KUBECONFIG: kubernetes.kubeconfigPath,
      });
      const agent = await startAgent(config, { writeLog: (line) => void logs.push(line) });
      closing.push(() => agent.stop());
      return agent;
    },
    /** A change by a person's hand. */
    edit: (object: object, fieldManager = "kubectl-edit") =>
      cluster.apply(object as KubeObject, { fieldManager, force: true }),
    environment: (name: string) => server.state.environments.get(name),
    status: (name: string, object = "settings") =>
      [...(server.state.environments.get(name)?.resources.values() ?? [])].find(
        ({ ref }) => ref.name === object,
      ),
    reports: (name: string) => server.state.environments.get(name)?.reports ?? [],
    syncs: () => [...server.state.syncs.values()],
  };
}

const edited = (color: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "default" },
  data: { color },
});

it("converges in mode sync: creates, follows a commit, prunes, and records each", async () => {
  const world = await openWorld();
  const first = world.git.commit(
    { "app/a.yaml": configMap("settings", "blue"), "app/b.yaml": configMap("old", "x") },
    "First",
  );
  world.declare({ name: "production", mode: "sync" });
  await world.start();
  await eventually(
    () =>
      world.status("production")?.sync === "Synced" && world.status("production", "old")?.sync === "Synced",
  );
  const second = world.git.commit(
    { "app/a.yaml": configMap("settings", "green"), "app/b.yaml": null },
    "Second",
  );
  await eventually(() => world.syncs().length === 2 && world.environment("production")?.resources.size === 1);
  expect(
    world
      .syncs()
      .map(({ revision, trigger, outcome, objects }) => [
        revision,
        trigger,
        outcome,
        objects.map(({ action }) => action).sort(),
      ]),
  ).toEqual([
    [first, "start", "succeeded", ["created", "created"]],
    [second, "commit", "succeeded", ["configured", "pruned"]],
  ]);
  expect((await world.cluster.get(REF))?.data).toEqual({ color: "green" });
  expect(await world.cluster.get({ ...REF, name: "old" })).toBeUndefined();
});

it("tells a hand edit in mode observe: the field, both values, who and when, and touches nothing", async () => {
  const world = await openWorld();
  world.git.commit({ "app/a.yaml": configMap("settings", "blue") }, "First");
  await world.edit(edited("blue"), "somebody");
  world.declare({ name: "production" });
  await world.start();
  await eventually(() => world.status("production")?.sync === "Synced");
  await world.edit(edited("red"));
  const status = await eventually(
    () => world.status("production")?.cause === "drift" && world.status("production"),
  );
  expect(status).toMatchObject({
    sync: "Modified",
    changes: [
      {
        path: "data.color",
        desired: "blue",
        observed: "red",
        by: { manager: "kubectl-edit", time: expect.any(String) },
      },
    ],
  });
  expect((await world.cluster.get(REF))?.data).toEqual({ color: "red" });
  expect(world.syncs().map(({ outcome }) => outcome)).toEqual(["observed"]);
});

it("puts a hand edit back in mode sync, after it has told of it", async () => {
  const world = await openWorld();
  world.git.commit({ "app/a.yaml": configMap("settings", "blue") }, "First");
  world.declare({ name: "production", mode: "sync", interval: "1h" });
  await world.start();
  await eventually(() => world.status("production")?.sync === "Synced");
  await world.edit(edited("red"));
  await eventually(
    () =>
      world.syncs().some(({ trigger }) => trigger === "drift") &&
      world.status("production")?.sync === "Synced",
  );
  expect((await world.cluster.get(REF))?.data).toEqual({ color: "blue" });
  const told = world
    .reports("production")
    .flatMap(({ resources }) => resources.filter(({ cause }) => cause === "drift"));
  expect(told[0]?.changes).toMatchObject([{ observed: "red", by: { manager: "kubectl-edit" } }]);
});

it("keeps the last good state when Git turns bad: says file and line, and still sees the cluster", async () => {
  const world = await openWorld();
  const good = world.git.commit({ "app/a.yaml": configMap("settings", "blue") }, "First");
  world.declare({ name: "production", mode: "sync" });
  await world.start();
  await eventually(() => world.status("production")?.sync === "Synced");
  const bad = world.git.commit({ "app/a.yaml": "apiVersion: v1\nkind: [\n" }, "Break it");
  const { report } = await eventually(() =>
    world.environment("production")?.report.problem ? world.environment("production") : null,
  );
  expect(report.problem).toMatchObject({ stage: "render", file: "app/a.yaml", line: expect.any(Number) });
  expect([report.head?.revision, report.comparedRevision]).toEqual([bad, good]);
  const { since } = report.problem ?? {};
  await world.cluster.delete(REF);
  await eventually(() => world.syncs().some(({ trigger }) => trigger === "drift"));
  expect((await world.cluster.get(REF))?.data).toEqual({ color: "blue" });
  expect(world.environment("production")?.report.problem?.since).toBe(since);
  world.git.commit({ "app/a.yaml": configMap("settings", "green") }, "Mend it");
  await eventually(() => world.environment("production")?.report.problem === null);
  expect((await world.cluster.get(REF))?.data).toEqual({ color: "green" });
});

it("looks at once when it gets a hint", async () => {
  const world = await openWorld();
  world.git.commit({ "app/a.yaml": configMap("settings", "blue") }, "First");
  world.declare({ name: "production", mode: "sync", interval: "1h" });
  await world.start();
  await eventually(() => world.status("production")?.sync === "Synced" && world.server.listeners() === 1);
  const revision = world.git.commit({ "app/a.yaml": configMap("settings", "green") }, "Second");
  world.server.hint({ environment: "production", reason: "push" });
  await eventually(() => world.syncs().some((sync) => sync.revision === revision));
});

it("converges without a control plane, and tells everything once it is there", async () => {
  const world = await openWorld();
  world.server.state.failing = { status: 503, body: "" };
  world.git.commit({ "app/a.yaml": configMap("settings", "blue") }, "First");
  world.declare({ name: "production", mode: "sync", interval: "300ms" });
  await world.start();
  await eventually(async () => (await world.cluster.get(REF))?.data !== undefined);
  await world.edit(edited("red"));
  await eventually(async () => JSON.stringify((await world.cluster.get(REF))?.data) === '{"color":"blue"}');
  world.git.commit({ "app/a.yaml": configMap("settings", "green") }, "Second");
  await eventually(async () => JSON.stringify((await world.cluster.get(REF))?.data) === '{"color":"green"}');
  world.server.state.failing = null;
  await eventually(() => world.syncs().length === 3 && world.status("production")?.sync === "Synced");
  expect(world.syncs().map(({ trigger }) => trigger)).toEqual(["start", "drift", "commit"]);
});

it("an agent that starts again tells the same story: a hand edit meanwhile is drift, and no sync is recorded twice", async () => {
  const world = await openWorld();
  world.git.commit({ "app/a.yaml": configMap("settings", "blue") }, "First");
  await world.edit(edited("blue"), "somebody");
  world.declare({ name: "production" });
  const agent = await world.start();
  await eventually(() => world.status("production")?.sync === "Synced" && world.syncs().length === 1);
  await agent.stop();
  await world.edit(edited("red"));
  await world.start();
  await eventually(() => world.status("production")?.cause === "drift");
  expect(world.syncs()).toHaveLength(1);
});

it("with Git away at its start it compares with the revision it knew last", async () => {
  const world = await openWorld();
  world.git.commit({ "app/a.yaml": configMap("settings", "blue") }, "First");
  world.declare({ name: "production", mode: "sync" });
  const agent = await world.start();
  await eventually(() => world.status("production")?.sync === "Synced");
  await agent.stop();
  world.git.setDown(true);
  await world.start();
  await eventually(
    () =>
      world.environment("production")?.report.problem?.stage === "fetch" &&
      world.reports("production").at(-1)?.base !== undefined,
  );
  await world.edit(edited("red"));
  await eventually(() => world.syncs().some(({ trigger }) => trigger === "drift"));
  expect((await world.cluster.get(REF))?.data).toEqual({ color: "blue" });
});

it("suspended, it tells what differs and applies nothing", async () => {
  const world = await openWorld();
  world.git.commit({ "app/a.yaml": configMap("settings", "blue") }, "First");
  world.declare({ name: "production", mode: "sync", suspend: { reason: "Black Friday", owner: "ada" } });
  await world.start();
  await eventually(() => world.status("production")?.sync === "Missing");
  expect(world.environment("production")?.report.suspended).toMatchObject({ owner: "ada" });
  world.declare({ name: "production", mode: "sync" });
  await eventually(() => world.status("production")?.sync === "Synced");
});

it("what the API server refuses is a refused sync with a problem, and nothing is applied", async () => {
  const world = await openWorld();
  const bad = `apiVersion: v1\nkind: Service\nmetadata: {name: broken}\nspec: {ports: [{port: 99999999}]}\n`;
  world.git.commit({ "app/a.yaml": configMap("settings", "blue"), "app/b.yaml": bad }, "First");
  world.declare({ name: "production", mode: "sync" });
  await world.start();
  await eventually(() => world.syncs().length > 0 && world.environment("production")?.report.problem);
  expect(world.syncs()[0]).toMatchObject({ outcome: "refused", message: expect.stringContaining("broken") });
  expect(await world.cluster.get(REF)).toBeUndefined();
});

it("no byte of a Secret is in anything that was sent or logged", async () => {
  const world = await openWorld();
  world.git.commit({ "app/a.yaml": secret, "app/b.yaml": configMap("settings", "blue") }, "First");
  world.declare({ name: "production", mode: "sync" });
  await world.start();
  await eventually(() => world.status("production", "credentials")?.sync === "Synced");
  const rotated = `${CANARY}-rotated`;
  await world.edit({
    ...edited("blue"),
    kind: "Secret",
    metadata: { name: "credentials", namespace: "default" },
    data: { password: btoa(rotated) },
  });
  await eventually(
    () => world.syncs().some(({ trigger }) => trigger === "drift") && world.server.state.manifests.size >= 4,
  );
  world.git.commit({ "app/a.yaml": `${secret}bad: [\n` }, "Break it");
  await eventually(() => world.environment("production")?.report.problem);
  const everything = [...world.server.state.bodies, ...world.logs].join("\n");
  for (const text of [CANARY, btoa(CANARY), btoa(rotated)]) expect(everything).not.toContain(text);
  expect(everything).toContain("credentials");
});
