import type { JsonMap } from "./json.ts";
import type { DiscoveredGroup, DiscoveredResource } from "./recorded.ts";
import { apiVersionOf, type ResourceRegistry } from "./resources.ts";

const AGGREGATED =
  /application\/json;(?:g=apidiscovery\.k8s\.io;v=(v2(?:beta1)?);as=APIGroupDiscoveryList|.*as=APIGroupDiscoveryList.*)/;

/** The discovery document at a path, or undefined when the path is none of discovery's. */
export function discoveryAt(
  path: string,
  accept: string,
  registry: ResourceRegistry,
): { body: JsonMap; mediaType: string } | undefined {
  const groups = registry.groups();
  const plain = (body: JsonMap) => ({ body, mediaType: "application/json" });
  if (path === "/api" || path === "/apis") {
    const served = groups.filter((group) => (group.name === "") === (path === "/api"));
    const version = aggregatedVersion(accept);
    if (version) {
      const mediaType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
      return { body: aggregated(served, version), mediaType };
    }
    return plain(
      path === "/api"
        ? coreVersions()
        : { kind: "APIGroupList", apiVersion: "v1", groups: served.map(groupEntry) },
    );
  }
  const named = /^\/apis\/([^/]+)$/.exec(path);
  if (named) {
    const group = groups.find((g) => g.name === named[1]);
    return group && plain({ kind: "APIGroup", apiVersion: "v1", ...groupEntry(group) });
  }
  const versioned = path === "/api/v1" ? ["", "", "v1"] : /^\/apis\/([^/]+)\/([^/]+)$/.exec(path);
  if (!versioned) return undefined;
  const version = groups
    .find((g) => g.name === versioned[1])
    ?.versions.find((v) => v.version === versioned[2]);
  return version && plain(resourceList(versioned[1]!, version.version, version.resources));
}

function aggregatedVersion(accept: string): string | undefined {
  for (const part of accept.split(",")) {
    const match = AGGREGATED.exec(part.trim());
    if (match) return match[1] ?? "v2";
  }
  return undefined;
}

function aggregated(groups: DiscoveredGroup[], version: string): JsonMap {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: (group.name ? { name: group.name } : {}) as JsonMap,
      versions: group.versions.map((v) => ({
        version: v.version,
        resources: v.resources as unknown as JsonMap[],
        freshness: "Current",
      })),
    })),
  };
}

function coreVersions(): JsonMap {
  const serverAddressByClientCIDRs = [{ clientCIDR: "0.0.0.0/0", serverAddress: "127.0.0.1" }];
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs };
}

function groupEntry(group: DiscoveredGroup): JsonMap {
  const versions = group.versions.map(({ version }) => ({
    groupVersion: apiVersionOf(group.name, version),
    version,
  }));
  return { name: group.name, versions, preferredVersion: versions[0]! };
}

function resourceList(group: string, version: string, resources: DiscoveredResource[]): JsonMap {
  const entries = resources.flatMap((resource) => {
    const namespaced = resource.scope === "Namespaced";
    const main = {
      name: resource.resource,
      singularName: resource.singularResource,
      namespaced,
      kind: resource.responseKind.kind,
      verbs: resource.verbs,
      ...(resource.shortNames && { shortNames: resource.shortNames }),
      ...(resource.categories && { categories: resource.categories }),
    };
    const subresources = (resource.subresources ?? []).map((sub) => ({
      name: `${resource.resource}/${sub.subresource}`,
      singularName: "",
      namespaced,
      kind: sub.responseKind.kind,
      ...(sub.responseKind.version !== "" &&
        sub.responseKind.group !== group && {
          group: sub.responseKind.group,
          version: sub.responseKind.version,
        }),
      verbs: sub.verbs,
    }));
    return [main, ...subresources];
  });
  return {
    kind: "APIResourceList",
    // As upstream: the list of the core group alone says nothing of its own version.
    ...(group && { apiVersion: "v1" }),
    groupVersion: apiVersionOf(group, version),
    resources: entries as unknown as JsonMap[],
  };
}
