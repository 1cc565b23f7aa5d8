import { expect, test } from "vitest";
import type { Bench } from "../contract-bench.ts";
import { type JsonMap, listAt, textAt } from "../json.ts";

const deployment = (image: string, replicas = 0): JsonMap => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas,
    paused: true,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
  },
});

const applied = {
  "f:spec": {
    "f:paused": {},
    "f:replicas": {},
    "f:selector": {},
    "f:template": {
      "f:metadata": { "f:labels": { "f:app": {} } },
      "f:spec": { "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:image": {}, "f:name": {} } } },
    },
  },
};

function entryOf(object: JsonMap, manager: string): JsonMap | undefined {
  const entries = listAt(object, "metadata", "managedFields");
  return entries.find((entry) => textAt(entry, "manager") === manager) as JsonMap | undefined;
}

/** Server-side apply, its dry run and conflicts, and what each kind of write leaves in managedFields. */
export function ownershipContract(bench: Bench): void {
  const start = async (): Promise<{ url: string }> => ({
    url: `/apis/apps/v1/namespaces/${await bench.namespace()}/deployments/web`,
  });

  test("an applied object is created, and its applier owns exactly what it applied", async () => {
    const { url } = await start();
    const first = await bench.client.apply(url, deployment("web:1"), "plumbline");
    expect(first.status).toBe(201);
    const entry = entryOf(first.body, "plumbline");
    expect(entry).toMatchObject({
      operation: "Apply",
      apiVersion: "apps/v1",
      fieldsType: "FieldsV1",
      fieldsV1: applied,
    });
    expect(entry?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const again = await bench.client.apply(url, deployment("web:1"), "plumbline");
    expect(again.status).toBe(200);
    expect(entryOf(again.body, "plumbline")).toEqual(entry);
  });

  test("a dry run answers what would be, with defaults, and stores nothing", async () => {
    const { url } = await start();
    const dry = await bench.client.apply(url, deployment("web:1"), "plumbline", "&dryRun=All");
    expect(dry.status).toBe(201);
    expect(dry.body).toMatchObject({
      spec: { progressDeadlineSeconds: 600, strategy: { type: "RollingUpdate" } },
    });
    expect((await bench.client.get(url)).status).toBe(404);
  });

  test("a conflict names the field and its owner, changes nothing, and force resolves it", async () => {
    const { url } = await start();
    await bench.client.apply(url, deployment("web:1"), "plumbline");
    const type = "application/strategic-merge-patch+json";
    const image = { spec: { template: { spec: { containers: [{ name: "web", image: "web:hand" }] } } } };
    const edited = await bench.client.patch(url, image, type, "kubectl-edit/v1.34 (linux)");
    expect(entryOf(edited.body, "kubectl-edit")).toMatchObject({
      operation: "Update",
      fieldsV1: {
        "f:spec": {
          "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { "f:image": {} } } } },
        },
      },
    });
    const refused = await bench.client.apply(url, deployment("web:2"), "plumbline");
    const field = '.spec.template.spec.containers[name="web"].image';
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      kind: "Status",
      reason: "Conflict",
      message: `Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: ${field}`,
      details: {
        causes: [
          { reason: "FieldManagerConflict", message: 'conflict with "kubectl-edit" using apps/v1', field },
        ],
      },
    });
    const forced = await bench.client.apply(url, deployment("web:2"), "plumbline", "&force=true");
    expect(forced.status).toBe(200);
    expect(entryOf(forced.body, "kubectl-edit")).toBeUndefined();
    expect(entryOf(forced.body, "plumbline")?.fieldsV1).toEqual(applied);
  });

  test("a field that is no longer applied is removed, or falls back to its default", async () => {
    const { url } = await start();
    const spec = deployment("web:1").spec as JsonMap;
    const labelled = { ...deployment("web:1"), metadata: { name: "web", labels: { a: "1", b: "2" } } };
    await bench.client.apply(url, { ...labelled, spec: { ...spec, revisionHistoryLimit: 3 } }, "plumbline");
    const { body } = await bench.client.apply(
      url,
      { ...labelled, metadata: { name: "web", labels: { a: "1" } }, spec },
      "plumbline",
    );
    expect(body).toMatchObject({ spec: { revisionHistoryLimit: 10 }, metadata: { labels: { a: "1" } } });
    expect(body).not.toHaveProperty("metadata.labels.b");
  });

  test("scaling as kubectl does shows its manager at the scale endpoint", async () => {
    const { url } = await start();
    await bench.client.apply(url, deployment("web:1"), "plumbline");
    const scaled = await bench.client.patch(
      `${url}/scale`,
      { spec: { replicas: 2 } },
      "application/merge-patch+json",
      "kubectl/v1.34 (linux)",
    );
    expect(scaled.body).toMatchObject({ kind: "Scale", apiVersion: "autoscaling/v1", spec: { replicas: 2 } });
    const { body } = await bench.client.get(url);
    expect(body).toMatchObject({ spec: { replicas: 2 } });
    expect(entryOf(body, "kubectl")).toMatchObject({
      operation: "Update",
      subresource: "scale",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    });
    expect(entryOf(body, "plumbline")).not.toHaveProperty("fieldsV1.f:spec.f:replicas");
  });

  test("unknown fields are refused, reported or ignored as fieldValidation asks", async () => {
    const { url } = await start();
    const wrong = { ...deployment("web:1"), spec: { ...(deployment("web:1").spec as JsonMap), replica: 2 } };
    const collection = url.slice(0, url.lastIndexOf("/"));
    const strict = await bench.client.create(collection, wrong, "?fieldValidation=Strict");
    expect(strict).toMatchObject({
      status: 400,
      body: {
        reason: "BadRequest",
        message: expect.stringContaining('strict decoding error: unknown field "spec.replica"'),
      },
    });
    const warned = await bench.client.create(collection, wrong, "?fieldValidation=Warn&dryRun=All");
    expect(warned).toMatchObject({
      status: 201,
      warnings: [expect.stringContaining('unknown field \\"spec.replica\\"')],
    });
    const ignored = await bench.client.create(collection, wrong, "?fieldValidation=Ignore&dryRun=All");
    expect(ignored).toMatchObject({ status: 201, warnings: [] });
    const unapplied = await bench.client.apply(url, wrong, "plumbline");
    expect(unapplied).toMatchObject({
      status: 500,
      body: { message: expect.stringContaining(".spec.replica: field not declared in schema") },
    });
  });

  test("a stale resource version is refused", async () => {
    const { url } = await start();
    const first = await bench.client.apply(url, deployment("web:1"), "plumbline");
    await bench.client.apply(url, deployment("web:2"), "plumbline");
    const stale = await bench.client.send("PUT", url, { body: first.body });
    expect(stale).toMatchObject({
      status: 409,
      body: { reason: "Conflict", details: { name: "web", group: "apps", kind: "deployments" } },
    });
  });
}
