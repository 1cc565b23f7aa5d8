import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { ObjectRef } from "../../lib/protocol/object.ts";
import { applySet, findInventory, withInventory } from "../apply/index.ts";
import { type KubeObject, refOf } from "../object.ts";
import { ApiError, type Cluster, connect, type Observer, observe } from "./index.ts";
import { type Relay, startRelay } from "./test-relay.ts";
import { until } from "./test-until.ts";

/** A Kubernetes API under contract. */
export type Subject = {
  kubeconfig: string;
  simulated: boolean;
  /** A kubeconfig of somebody who may list ConfigMaps in `namespace` only between `grant` and `revoke`. */
  restricted(
    namespace: string,
  ): Promise<{ kubeconfig: string; grant(): Promise<void>; revoke(): Promise<void> }>;
  /** Makes changes so far too old to resume from, where they are not so already. */
  expire?(): void;
  stop(): Promise<void>;
};

const MANAGER = { fieldManager: "plumbline", force: true };
const quick = { backoffMinMs: 20, backoffMaxMs: 200, forbiddenRetryMs: 100, absentRetryMs: 200 };
const configMaps = { group: "", version: "v1", kind: "ConfigMap" };

const configMap = (namespace: string, name: string, data: Record<string, string>): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data,
});
const namespaceOf = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name },
});
const deployment = (namespace: string, name: string): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "main", image: "quotes:1" }] },
    },
  },
});
const crd = (group: string): KubeObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets", singular: "widget", listKind: "WidgetList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
          },
        },
      },
    ],
  },
});

