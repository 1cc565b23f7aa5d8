import { expect, test } from "vitest";
import type { Bench } from "../contract-bench.ts";
import { type JsonMap, listAt, mapAt, textAt } from "../json.ts";

/** Versions, discovery in both forms, OpenAPI v3, lists in pages, selectors. */
export function apiContract(bench: Bench): void {
  test("the version names a Kubernetes release", async () => {
    const { body } = await bench.client.get("/version");
    expect(body.gitVersion).toMatch(/^v1\.\d+\.\d+/);
  });

  test("aggregated discovery lists resources with their verbs, scope, names and subresources", async () => {
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    const { body } = await bench.client.send("GET", "/apis", { accept });
    expect(body.kind).toBe("APIGroupDiscoveryList");
    const apps = listAt(body, "items").find((group) => textAt(group, "metadata", "name") === "apps");
    const resources = listAt(listAt(apps, "versions")[0], "resources");
    const deployments = resources.find((resource) => textAt(resource, "resource") === "deployments");
    expect(deployments).toMatchObject({
      scope: "Namespaced",
      singularResource: "deployment",
      shortNames: ["deploy"],
      // Group and version are left out where they are the resource's own.
      responseKind: { group: "", version: "", kind: "Deployment" },
      verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    });
    expect(
      listAt(deployments, "subresources")
        .map((sub) => textAt(sub, "subresource"))
        .sort(),
    ).toEqual(["scale", "status"]);
    const core = await bench.client.send("GET", "/api", { accept });
    const v1 = listAt(listAt(core.body, "items")[0], "versions")[0];
    expect(listAt(v1, "resources").map((resource) => textAt(resource, "resource"))).toContain("configmaps");
  });

  test("legacy discovery lists groups and their resources", async () => {
    const groups = await bench.client.get("/apis");
    expect(listAt(groups.body, "groups").map((group) => textAt(group, "name"))).toEqual(
      expect.arrayContaining(["apps", "batch", "networking.k8s.io", "rbac.authorization.k8s.io"]),
    );
    const apps = await bench.client.get("/apis/apps/v1");
    const names = listAt(apps.body, "resources").map((resource) => textAt(resource, "name"));
    expect(names).toEqual(expect.arrayContaining(["deployments", "deployments/scale", "deployments/status"]));
  });

  test("OpenAPI v3 says how lists merge and which kind a definition is", async () => {
    const index = await bench.client.get("/openapi/v3");
    const path = textAt(index.body, "paths", "apis/apps/v1", "serverRelativeURL");
    expect(path).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
    const { body } = await bench.client.get(path);
    const schemas = mapAt(body, "components", "schemas")!;
    expect(mapAt(schemas["io.k8s.api.core.v1.PodSpec"], "properties", "containers")).toMatchObject({
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      "x-kubernetes-patch-merge-key": "name",
      "x-kubernetes-patch-strategy": "merge",
    });
    expect(mapAt(schemas, "io.k8s.api.apps.v1.Deployment")).toMatchObject({
      "x-kubernetes-group-version-kind": [{ group: "apps", version: "v1", kind: "Deployment" }],
    });
    expect(Object.keys(mapAt(body, "paths")!)).toContain(
      "/apis/apps/v1/namespaces/{namespace}/deployments/{name}",
    );
  });

  test("a list comes in pages that continue, and is selected by labels and by name", async () => {
    const base = `/api/v1/namespaces/${await bench.namespace()}/configmaps`;
    for (const n of ["a", "b", "c", "d", "e"]) {
      const metadata = { name: n, labels: { letter: n, half: n < "c" ? "first" : "second" } };
      await bench.client.create(base, { apiVersion: "v1", kind: "ConfigMap", metadata });
    }
    const own = "labelSelector=letter";
    const first = await bench.client.get(`${base}?limit=2&${own}`);
    expect(namesOf(first.body)).toEqual(["a", "b"]);
    await bench.client.create(base, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "bb", labels: { letter: "bb" } },
    });
    const token = encodeURIComponent(textAt(first.body, "metadata", "continue"));
    const second = await bench.client.get(`${base}?limit=10&${own}&continue=${token}`);
    expect(namesOf(second.body)).toEqual(["c", "d", "e"]);
    expect(textAt(second.body, "metadata", "resourceVersion")).toBe(
      textAt(first.body, "metadata", "resourceVersion"),
    );
    const selected = async (query: string): Promise<string[]> =>
      namesOf((await bench.client.get(`${base}?${query}`)).body);
    expect(await selected(`labelSelector=${encodeURIComponent("half=first,letter!=a")}`)).toEqual(["b"]);
    expect(await selected(`labelSelector=${encodeURIComponent("letter in (a,c)")}`)).toEqual(["a", "c"]);
    expect(await selected(`labelSelector=${encodeURIComponent("letter,!half")}`)).toEqual(["bb"]);
    expect(await selected("fieldSelector=metadata.name%3Dd")).toEqual(["d"]);
    const list = await bench.client.get(`${base}?limit=1`);
    expect(list.body).toMatchObject({ kind: "ConfigMapList", apiVersion: "v1" });
    expect(Object.keys(listAt(list.body, "items")[0] as JsonMap)).not.toContain("kind");
  });
}

function namesOf(list: JsonMap): string[] {
  return listAt(list, "items").map((item) => textAt(item, "metadata", "name"));
}
