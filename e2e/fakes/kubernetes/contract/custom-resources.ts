import { expect, test } from "vitest";
import type { Bench } from "../contract-bench.ts";
import { eventually } from "../contract-client.ts";
import { listAt, mapAt, textAt } from "../json.ts";

const GROUP = "contract.example.com";
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `lamps.${GROUP}` },
  spec: {
    group: GROUP,
    scope: "Namespaced",
    names: { plural: "lamps", kind: "Lamp", shortNames: ["lp"] },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                required: ["color"],
                properties: {
                  color: { type: "string", enum: ["red", "green"] },
                  watts: { type: "integer", default: 40 },
                  bulbs: {
                    type: "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    items: {
                      type: "object",
                      required: ["name"],
                      properties: { name: { type: "string" }, on: { type: "boolean" } },
                    },
                  },
                  tags: { type: "array", items: { type: "string" } },
                  free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
                },
              },
              status: { type: "object", properties: { lit: { type: "boolean" } } },
            },
          },
        },
      },
    ],
  },
};

/** A definition is established, appears in discovery and OpenAPI, and its objects behave as built-in ones do. */
export function customResourceContract(bench: Bench): void {
  test("a definition is established and its objects are merged, defaulted and validated by its schema", async () => {
    const { client } = bench;
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    const url = `${definitions}/lamps.${GROUP}`;
    const applied = await client.apply(url, definition, "contract");
    expect(applied.status).toBe(201);
    try {
      await eventually(
        "the definition is established",
        async () => (await client.get(url)).body,
        (object) =>
          listAt(object, "status", "conditions").some(
            (c) => textAt(c, "type") === "Established" && textAt(c, "status") === "True",
          ),
      );
      const ask = async () => (await client.get(`/apis/${GROUP}/v1`)).body;
      const served = await eventually(
        "discovery lists the resource",
        ask,
        (body) => listAt(body, "resources").length === 2,
      );
      expect(listAt(served, "resources")[0]).toMatchObject({
        name: "lamps",
        kind: "Lamp",
        namespaced: true,
        shortNames: ["lp"],
      });
      const path = await eventually(
        "OpenAPI lists the group",
        async () =>
          textAt((await client.get("/openapi/v3")).body, "paths", `apis/${GROUP}/v1`, "serverRelativeURL"),
        (found) => found !== "",
        // A real server gathers the documents of its parts once a minute.
        90_000,
      );
      const document = await client.get(path);
      const lamp = mapAt(document.body, "components", "schemas", "com.example.contract.v1.Lamp");
      expect(lamp).toMatchObject({
        "x-kubernetes-group-version-kind": [{ group: GROUP, version: "v1", kind: "Lamp" }],
      });
      await examineLamps(bench);
    } finally {
      await client.send("DELETE", url);
    }
    await eventually(
      "the resource is gone with its definition",
      async () => (await client.get(`/apis/${GROUP}/v1/lamps`)).status,
      (status) => status === 404,
    );
  });
}

async function examineLamps(bench: Bench): Promise<void> {
  const { client } = bench;
  const url = `/apis/${GROUP}/v1/namespaces/${await bench.namespace()}/lamps`;
  const lamp = (spec: object, rest: object = {}) => ({
    apiVersion: `${GROUP}/v1`,
    kind: "Lamp",
    metadata: { name: "one" },
    spec,
    ...rest,
  });
  const bulbs = [{ name: "a", on: true }, { name: "b" }];
  const first = await client.apply(
    `${url}/one`,
    lamp({ color: "red", bulbs, tags: ["x"], free: { any: { thing: [1] } } }),
    "plumbline",
  );
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({
    spec: { watts: 40, free: { any: { thing: [1] } } },
    metadata: { generation: 1 },
  });
  expect(listAt(first.body, "metadata", "managedFields")[0]).toMatchObject({
    manager: "plumbline",
    operation: "Apply",
    fieldsV1: {
      "f:spec": {
        "f:bulbs": {
          'k:{"name":"a"}': { ".": {}, "f:name": {}, "f:on": {} },
          'k:{"name":"b"}': { ".": {}, "f:name": {} },
        },
        "f:color": {},
        "f:free": { "f:any": { "f:thing": {} } },
        "f:tags": {},
      },
    },
  });
  const wrong = await client.create(url, { ...lamp({ color: "blue" }), metadata: { name: "two" } });
  expect(wrong).toMatchObject({
    status: 422,
    body: {
      reason: "Invalid",
      message: `Lamp.${GROUP} "two" is invalid: spec.color: Unsupported value: "blue": supported values: "red", "green"`,
    },
  });
  const created = await client.create(url, {
    ...lamp({ color: "green", unknown: 1 }, { status: { lit: true } }),
    metadata: { name: "two" },
  });
  expect(created.body).not.toHaveProperty("spec.unknown");
  expect(created.body).not.toHaveProperty("status");
  expect(created.warnings).toEqual(['299 - "unknown field \\"spec.unknown\\""']);
  expect(listAt(created.body, "metadata", "managedFields")[0]).toMatchObject({
    operation: "Update",
    fieldsV1: { "f:spec": { ".": {}, "f:color": {}, "f:watts": {} } },
  });
  const status = await client.patch(
    `${url}/two/status`,
    { status: { lit: true }, spec: { color: "red" } },
    "application/merge-patch+json",
  );
  expect(status.body).toMatchObject({
    spec: { color: "green" },
    status: { lit: true },
    metadata: { generation: 1 },
  });
  const changed = await client.patch(
    `${url}/two`,
    { spec: { color: "red" } },
    "application/merge-patch+json",
  );
  expect(changed.body).toMatchObject({
    spec: { color: "red" },
    status: { lit: true },
    metadata: { generation: 2 },
  });
  expect((await client.patch(`${url}/two`, {}, "application/strategic-merge-patch+json")).status).toBe(415);
}
