import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { type Cluster as KubeCluster, startCluster } from "../scripts/kube/cluster.ts";
import { startAgent } from "./agent.ts";
import { type ApiError, type Cluster, connect } from "./cluster/index.ts";
import { startRelay } from "./cluster/test-relay.ts";
import { readerAccount, writeTestKubeconfig } from "./cluster/test-restricted.ts";
import { readConfig } from "./config.ts";
import { type KubeObject, refOf } from "./object.ts";
import { eventually, startTestControlPlane } from "./test-control-plane.ts";
import { startGitServer } from "./test-git-server.ts";

vi.setConfig({ testTimeout: 180_000 });

const program = fileURLToPath(new URL("./main.ts", import.meta.url));
const closing: (() => unknown)[] = [];
let folder: string;
let kube: KubeCluster;
let admin: Cluster;
let worlds = 0;

// A cluster of its own: the others' must not be killed.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-faults-"));
  kube = await startCluster({ dir: join(folder, "kube"), name: "faults", log: () => {} });
  admin = await connect({ kubeconfig: kube.kubeconfigPath });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await admin?.close();
  await kube?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const configMap = (name: string, color: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {color: ${color}}\n`;

/** A repository, a namespace, a control plane, and agents that follow the one in the other. */
async function openWorld(mode: "observe" | "sync") {
  const namespace = `faults-${++worlds}`;
  const home = join(folder, namespace);
  const git = await startGitServer(mkdtempSync(`${home}-git-`));
  const server = await startTestControlPlane();
  closing.push(git.close, server.close);
  await admin.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, { ...person });
  const declared = { name: "production", repository: { url: git.url }, path: "app", mode, namespace };
  writeFileSync(`${home}.json`, JSON.stringify({ environments: [{ ...declared, interval: "1s" }] }));
  const settings = (kubeconfig: string) => ({
    PLUMBLINE_URL: server.url,
    PLUMBLINE_TOKEN: "test-token",
    PLUMBLINE_ENVIRONMENTS_FILE: `${home}.json`,
    PLUMBLINE_DATA_DIR: `${home}-agent`,
    PLUMBLINE_LOG_LEVEL: "error",
    KUBECONFIG: kubeconfig,
  });
  const here = (object: object): KubeObject => {
    const { metadata, ...rest } = object as KubeObject;
    return { ...rest, metadata: { ...metadata, namespace } } as KubeObject;
  };
  const status = (name: string) =>
    [...(server.state.environments.get("production")?.resources.values() ?? [])].find(
      ({ ref }) => ref.name === name,
    );
  return {
    ...{ namespace, git, server, here, status },
    async start(kubeconfig = kube.kubeconfigPath) {
      const agent = await startAgent(readConfig(settings(kubeconfig)), { writeLog: () => {} });
      closing.push(() => agent.stop());
    },
    /** The agent as a process of its own. */
    spawn() {
      const env = {
        NODE_ENV: "test" as const,
        PATH: process.env.PATH ?? "",
        ...settings(kube.kubeconfigPath),
      };
      const child = spawn(process.execPath, [program], { env, stdio: "ignore" });
      const ended = new Promise((resolve) => child.on("close", resolve));
      const kill = () => child.kill("SIGKILL") && ended;
      closing.push(kill);
      return kill;
    },
    set: (name: string, color: string) =>
      admin.apply(here({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { color } }), person),
    remove: (name: string) =>
      admin.delete(refOf(here({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } }))),
    color: async (name: string) => {
      const found = await admin.get(refOf(here({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } })));
      return (found?.data as { color?: string } | undefined)?.color;
    },
    /** Waits for verdicts, by object name. */
    until: (verdicts: Record<string, string | undefined>, timeoutMs = 60_000) =>
      vi.waitFor(
        () => {
          const said = Object.keys(verdicts).map((name) => [name, status(name)?.sync]);
          expect(Object.fromEntries(said)).toEqual(verdicts);
        },
        { timeout: timeoutMs, interval: 50 },
      ),
  };
}

const person = { fieldManager: "kubectl-edit", force: true };

it("API server killed and started again: Unknown meanwhile, then what Git and the cluster came to say", async () => {
  const world = await openWorld("sync");
  world.git.commit({ "app/a.yaml": configMap("a", "blue"), "app/b.yaml": configMap("b", "blue") }, "First");
  await world.start();
  await world.until({ a: "Synced", b: "Synced" });
  await kube.killApiserver();
  await world.until({ a: "Unknown", b: "Unknown" });
  expect(world.status("a")).toMatchObject({
    health: "Unknown",
    syncReason: expect.stringMatching(/API server/),
  });
  const revision = world.git.commit(
    { "app/a.yaml": configMap("a", "green"), "app/b.yaml": null },
    "Meanwhile",
  );
  await kube.startApiserver();
  await world.until({ a: "Synced", b: undefined }, 120_000);
  await eventually(
    () => world.server.state.environments.get("production")?.report.comparedRevision === revision,
  );
  await eventually(() => world.server.state.environments.get("production")?.report.problem === null);
  await eventually(async () => (await world.color("a")) === "green");
  await eventually(async () => (await world.color("b")) === undefined);
});

it("a watch that expired while the connection was cut: what was changed and deleted meanwhile is seen", async () => {
  const world = await openWorld("observe");
  const files = Object.fromEntries(
    ["a", "b", "c"].map((name) => [`app/${name}.yaml`, configMap(name, "blue")]),
  );
  world.git.commit(files, "First");
  for (const name of ["a", "b"]) await world.set(name, "blue");
  const relay = await startRelay({ host: "127.0.0.1", port: Number(new URL(kube.server).port) });
  closing.push(relay.stop);
  const throughRelay = join(folder, "relay.kubeconfig");
  const token = kube.adminToken;
  await writeTestKubeconfig(throughRelay, {
    url: `https://127.0.0.1:${relay.port}`,
    token,
    caData: kube.caData,
  });
  await world.start(throughRelay);
  await world.until({ a: "Synced", b: "Synced", c: "Missing" });
  const last = await world.set("b", "blue");
  relay.down();
  await world.set("a", "red");
  await world.remove("b");
  await world.set("c", "blue");
  // A restart empties the server's memory of changes.
  await kube.killApiserver();
  await kube.startApiserver();
  const type = await admin.resourceFor({ group: "", version: "v1", kind: "ConfigMap" });
  const resourceVersion = String(last.metadata.resourceVersion);
  const asBefore = async () => {
    for await (const _ of admin.watch(type as NonNullable<typeof type>, world.namespace, {
      resourceVersion,
      timeoutSeconds: 5,
    }));
  };
  await eventually(async () => (await asBefore().catch((error: ApiError) => error))?.status === 410);
  relay.up();
  await world.until({ a: "Modified", b: "Missing", c: "Synced" }, 120_000);
  expect(world.status("a")).toMatchObject({
    cause: "drift",
    changes: [{ path: "data.color", desired: "blue", observed: "red", by: { who: "kubectl edit" } }],
  });
});

