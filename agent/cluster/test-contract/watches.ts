import { expect, test } from "vitest";
import { applySet } from "../../apply/index.ts";
import { refOf } from "../../object.ts";
import { type ApiError, connect, observe } from "../index.ts";
import { until } from "../test-until.ts";
import { type Ground, watchedThrough } from "./ground.ts";
import { configMap, configMaps, crd, deployment, MANAGER, quick } from "./manifests.ts";

/** What the agent sees of an API over time, whatever happens to it. */
export function watchContract(on: Ground): void {
  test("says 410 to a watch that is too old", async () => {
    const group = `old${on.name()}.example.com`;
    const set = {
      environment: "contract",
      objects: [{ object: crd(group) }],
      previousInventory: [],
      prune: true,
    };
    expect((await applySet(on.cluster, set)).problem).toBeUndefined();
    const type = (await on.cluster.resourceFor({ group, version: "v1", kind: "Widget" }))!;
    on.subject.expire?.();
    const events = async () => {
      for await (const _ of on.cluster.watch(type, undefined, { resourceVersion: "1", timeoutSeconds: 5 }));
    };
    const refusal = () => events().catch((error: ApiError) => error);
    // A kind this young answers 429 until its cache is filled.
    await until("it says 410", async () => (await refusal())?.status === 410);
    await on.cluster.delete(refOf(crd(group)));
  });

  test("is observed: what is there, what comes, what changes and what goes", async () => {
    const namespace = await on.fresh();
    const one = await on.cluster.apply(configMap(namespace, "one", { a: "1" }), MANAGER);
    await watchedThrough(on.cluster, [{ ...configMaps, namespace }], async (observer) => {
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
      await on.cluster.apply(configMap(namespace, "one", { a: "2" }), MANAGER);
      await on.cluster.apply(configMap(namespace, "two", {}), MANAGER);
      await on.cluster.delete(refOf(one));
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
    const namespace = await on.fresh();
    const relay = await on.relayed(on.subject.kubeconfig);
    const through = await connect({ kubeconfig: relay.kubeconfig });
    const doomed = await on.cluster.apply(configMap(namespace, "doomed", {}), MANAGER);
    const changed = await on.cluster.apply(configMap(namespace, "changed", { a: "1" }), MANAGER);
    await watchedThrough(through, [{ ...configMaps, namespace }], async (observer) => {
      await observer.whenSynced(10_000);
      const heard: string[] = [];
      observer.onChange((ref, object) => heard.push(`${object ? "set" : "gone"} ${ref.name}`));
      relay.down();
      await until(
        "it is called unavailable",
        () => observer.status(configMaps, namespace).state === "unavailable",
      );
      expect(observer.status(configMaps, namespace).message).toMatch(/does not give configmaps in namespace/);
      await on.cluster.apply(configMap(namespace, "changed", { a: "2" }), MANAGER);
      await on.cluster.delete(refOf(doomed));
      relay.up();
      await until("it is synced again", () => observer.status(configMaps, namespace).state === "synced");
      await until("both changes are seen", () => heard.length >= 2);
      expect(heard.toSorted()).toEqual(["gone doomed", "set changed"]);
      expect(observer.find(refOf(changed))).toMatchObject({ data: { a: "2" } });
    });
    await through.close();
  });

  test("is observed across a connection that died without a word", async () => {
    const namespace = await on.fresh();
    const relay = await on.relayed(on.subject.kubeconfig);
    const through = await connect({ kubeconfig: relay.kubeconfig });
    const observer = observe(through, { ...quick, idleTimeoutMs: 300 });
    observer.follow([{ ...configMaps, namespace }]);
    await observer.whenSynced(10_000);
    relay.silence();
    const one = await on.cluster.apply(configMap(namespace, "one", {}), MANAGER);
    await until("the change is seen", () => observer.find(refOf(one)));
    observer.stop();
    await through.close();
  });

  test("is observed for a kind that comes with its CRD and goes with it", async () => {
    const namespace = await on.fresh();
    const group = `g${on.name()}.example.com`;
    const widgets = { group, version: "v1", kind: "Widget" };
    const crds = { group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition" };
    await watchedThrough(on.cluster, [{ ...widgets, namespace }, crds], async (observer) => {
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
      const { problem } = await applySet(on.cluster, {
        environment: "contract",
        objects: [{ object: widget }, { object: crd(group) }],
        previousInventory: [],
        prune: true,
      });
      expect(problem).toBeUndefined();
      await until("the widget is seen", () => observer.find(refOf(widget)));
      await until("its schema is published", () => on.cluster.openApi(`${group}/v1`));
      await on.cluster.delete(refOf(crd(group)));
      await until("the kind is absent", () => observer.status(widgets, namespace).state === "absent");
      expect(observer.find(refOf(widget))).toBeUndefined();
    });
  });

  test("tells which permission is lacking, and heals when it is given", async () => {
    const namespace = await on.fresh();
    const one = await on.cluster.apply(configMap(namespace, "one", {}), MANAGER);
    const person = await on.subject.restricted(namespace);
    const relay = await on.relayed(person.kubeconfig);
    const theirs = await connect({ kubeconfig: relay.kubeconfig });
    await watchedThrough(theirs, [{ ...configMaps, namespace }], async (observer) => {
      await observer.whenSynced(10_000);
      expect(observer.status(configMaps, namespace)).toEqual({
        state: "forbidden",
        message: `The agent lacks the permission to list and watch configmaps in namespace ${namespace}.`,
        lacks: "configmaps",
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
    const namespace = await on.fresh();
    const applied = await on.cluster.apply(deployment(namespace, "quotes"), MANAGER);
    await watchedThrough(
      on.cluster,
      [{ group: "apps", version: "v1", kind: "Deployment", namespace }],
      async (observer) => {
        await until("it is available", () => {
          const status = observer.find(refOf(applied))?.status as { availableReplicas?: number } | undefined;
          return status?.availableReplicas === 1;
        });
      },
    );
  });
}
