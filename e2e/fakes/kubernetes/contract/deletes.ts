import { expect, test } from "vitest";
import type { Bench } from "../contract-bench.ts";
import { eventually } from "../contract-client.ts";

/** Deletes, finalizers, owners, and namespaces. */
export function deleteContract(bench: Bench): void {
  const configMap = (name: string, metadata = {}) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, ...metadata },
  });

  test("a deleted object is gone, and deleting it again says so", async () => {
    const url = `/api/v1/namespaces/${await bench.namespace()}/configmaps`;
    await bench.client.create(url, configMap("one"));
    const deleted = await bench.client.send("DELETE", `${url}/one`);
    expect(deleted).toMatchObject({
      status: 200,
      body: { kind: "Status", status: "Success", details: { name: "one", kind: "configmaps" } },
    });
    const again = await bench.client.send("DELETE", `${url}/one`);
    expect(again).toMatchObject({
      status: 404,
      body: { reason: "NotFound", message: 'configmaps "one" not found' },
    });
  });

  test("a dry-run delete deletes nothing", async () => {
    const url = `/api/v1/namespaces/${await bench.namespace()}/configmaps`;
    await bench.client.create(url, configMap("one"));
    expect((await bench.client.send("DELETE", `${url}/one?dryRun=All`)).status).toBe(200);
    expect((await bench.client.get(`${url}/one`)).status).toBe(200);
  });

  test("a finalizer keeps an object, marked, until it is removed", async () => {
    const url = `/api/v1/namespaces/${await bench.namespace()}/configmaps`;
    await bench.client.create(url, configMap("one", { finalizers: ["example.com/hold"] }));
    await bench.client.send("DELETE", `${url}/one`);
    const held = await bench.client.get(`${url}/one`);
    expect(held.body).toHaveProperty("metadata.deletionTimestamp");
    await bench.client.patch(
      `${url}/one`,
      { metadata: { finalizers: null } },
      "application/merge-patch+json",
    );
    expect((await bench.client.get(`${url}/one`)).status).toBe(404);
  });

  test("what an object owns goes with it, unless it is orphaned", async () => {
    const url = `/api/v1/namespaces/${await bench.namespace()}/configmaps`;
    const own = async (owner: string, dependent: string): Promise<void> => {
      const { body } = await bench.client.create(url, configMap(owner));
      const { uid } = body.metadata as { uid: string };
      const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: owner, uid }];
      await bench.client.create(url, configMap(dependent, { ownerReferences }));
    };
    await own("owner", "dependent");
    await own("leaver", "left");
    await bench.client.send("DELETE", `${url}/owner?propagationPolicy=Background`);
    await bench.client.send("DELETE", `${url}/leaver?propagationPolicy=Orphan`);
    const status = (name: string) => async () => (await bench.client.get(`${url}/${name}`)).status;
    await eventually("the dependent is collected", status("dependent"), (code) => code === 404, 40_000);
    await eventually("the orphaning owner is gone", status("leaver"), (code) => code === 404, 40_000);
    const left = await bench.client.get(`${url}/left`);
    expect(left.status).toBe(200);
    expect(left.body).not.toHaveProperty("metadata.ownerReferences");
  });

  test("a collection is deleted by selector", async () => {
    const url = `/api/v1/namespaces/${await bench.namespace()}/configmaps`;
    await bench.client.create(url, configMap("a", { labels: { go: "yes" } }));
    await bench.client.create(url, configMap("b"));
    expect((await bench.client.send("DELETE", `${url}?labelSelector=go%3Dyes`)).status).toBe(200);
    expect((await bench.client.get(`${url}/a`)).status).toBe(404);
    expect((await bench.client.get(`${url}/b`)).status).toBe(200);
  });

  test("a namespace takes everything in it along, and nothing new is let in", async () => {
    const name = await bench.namespace();
    const url = `/api/v1/namespaces/${name}/configmaps`;
    await bench.client.create(url, configMap("held", { finalizers: ["example.com/hold"] }));
    const deleted = await bench.client.send("DELETE", `/api/v1/namespaces/${name}`);
    expect(deleted).toMatchObject({
      status: 200,
      body: { kind: "Namespace", status: { phase: "Terminating" } },
    });
    const refused = await bench.client.create(url, configMap("late"));
    expect(refused).toMatchObject({
      status: 403,
      body: { reason: "Forbidden", details: { causes: [{ reason: "NamespaceTerminating" }] } },
    });
    await bench.client.patch(
      `${url}/held`,
      { metadata: { finalizers: null } },
      "application/merge-patch+json",
    );
    const ask = async () => (await bench.client.get(`/api/v1/namespaces/${name}`)).status;
    await eventually("the namespace is gone", ask, (code) => code === 404, 60_000);
  });
}