it("agent killed: the next one takes up what Git, people and the cluster did meanwhile", async () => {
  const world = await openWorld("sync");
  const files = Object.fromEntries(
    ["a", "b", "c"].map((name) => [`app/${name}.yaml`, configMap(name, "blue")]),
  );
  world.git.commit(files, "First");
  const kill = world.spawn();
  await world.until({ a: "Synced", b: "Synced", c: "Synced" });
  await kill();
  await world.set("a", "red");
  await world.remove("b");
  const revision = world.git.commit(
    { "app/c.yaml": null, "app/d.yaml": configMap("d", "blue") },
    "Meanwhile",
  );
  world.spawn();
  await world.until({ a: "Synced", b: "Synced", c: undefined, d: "Synced" });
  await eventually(
    () => world.server.state.environments.get("production")?.report.comparedRevision === revision,
  );
  const colors = await Promise.all(["a", "b", "c", "d"].map(world.color));
  expect(colors).toEqual(["blue", "blue", undefined, "blue"]);
});

it("agent killed again and again in the middle of its work: it converges all the same", async () => {
  const world = await openWorld("sync");
  const names = Array.from({ length: 40 }, (_, index) => `m${index}`);
  const files = (color: string) =>
    Object.fromEntries(names.map((name) => [`app/${name}.yaml`, configMap(name, color)]));
  world.git.commit(files("blue"), "First");
  for (const color of ["green", "red"]) {
    const kill = world.spawn();
    await eventually(async () => (await world.color("m0")) !== undefined);
    world.git.commit(files(color), color);
    await eventually(async () => (await Promise.all(names.map(world.color))).includes(color), 60_000);
    await kill();
  }
  world.git.commit({ ...files("white"), "app/m39.yaml": null }, "white");
  world.spawn();
  await world.until(Object.fromEntries(names.map((name) => [name, name === "m39" ? undefined : "Synced"])));
  await eventually(async () => (await world.color("m39")) === undefined);
  await eventually(async () => (await world.color("m0")) === "white");
});

