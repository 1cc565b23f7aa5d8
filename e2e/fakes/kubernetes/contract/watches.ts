import { expect, test } from "vitest";
import type { Bench } from "../contract-bench.ts";
import { eventually } from "../contract-client.ts";
import { type JsonMap, textAt } from "../json.ts";

const shown = (events: JsonMap[]): string[] =>
  events
    .filter((event) => event.type !== "BOOKMARK")
    .map((event) => `${textAt(event, "type")} ${textAt(event, "object", "metadata", "name")}`);

/** Watches that resume where a list or another watch ended. */
export function watchContract(bench: Bench): void {
  const start = async (): Promise<{
    url: string;
    put(name: string, labels?: JsonMap): Promise<void>;
    version(): Promise<string>;
  }> => {
    const url = `/api/v1/namespaces/${await bench.namespace()}/configmaps`;
    return {
      url,
      async put(name, labels = {}) {
        const body = {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name, labels: { own: "yes", ...labels } },
        };
        await bench.client.apply(`${url}/${name}`, body, "contract");
      },
      version: async () => textAt((await bench.client.get(url)).body, "metadata", "resourceVersion"),
    };
  };

  test("a watch from a list's version sees what came after it, in order", async () => {
    const { url, put, version } = await start();
    await put("before");
    const from = await version();
    await put("one");
    await put("one", { changed: "yes" });
    await bench.client.send("DELETE", `${url}/one`);
    const events = await bench.client.watch(`${url}?watch=1&timeoutSeconds=1&resourceVersion=${from}`);
    expect(shown(events)).toEqual(["ADDED one", "MODIFIED one", "DELETED one"]);
    const last = textAt(events.at(-2), "object", "metadata", "resourceVersion");
    const rest = await bench.client.watch(`${url}?watch=true&timeoutSeconds=1&resourceVersion=${last}`);
    expect(shown(rest)).toEqual(["DELETED one"]);
  });

  test("a watch with a selector sees objects come into it and leave it", async () => {
    const { url, put, version } = await start();
    await put("one");
    const from = await version();
    await put("one", { in: "yes" });
    await put("one", { in: "yes", more: "yes" });
    await put("one");
    const events = await bench.client.watch(
      `${url}?watch=1&timeoutSeconds=1&labelSelector=in&resourceVersion=${from}`,
    );
    expect(shown(events)).toEqual(["ADDED one", "MODIFIED one", "DELETED one"]);
  });

  test("a watch without a version starts with what there is, and ends with a bookmark", async () => {
    const { url, put } = await start();
    await put("one");
    const query =
      "watch=1&timeoutSeconds=1&allowWatchBookmarks=true&labelSelector=own&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    const events = await bench.client.watch(`${url}?${query}`);
    expect(shown(events)).toEqual(["ADDED one"]);
    const bookmark = events.find((event) => event.type === "BOOKMARK");
    expect(bookmark).toMatchObject({
      object: {
        kind: "ConfigMap",
        metadata: {
          annotations: { "k8s.io/initial-events-end": "true" },
          resourceVersion: expect.stringMatching(/^\d+$/),
        },
      },
    });
  });

  test("a watch from a version long gone is told so with 410", async () => {
    const { client, connection } = bench;
    // A resource that has just begun to be served: no server keeps what was before that.
    const group = `gone-${Date.now().toString(36)}.example.com`;
    const version = {
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object" } },
    };
    const names = { plural: "echoes", kind: "Echo" };
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await client.create(definitions, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `echoes.${group}` },
      spec: { group, scope: "Cluster", names, versions: [version] },
    });
    const url = `/apis/${group}/v1/echoes`;
    await eventually(
      "the resource is served",
      async () => (await client.get(url)).status,
      (status) => status === 200,
    );
    await connection.compact?.();
    const events = await client.watch(`${url}?watch=1&timeoutSeconds=1&resourceVersion=1`);
    await client.send("DELETE", `${definitions}/echoes.${group}`);
    expect(events).toMatchObject([
      { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } },
    ]);
    expect(textAt(events[0], "object", "message")).toMatch(/^too old resource version: \d+ \(\d+\)$/);
  });
}
