import { expect, test } from "vitest";
import { type KubeObject, refOf } from "../../object.ts";
import { ApiError } from "../index.ts";
import type { Ground } from "./ground.ts";
import { configMap, configMaps, deployment, MANAGER } from "./manifests.ts";

/** What the agent asks of an API, one request at a time. */
export function requestContract(on: Ground): void {
  test("says who it is", async () => {
    const identity = await on.cluster.identity();
    expect(identity.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(identity.kubernetesVersion).toMatch(/^v1\.\d+/);
    expect(identity.simulated).toBe(on.subject.simulated);
    expect(await on.cluster.identity()).toEqual(identity);
  });

  test("names the resource that serves a kind, and none for a kind it lacks", async () => {
    expect(await on.cluster.resourceFor({ group: "apps", version: "v1", kind: "Deployment" })).toMatchObject({
      plural: "deployments",
      namespaced: true,
      verbs: expect.arrayContaining(["list", "watch", "patch"]),
    });
    expect(await on.cluster.resourceFor({ group: "", version: "v1", kind: "Namespace" })).toMatchObject({
      namespaced: false,
    });
    expect(await on.cluster.resourceFor({ group: "apps", version: "v1", kind: "Nonsense" })).toBeUndefined();
    expect(
      await on.cluster.resourceFor({ group: "nowhere.example", version: "v1", kind: "Thing" }),
    ).toBeUndefined();
  });

  test("lists its resources across groups", async () => {
    const { types, unavailable } = await on.cluster.resources();
    expect(unavailable).toEqual([]);
    expect(types.map((type) => type.plural)).toEqual(
      expect.arrayContaining(["configmaps", "deployments", "clusterroles"]),
    );
  });

  test("describes its kinds in OpenAPI and asks for a document once", async () => {
    const document = await on.cluster.openApi("apps/v1");
    expect(Object.keys(document?.components?.schemas ?? {})).toContain("io.k8s.api.apps.v1.Deployment");
    const before = on.cluster.requests;
    expect(await on.cluster.openApi("apps/v1")).toBe(document);
    expect(on.cluster.requests).toBe(before);
    expect(await on.cluster.openApi("nowhere.example/v1")).toBeUndefined();
  });

  test("applies, gets, lists and deletes an object", async () => {
    const namespace = await on.fresh();
    const applied = await on.cluster.apply(configMap(namespace, "one", { a: "1" }), MANAGER);
    expect(applied.metadata.managedFields).toMatchObject([{ manager: "plumbline", operation: "Apply" }]);
    expect(await on.cluster.get(refOf(applied))).toMatchObject({ data: { a: "1" } });
    const type = (await on.cluster.resourceFor(configMaps))!;
    const listed = await on.cluster.list(type, namespace);
    expect(listed.find((object) => object.metadata.name === "one")).toMatchObject({
      apiVersion: "v1",
      kind: "ConfigMap",
    });
    await on.cluster.delete(refOf(applied), { preconditionsUid: String(applied.metadata.uid) });
    expect(await on.cluster.get(refOf(applied))).toBeUndefined();
    await on.cluster.delete(refOf(applied));
  });

  test("gives a list in pages", async () => {
    const namespace = await on.fresh();
    for (const name of ["a", "b", "c"]) await on.cluster.apply(configMap(namespace, name, {}), MANAGER);
    const type = (await on.cluster.resourceFor(configMaps))!;
    const first = await on.cluster.listPage(type, namespace, { limit: 2 });
    expect(first.items).toHaveLength(2);
    const second = await on.cluster.listPage(type, namespace, { limit: 2, continue: first.continue });
    const names = [...first.items, ...second.items].map((item) => item.metadata.name);
    expect(names).toEqual(expect.arrayContaining(["a", "b", "c"]));
  });

  test("refuses to delete another object than the one that was meant", async () => {
    const namespace = await on.fresh();
    const applied = await on.cluster.apply(configMap(namespace, "one", {}), MANAGER);
    const wrong = on.cluster.delete(refOf(applied), {
      preconditionsUid: "00000000-0000-4000-8000-000000000000",
    });
    await expect(wrong).rejects.toMatchObject({ status: 409 });
  });

  test("changes nothing in a dry run, and keeps the resource version where nothing would change", async () => {
    const namespace = await on.fresh();
    const dry = await on.cluster.apply(configMap(namespace, "one", { a: "1" }), { ...MANAGER, dryRun: true });
    expect(dry.data).toEqual({ a: "1" });
    expect(dry.metadata.resourceVersion).toBeUndefined();
    expect(await on.cluster.get(refOf(dry))).toBeUndefined();
    const applied = await on.cluster.apply(configMap(namespace, "one", { a: "1" }), MANAGER);
    const changed = await on.cluster.apply(configMap(namespace, "one", { a: "2" }), {
      ...MANAGER,
      dryRun: true,
    });
    expect(changed.data).toEqual({ a: "2" });
    expect(changed.metadata.resourceVersion).toBe(applied.metadata.resourceVersion);
    const again = await on.cluster.apply(configMap(namespace, "one", { a: "1" }), MANAGER);
    expect(again.metadata.resourceVersion).toBe(applied.metadata.resourceVersion);
  });

  test("tells a conflict with another field manager unless forced", async () => {
    const namespace = await on.fresh();
    await on.cluster.apply(configMap(namespace, "one", { a: "1" }), {
      fieldManager: "somebody",
      force: false,
    });
    const attempt = on.cluster.apply(configMap(namespace, "one", { a: "2" }), {
      fieldManager: "plumbline",
      force: false,
    });
    await expect(attempt).rejects.toMatchObject({ status: 409, causes: [{ field: ".data.a" }] });
    expect(await on.cluster.apply(configMap(namespace, "one", { a: "2" }), MANAGER)).toMatchObject({
      data: { a: "2" },
    });
  });

  test("refuses an invalid object, naming the field", async () => {
    const namespace = await on.fresh();
    const broken = deployment(namespace, "quotes");
    broken.spec = { ...(broken.spec as object), replicas: -1 };
    const error = await on.cluster.apply(broken, MANAGER).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, reason: "Invalid", causes: [{ field: "spec.replicas" }] });
  });

  test.each([4711004711, { canary: "4711004711" }, ["canary 4711004711"]])(
    "says nothing of a Secret's content in a refusal: %j",
    async (value) => {
      const namespace = await on.fresh();
      const secret: KubeObject = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "s", namespace },
        data: { password: value },
      };
      const error = await on.cluster.apply(secret, MANAGER).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(ApiError);
      expect(JSON.stringify([error.message, error.causes])).not.toMatch(/canary|4711/);
    },
  );

  test("answers what may be done", async () => {
    const answer = await on.cluster.canI({ verb: "list", group: "apps", resource: "deployments" });
    expect(answer.allowed).toBe(true);
  });
}