it("a CRD added and removed: its objects are Missing with the reason, compared, and Missing again", async () => {
  const world = await openWorld("observe");
  const ports = {
    type: "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port", "protocol"],
  };
  const item = {
    port: { type: "integer" },
    protocol: { type: "string", default: "TCP" },
    name: { type: "string" },
  };
  const spec = {
    type: "object",
    properties: {
      ports: { ...ports, items: { type: "object", required: ["port"], properties: item } },
      mode: { type: "string", default: "plain" },
    },
  };
  const schema = { openAPIV3Schema: { type: "object", properties: { spec } } };
  const crd: KubeObject = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "gadgets.faults.example.com" },
    spec: {
      group: "faults.example.com",
      scope: "Namespaced",
      names: { kind: "Gadget", plural: "gadgets" },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  };
  const gadget = (ports: object[]) =>
    world.here({
      apiVersion: "faults.example.com/v1",
      kind: "Gadget",
      metadata: { name: "g" },
      spec: { ports },
    } as object);
  const wanted = gadget([{ port: 80, name: "http" }]);
  const { namespace: _, ...metadata } = wanted.metadata;
  world.git.commit(
    { "app/a.yaml": configMap("a", "blue"), "app/g.yaml": JSON.stringify({ ...wanted, metadata }) },
    "First",
  );
  await world.set("a", "blue");
  await world.start();
  await world.until({ a: "Synced", g: "Missing" });
  expect(world.status("g")?.syncReason).toMatch(/Gadget/);

  for (const pointer of ["/spec/ports/0/name", "/spec/ports"]) {
    // The second time its lists are atomic.
    if (pointer === "/spec/ports") {
      for (const key of ["x-kubernetes-list-type", "x-kubernetes-list-map-keys"] as const)
        Reflect.deleteProperty(spec.properties.ports, key);
    }
    await admin.apply(crd, person);
    admin.forgetDiscovery("faults.example.com");
    await eventually(() => admin.apply(wanted, person));
    await world.until({ a: "Synced", g: "Synced" });
    // Keyed by a field that has a default, which takes the new kind's schema to know.
    await admin.apply(gadget([{ port: 80, name: "edited" }]), person);
    await world.until({ g: "Modified" });
    await eventually(() => world.status("g")?.changes[0]?.pointer === pointer);
    expect(world.status("g")?.changes).toMatchObject([{ pointer, by: { who: "kubectl edit" } }]);
    await admin.delete(refOf(crd));
    await world.until({ a: "Synced", g: "Missing" });
    await eventually(() => /Gadget/.test(world.status("g")?.syncReason ?? ""));
  }
});

it("a CRD that comes after what it defines, goes and comes again: in sync mode its objects are applied", async () => {
  const world = await openWorld("sync");
  const preserving = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const crd: KubeObject = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "doodads.faults.example.com" },
    spec: {
      group: "faults.example.com",
      scope: "Namespaced",
      names: { kind: "Doodad", plural: "doodads" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: preserving } }],
    },
  };
  const doodad = `apiVersion: faults.example.com/v1\nkind: Doodad\nmetadata: {name: d}\nspec: {size: 1}\n`;
  world.git.commit({ "app/a.yaml": configMap("a", "blue"), "app/d.yaml": doodad }, "First");
  await world.start();
  await world.until({ d: "Missing" });
  for (let round = 0; round < 2; round++) {
    await admin.apply(crd, person);
    await world.until({ a: "Synced", d: "Synced" }, 120_000);
    await admin.delete(refOf(crd));
    await world.until({ d: "Missing" }, 60_000);
  }
});

it("a permission withdrawn and given back: Unknown with the permission that lacks, and compared again after", async () => {
  const world = await openWorld("observe");
  world.git.commit({ "app/a.yaml": configMap("a", "blue"), "app/s.yaml": service }, "First");
  await world.set("a", "blue");
  await admin.apply(world.here(JSON.parse(serviceObject)), person);
  const relay = await startRelay({ host: "127.0.0.1", port: Number(new URL(kube.server).port) });
  closing.push(relay.stop);
  const url = `https://127.0.0.1:${relay.port}`;
  const account = await readerAccount(
    admin,
    { url, token: kube.adminToken, caData: kube.caData },
    world.namespace,
    folder,
  );
  await account.grant();
  await world.start(account.kubeconfig);
  await world.until({ a: "Synced", s: "Synced" });

  await account.revoke();
  // A watch lives on until it ends: only the next one is refused.
  relay.down();
  relay.up();
  await world.until({ a: "Unknown", s: "Synced" }, 90_000);
  expect(world.status("a")).toMatchObject({
    health: "Unknown",
    syncReason: expect.stringMatching(
      new RegExp(`permission to list and watch configmaps in namespace ${world.namespace}`),
    ),
  });
  await world.set("a", "red");
  await account.grant();
  await world.until({ a: "Modified", s: "Synced" }, 90_000);
  expect(world.status("a")?.changes).toMatchObject([{ path: "data.color", observed: "red" }]);
});

const serviceObject = JSON.stringify({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "s" },
  spec: { selector: { app: "s" }, ports: [{ port: 80 }] },
});
const service = `${serviceObject}\n`;
