import { describe, expect, test } from "vitest";
import type { ObjectRef } from "../../../lib/protocol/object.ts";
import { applySet, findInventory, withInventory } from "../../apply/index.ts";
import { type KubeObject, refOf } from "../../object.ts";
import type { Ground } from "./ground.ts";
import { configMap, deployment, namespaceOf } from "./manifests.ts";

/** What applying a set of objects does to an API. */
export function convergenceContract(on: Ground): void {
  describe("converges a set", () => {
    const apply = (objects: KubeObject[], previousInventory: ObjectRef[] = [], environment = "shop") =>
      applySet(on.cluster, {
        environment,
        objects: objects.map((object) => ({ object })),
        previousInventory,
        prune: true,
      });
    const actions = (result: Awaited<ReturnType<typeof apply>>) =>
      result.outcomes.map(({ ref, action }) => `${ref.kind}/${ref.name} ${action}`);

    test("into a namespace that it brings, and tells created, unchanged and configured apart", async () => {
      const namespace = on.name();
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
      const second = await apply([configMap(namespace, "one", { a: "2" }), ...set.slice(1)], first.inventory);
      expect(actions(second)).toEqual([
        "ConfigMap/one configured",
        "Deployment/quotes unchanged",
        `Namespace/${namespace} unchanged`,
      ]);
      expect(await on.cluster.get(refOf(set[0]!))).toMatchObject(
        withInventory({ ...set[0]!, data: { a: "2" } }, "shop"),
      );
    });

    test("or leaves everything alone when one object is refused", async () => {
      const namespace = await on.fresh();
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
      expect(await on.cluster.get(refOf(configMap(namespace, "one", {})))).toBeUndefined();
    });

    test("or stops before the rest, when what its new namespace shall hold is refused", async () => {
      const namespace = on.name();
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
      expect(await on.cluster.get(refOf(configMap(namespace, "one", {})))).toBeUndefined();
    });

    test("but not of a kind the server lacks, and names it", async () => {
      const namespace = await on.fresh();
      const result = await apply([
        { apiVersion: "nowhere.example/v1", kind: "Thing", metadata: { name: "t", namespace } },
      ]);
      expect(result.problem).toMatchObject({
        reason: "NoSuchKind",
        message: expect.stringContaining("Thing"),
      });
    });

    test("and prunes what Git no longer has, but nothing that must stay", async () => {
      const namespace = await on.fresh();
      const kept = configMap(namespace, "kept", {});
      kept.metadata.annotations = { "plumbline.dev/prune": "disabled" };
      const claim: KubeObject = {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "disk", namespace },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      };
      const stays = configMap(namespace, "stays", {});
      const foreign = await on.cluster.apply(configMap(namespace, "foreign", {}), {
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
      expect(await on.cluster.get(refOf(configMap(namespace, "goes", {})))).toBeUndefined();
      expect(await on.cluster.get(refOf(claim))).toBeDefined();
      const nothing = await apply([], second.inventory);
      expect(nothing.outcomes.every(({ action }) => action === "skipped")).toBe(true);
      expect(await on.cluster.get(refOf(stays))).toBeDefined();
    });

    test("and prunes an object whose API version the server dropped since", async () => {
      const namespace = await on.fresh();
      const stays = configMap(namespace, "stays", {});
      const { inventory } = await apply([stays, deployment(namespace, "quotes")]);
      const old = inventory.map((ref) => (ref.kind === "Deployment" ? { ...ref, version: "v1beta1" } : ref));
      expect(actions(await apply([stays], old))).toEqual([
        "ConfigMap/stays unchanged",
        "Deployment/quotes pruned",
      ]);
      expect(await on.cluster.get(refOf(deployment(namespace, "quotes")))).toBeUndefined();
    });

    test("and finds its inventory again when what it remembered is lost", async () => {
      const namespace = await on.fresh();
      const environment = `lost-${on.name()}`;
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
      const found = await findInventory(on.cluster, environment);
      expect(found.unread).toEqual([]);
      const names = (refs: ObjectRef[]) =>
        refs.map(({ kind, name: object }) => `${kind}/${object}`).toSorted();
      expect(names(found.refs)).toEqual(names(inventory));
    });

    test("but does not take an object from another environment", async () => {
      const namespace = await on.fresh();
      const one = configMap(namespace, "one", {});
      await apply([one], [], "first");
      const observed = await on.cluster.get(refOf(one));
      const result = await applySet(on.cluster, {
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
}