/** What the agent relies on, asked of a Kubernetes API: the same of the real one and of the simulated one. */
export function clusterContract(name: string, start: () => Promise<Subject>): void {
  describe(`a cluster (${name})`, () => {
    let subject: Subject;
    let cluster: Cluster;
    let folder: string;
    let relay: Relay;
    const relays: Relay[] = [];
    let counter = 0;
    const unique = Date.now().toString(36);

    /** A namespace of the test's own. */
    async function fresh(): Promise<string> {
      const namespace = `contract-${unique}-${++counter}`;
      await cluster.apply(namespaceOf(namespace), MANAGER);
      return namespace;
    }
    async function watching(
      through: Cluster,
      needs: Parameters<Observer["follow"]>[0],
      use: (observer: Observer) => Promise<void>,
    ) {
      const observer = observe(through, quick);
      try {
        observer.follow(needs);
        await use(observer);
      } finally {
        observer.stop();
      }
    }
    /** A kubeconfig (the subject's own, if none is named) with its server behind the relay. */
    async function relayed(kubeconfig = subject.kubeconfig): Promise<string> {
      const config = parse(await readFile(kubeconfig, "utf8"));
      const server = new URL(config.clusters[0].cluster.server);
      relay = await startRelay({ host: server.hostname, port: Number(server.port) });
      relays.push(relay);
      server.port = String(relay.port);
      config.clusters[0].cluster.server = server.href;
      const file = join(folder, `relayed-${relay.port}`);
      await writeFile(file, stringify(config));
      return file;
    }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "plumbline-contract-"));
      subject = await start();
      cluster = await connect({ kubeconfig: subject.kubeconfig });
    });
    afterAll(async () => {
      await cluster?.close();
      for (const one of relays) await one.stop();
      await subject?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    test("says who it is", async () => {
      const identity = await cluster.identity();
      expect(identity.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(identity.kubernetesVersion).toMatch(/^v1\.\d+/);
      expect(identity.simulated).toBe(subject.simulated);
      expect(await cluster.identity()).toEqual(identity);
    });

    test("names the resource that serves a kind, and none for a kind it lacks", async () => {
      expect(await cluster.resourceFor({ group: "apps", version: "v1", kind: "Deployment" })).toMatchObject({
        plural: "deployments",
        namespaced: true,
        verbs: expect.arrayContaining(["list", "watch", "patch"]),
      });
      expect(await cluster.resourceFor({ group: "", version: "v1", kind: "Namespace" })).toMatchObject({
        namespaced: false,
      });
      expect(await cluster.resourceFor({ group: "apps", version: "v1", kind: "Nonsense" })).toBeUndefined();
      expect(
        await cluster.resourceFor({ group: "nowhere.example", version: "v1", kind: "Thing" }),
      ).toBeUndefined();
    });

    test("lists its resources across groups", async () => {
      const { types, unavailable } = await cluster.resources();
      expect(unavailable).toEqual([]);
      expect(types.map((type) => type.plural)).toEqual(
        expect.arrayContaining(["configmaps", "deployments", "clusterroles"]),
      );
    });

    test("describes its kinds in OpenAPI and asks for a document once", async () => {
      const document = await cluster.openApi("apps/v1");
      expect(Object.keys(document?.components?.schemas ?? {})).toContain("io.k8s.api.apps.v1.Deployment");
      const before = cluster.requests;
      expect(await cluster.openApi("apps/v1")).toBe(document);
      expect(cluster.requests).toBe(before);
      expect(await cluster.openApi("nowhere.example/v1")).toBeUndefined();
    });

    test("applies, gets, lists and deletes an object", async () => {
      const namespace = await fresh();
      const applied = await cluster.apply(configMap(namespace, "one", { a: "1" }), MANAGER);
      expect(applied.metadata.managedFields).toMatchObject([{ manager: "plumbline", operation: "Apply" }]);
      expect(await cluster.get(refOf(applied))).toMatchObject({ data: { a: "1" } });
      const type = (await cluster.resourceFor(configMaps))!;
      const listed = await cluster.list(type, namespace);
      expect(listed.find((object) => object.metadata.name === "one")).toMatchObject({
        apiVersion: "v1",
        kind: "ConfigMap",
      });
      await cluster.delete(refOf(applied), { preconditionsUid: String(applied.metadata.uid) });
      expect(await cluster.get(refOf(applied))).toBeUndefined();
      await cluster.delete(refOf(applied));
    });

    test("gives a list in pages", async () => {
      const namespace = await fresh();
      for (const name of ["a", "b", "c"]) await cluster.apply(configMap(namespace, name, {}), MANAGER);
      const type = (await cluster.resourceFor(configMaps))!;
      const first = await cluster.listPage(type, namespace, { limit: 2 });
      expect(first.items).toHaveLength(2);
      const second = await cluster.listPage(type, namespace, { limit: 2, continue: first.continue });
      const names = [...first.items, ...second.items].map((item) => item.metadata.name);
      expect(names).toEqual(expect.arrayContaining(["a", "b", "c"]));
    });

    test("refuses to delete another object than the one that was meant", async () => {
      const namespace = await fresh();
      const applied = await cluster.apply(configMap(namespace, "one", {}), MANAGER);
      const wrong = cluster.delete(refOf(applied), {
        preconditionsUid: "00000000-0000-4000-8000-000000000000",
      });
      await expect(wrong).rejects.toMatchObject({ status: 409 });
    });

    test("changes nothing in a dry run, and keeps the resource version where nothing would change", async () => {
      const namespace = await fresh();
      const dry = await cluster.apply(configMap(namespace, "one", { a: "1" }), { ...MANAGER, dryRun: true });
      expect(dry.data).toEqual({ a: "1" });
      expect(dry.metadata.resourceVersion).toBeUndefined();
      expect(await cluster.get(refOf(dry))).toBeUndefined();
      const applied = await cluster.apply(configMap(namespace, "one", { a: "1" }), MANAGER);
      const changed = await cluster.apply(configMap(namespace, "one", { a: "2" }), {
        ...MANAGER,
        dryRun: true,
      });
      expect(changed.data).toEqual({ a: "2" });
      expect(changed.metadata.resourceVersion).toBe(applied.metadata.resourceVersion);
      const again = await cluster.apply(configMap(namespace, "one", { a: "1" }), MANAGER);
      expect(again.metadata.resourceVersion).toBe(applied.metadata.resourceVersion);
    });

    test("tells a conflict with another field manager unless forced", async () => {
      const namespace = await fresh();
      await cluster.apply(configMap(namespace, "one", { a: "1" }), {
        fieldManager: "somebody",
        force: false,
      });
      const attempt = cluster.apply(configMap(namespace, "one", { a: "2" }), {
        fieldManager: "plumbline",
        force: false,
      });
      await expect(attempt).rejects.toMatchObject({ status: 409, causes: [{ field: ".data.a" }] });
      expect(await cluster.apply(configMap(namespace, "one", { a: "2" }), MANAGER)).toMatchObject({
        data: { a: "2" },
      });
    });

    test("refuses an invalid object, naming the field", async () => {
      const namespace = await fresh();
      const broken = deployment(namespace, "quotes");
      broken.spec = { ...(broken.spec as object), replicas: -1 };
      const error = await cluster.apply(broken, MANAGER).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ status: 422, reason: "Invalid", causes: [{ field: "spec.replicas" }] });
    });

    test.each([4711004711, { canary: "4711004711" }, ["canary 4711004711"]])(
      "says nothing of a Secret's content in a refusal: %j",
      async (value) => {
        const namespace = await fresh();
        const secret: KubeObject = {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "s", namespace },
          data: { password: value },
        };
        const error = await cluster.apply(secret, MANAGER).catch((thrown) => thrown);
        expect(error).toBeInstanceOf(ApiError);
        expect(JSON.stringify([error.message, error.causes])).not.toMatch(/canary|4711/);
      },
    );

    test("answers what may be done", async () => {
      const answer = await cluster.canI({ verb: "list", group: "apps", resource: "deployments" });
      expect(answer.allowed).toBe(true);
    });

    test("says 410 to a watch that is too old", async () => {
      const group = `old${unique}.example.com`;
      const set = {
        environment: "contract",
        objects: [{ object: crd(group) }],
        previousInventory: [],
        prune: true,
      };
      expect((await applySet(cluster, set)).problem).toBeUndefined();
      const type = (await cluster.resourceFor({ group, version: "v1", kind: "Widget" }))!;
      subject.expire?.();
      const events = async () => {
        for await (const _ of cluster.watch(type, undefined, { resourceVersion: "1", timeoutSeconds: 5 }));
      };
      const refusal = () => events().catch((error: ApiError) => error);
      // A kind this young answers 429 until its cache is filled.
      await until("it says 410", async () => (await refusal())?.status === 410);
      await cluster.delete(refOf(crd(group)));
    });

    test("is observed: what is there, what comes, what changes and what goes", async () => {
      const namespace = await fresh();
      const one = await cluster.apply(configMap(namespace, "one", { a: "1" }), MANAGER);
      await watching(cluster, [{ ...configMaps, namespace }], async (observer) => {
        const heard: [string, unknown, unknown][] = [];
        observer.onChange((ref, object, previous) => {
          if (!ref.name.startsWith("kube-root")) heard.push([ref.name, object?.data, previous?.data]);
        });
        await observer.whenSynced(10_000);
        expect(observer.status(configMaps, namespace)).toEqual({ state: "synced" });
        expect(observer.find(refOf(one))).toMatchObject({
          data: { a: "1" },
          metadata: { managedFields: expect.any(Array) },
        });
        await cluster.apply(configMap(namespace, "one", { a: "2" }), MANAGER);
        await cluster.apply(configMap(namespace, "two", {}), MANAGER);
        await cluster.delete(refOf(one));
        await until("the deletion is seen", () => observer.find(refOf(one)) === undefined);
        await until("everything was heard", () => heard.length === 4);
        expect(heard).toEqual([
          ["one", { a: "1" }, undefined],
          ["one", { a: "2" }, { a: "1" }],
          ["two", undefined, undefined],
          ["one", undefined, { a: "2" }],
        ]);
      });
    });

    test("is observed across a lost connection, and what happened meanwhile is told once", async () => {
      const namespace = await fresh();
      const through = await connect({ kubeconfig: await relayed() });
      const doomed = await cluster.apply(configMap(namespace, "doomed", {}), MANAGER);
      const changed = await cluster.apply(configMap(namespace, "changed", { a: "1" }), MANAGER);
      await watching(through, [{ ...configMaps, namespace }], async (observer) => {
        await observer.whenSynced(10_000);
        const heard: string[] = [];
        observer.onChange((ref, object) => heard.push(`${object ? "set" : "gone"} ${ref.name}`));
        relay.down();
        await until(
          "it is called unavailable",
          () => observer.status(configMaps, namespace).state === "unavailable",
        );
        expect(observer.status(configMaps, namespace).message).toMatch(
          /does not give configmaps in namespace/,
        );
        await cluster.apply(configMap(namespace, "changed", { a: "2" }), MANAGER);
        await cluster.delete(refOf(doomed));
        relay.up();
        await until("it is synced again", () => observer.status(configMaps, namespace).state === "synced");
        await until("both changes are seen", () => heard.length >= 2);
        expect(heard.toSorted()).toEqual(["gone doomed", "set changed"]);
        expect(observer.find(refOf(changed))).toMatchObject({ data: { a: "2" } });
      });
      await through.close();
    });

    test("is observed across a connection that died without a word", async () => {
      const namespace = await fresh();
      const through = await connect({ kubeconfig: await relayed() });
      const observer = observe(through, { ...quick, idleTimeoutMs: 300 });
      observer.follow([{ ...configMaps, namespace }]);
      await observer.whenSynced(10_000);
      relay.silence();
      const one = await cluster.apply(configMap(namespace, "one", {}), MANAGER);
      await until("the change is seen", () => observer.find(refOf(one)));
      observer.stop();
      await through.close();
    });

    test("is observed for a kind that comes with its CRD and goes with it", async () => {
      const namespace = await fresh();
      const group = `g${unique}${counter}.example.com`;
      const widgets = { group, version: "v1", kind: "Widget" };
      const crds = { group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" };
      await watching(cluster, [{ ...widgets, namespace }, crds], async (observer) => {
        await observer.whenSynced(10_000);
        expect(observer.status(widgets, namespace)).toMatchObject({
          state: "absent",
          message: expect.stringContaining("no Widget"),
        });
        const widget = {
          apiVersion: `${group}/v1`,
          kind: "Widget",
          metadata: { name: "w", namespace },
          spec: { size: 1 },
        };
        const { problem } = await applySet(cluster, {
          environment: "contract",
          objects: [{ object: widget }, { object: crd(group) }],
          previousInventory: [],
          prune: true,
        });
        expect(problem).toBeUndefined();
        await until("the widget is seen", () => observer.find(refOf(widget)));
        await until("its schema is published", () => cluster.openApi(`${group}/v1`));
        await cluster.delete(refOf(crd(group)));
        await until("the kind is absent", () => observer.status(widgets, namespace).state === "absent");
        expect(observer.find(refOf(widget))).toBeUndefined();
      });
    });

    test("tells which permission is lacking, and heals when it is given", async () => {
      const namespace = await fresh();
      const one = await cluster.apply(configMap(namespace, "one", {}), MANAGER);
      const person = await subject.restricted(namespace);
      const theirs = await connect({ kubeconfig: await relayed(person.kubeconfig) });
      await watching(theirs, [{ ...configMaps, namespace }], async (observer) => {
        await observer.whenSynced(10_000);
        expect(observer.status(configMaps, namespace)).toEqual({
          state: "forbidden",
          message: `The agent lacks the permission to list and watch configmaps in namespace ${namespace}.`,
        });
        await person.grant();
        await until("it is synced", () => observer.status(configMaps, namespace).state === "synced");
        expect(observer.find(refOf(one))).toBeDefined();
        await person.revoke();
        // Servers let a running watch run on; a new one is refused.
        await until("it is forbidden again", () => {
          relay.down();
          relay.up();
          return observer.status(configMaps, namespace).state === "forbidden";
        });
        expect(observer.find(refOf(one))).toBeUndefined();
      });
      await theirs.close();
    });

    test("makes a Deployment available", async () => {
      const namespace = await fresh();
      const applied = await cluster.apply(deployment(namespace, "quotes"), MANAGER);
      await watching(
        cluster,
        [{ group: "apps", version: "v1", kind: "Deployment", namespace }],
        async (observer) => {
          await until("it is available", () => {
            const status = observer.find(refOf(applied))?.status as
              | { availableReplicas?: number }
              | undefined;
            return status?.availableReplicas === 1;
          });
        },
      );
    });

    describe("converges a set", () => {
      const apply = (objects: KubeObject[], previousInventory: ObjectRef[] = [], environment = "shop") =>
        applySet(cluster, {
          environment,
          objects: objects.map((object) => ({ object })),
          previousInventory,
          prune: true,
        });
      const actions = (result: Awaited<ReturnType<typeof apply>>) =>
        result.outcomes.map(({ ref, action }) => `${ref.kind}/${ref.name} ${action}`);

      test("into a namespace that it brings, and tells created, unchanged and configured apart", async () => {
        const namespace = `contract-${unique}-${++counter}`;
        const set = [
          configMap(namespace, "one", { a: "1" }),
          deployment(namespace, "quotes"),
          namespaceOf(namespace),
        ];
        const first = await apply(set);
        expect(first.problem).toBeUndefined();
        expect(actions(first)).toEqual([
          "ConfigMap/one created",
          "Deployment/quotes created",
          `Namespace/${namespace} created`,
        ]);
        const second = await apply(
          [configMap(namespace, "one", { a: "2" }), ...set.slice(1)],
          first.inventory,
        );
        expect(actions(second)).toEqual([
          "ConfigMap/one configured",
          "Deployment/quotes unchanged",
          `Namespace/${namespace} unchanged`,
        ]);
        expect(await cluster.get(refOf(set[0]!))).toMatchObject(
          withInventory({ ...set[0]!, data: { a: "2" } }, "shop"),
        );
      });

      test("or leaves everything alone when one object is refused", async () => {
        const namespace = await fresh();
        const broken = deployment(namespace, "quotes");
        broken.spec = { ...(broken.spec as object), replicas: -1 };
        const result = await apply([configMap(namespace, "one", {}), broken]);
        expect(result.applied).toBe(false);
        expect(actions(result)).toEqual(["ConfigMap/one skipped", "Deployment/quotes failed"]);
        expect(result.problem).toMatchObject({
          stage: "validate",
          reason: "Invalid",
          next: "stalled",
          message: expect.stringContaining("spec.replicas"),
        });
        expect(await cluster.get(refOf(configMap(namespace, "one", {})))).toBeUndefined();
      });

      test("or stops before the rest, when what its new namespace shall hold is refused", async () => {
        const namespace = `contract-${unique}-${++counter}`;
        const broken = deployment(namespace, "quotes");
        broken.spec = { ...(broken.spec as object), replicas: -1 };
        const result = await apply([namespaceOf(namespace), configMap(namespace, "one", {}), broken]);
        expect(result.applied).toBe(true);
        expect(actions(result)).toEqual([
          `Namespace/${namespace} created`,
          "ConfigMap/one skipped",
          "Deployment/quotes failed",
        ]);
        expect(result.inventory).toEqual([refOf(namespaceOf(namespace))]);
        expect(await cluster.get(refOf(configMap(namespace, "one", {})))).toBeUndefined();
      });

      test("but not of a kind the server lacks, and names it", async () => {
        const namespace = await fresh();
        const result = await apply([
          { apiVersion: "nowhere.example/v1", kind: "Thing", metadata: { name: "t", namespace } },
        ]);
        expect(result.problem).toMatchObject({
          reason: "NoSuchKind",
          message: expect.stringContaining("Thing"),
        });
      });

      test("and prunes what Git no longer has, but nothing that must stay", async () => {
        const namespace = await fresh();
        const kept = configMap(namespace, "kept", {});
        kept.metadata.annotations = { "plumbline.dev/prune": "disabled" };
        const claim: KubeObject = {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "disk", namespace },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        };
        const stays = configMap(namespace, "stays", {});
        const foreign = await cluster.apply(configMap(namespace, "foreign", {}), {
          fieldManager: "somebody",
          force: true,
        });
        const first = await apply([stays, configMap(namespace, "goes", {}), kept, claim]);
        expect(first.problem).toBeUndefined();
        const second = await apply([stays], [...first.inventory, refOf(foreign)]);
        expect(actions(second).toSorted()).toEqual([
          "ConfigMap/foreign skipped",
          "ConfigMap/goes pruned",
          "ConfigMap/kept skipped",
          "ConfigMap/stays unchanged",
          "PersistentVolumeClaim/disk skipped",
        ]);
        expect(await cluster.get(refOf(configMap(namespace, "goes", {})))).toBeUndefined();
        expect(await cluster.get(refOf(claim))).toBeDefined();
        const nothing = await apply([], second.inventory);
        expect(nothing.outcomes.every(({ action }) => action === "skipped")).toBe(true);
        expect(await cluster.get(refOf(stays))).toBeDefined();
      });

      test("and prunes an object whose API version the server dropped since", async () => {
        const namespace = await fresh();
        const stays = configMap(namespace, "stays", {});
        const { inventory } = await apply([stays, deployment(namespace, "quotes")]);
        const old = inventory.map((ref) =>
          ref.kind === "Deployment" ? { ...ref, version: "v1beta1" } : ref,
        );
        expect(actions(await apply([stays], old))).toEqual([
          "ConfigMap/stays unchanged",
          "Deployment/quotes pruned",
        ]);
        expect(await cluster.get(refOf(deployment(namespace, "quotes")))).toBeUndefined();
      });

      test("and finds its inventory again when what it remembered is lost", async () => {
        const namespace = await fresh();
        const environment = `lost-${unique}`;
        const service: KubeObject = {
          apiVersion: "v1",
          kind: "Service",
          metadata: { name: "quotes", namespace },
          spec: { selector: { app: "quotes" }, ports: [{ port: 80, protocol: "TCP" }] },
        };
        const { inventory, problem } = await apply(
          [configMap(namespace, "one", {}), deployment(namespace, "quotes"), service],
          [],
          environment,
        );
        expect(problem).toBeUndefined();
        const found = await findInventory(cluster, environment);
        expect(found.unread).toEqual([]);
        const names = (refs: ObjectRef[]) =>
          refs.map(({ kind, name: object }) => `${kind}/${object}`).toSorted();
        expect(names(found.refs)).toEqual(names(inventory));
      });

      test("but does not take an object from another environment", async () => {
        const namespace = await fresh();
        const one = configMap(namespace, "one", {});
        await apply([one], [], "first");
        const observed = await cluster.get(refOf(one));
        const result = await applySet(cluster, {
          environment: "second",
          objects: [{ object: one }],
          previousInventory: [],
          prune: true,
          observed: () => observed,
        });
        expect(result.problem).toMatchObject({
          reason: "OwnedElsewhere",
          message: expect.stringContaining('"first"'),
        });
      });
    });
  });
}
