import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { JsonMap } from "./json.ts";
import type { GoFields } from "./record-go-fields.ts";
import type { Schema } from "./schema.ts";

/** A resource as aggregated discovery describes it. */
export interface DiscoveredResource {
  resource: string;
  singularResource: string;
  scope: "Cluster" | "Namespaced";
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  responseKind: GroupVersionKind;
  subresources?: { subresource: string; responseKind: GroupVersionKind; verbs: string[] }[];
}

/** Names a kind. */
export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

/** One group and its versions, preferred first. */
export interface DiscoveredGroup {
  name: string;
  versions: { version: string; resources: DiscoveredResource[] }[];
}

/** An OpenAPI v3 document of one group version. */
export interface OpenApiDocument {
  openapi: string;
  info: JsonMap;
  paths: JsonMap;
  components?: { schemas?: Record<string, Schema>; securitySchemes?: JsonMap };
}

/** What was recorded of a real kube-apiserver (record.ts). */
export interface Recorded {
  version: string;
  groups: DiscoveredGroup[];
  openapi: Record<string, OpenApiDocument>;
  goFields: GoFields;
}

interface RecordedFile extends Omit<Recorded, "groups"> {
  groups: { metadata: { name?: string }; versions: DiscoveredGroup["versions"] }[];
  coreResources: { resources: LegacyResource[] };
}

interface LegacyResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  kind: string;
  group?: string;
  version?: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
}

let loaded: Recorded | undefined;

/** Reads the recording once per process. */
export function loadRecorded(): Recorded {
  if (loaded) return loaded;
  const compressed = readFileSync(join(import.meta.dirname, "recorded", "kubernetes.json.br"));
  const file = JSON.parse(brotliDecompressSync(compressed).toString("utf8")) as RecordedFile;
  const groups = file.groups.map((group) => ({ name: group.metadata.name ?? "", versions: group.versions }));
  const core = {
    name: "",
    versions: [{ version: "v1", resources: fromLegacy(file.coreResources.resources) }],
  };
  for (const group of [core, ...groups])
    for (const version of group.versions) completeKinds(group.name, version);
  loaded = {
    version: file.version,
    openapi: file.openapi,
    goFields: file.goFields,
    groups: [core, ...groups],
  };
  return loaded;
}

/** Aggregated discovery leaves group and version out where they are the resource's own. */
function completeKinds(group: string, version: DiscoveredGroup["versions"][number]): void {
  const complete = (kind: GroupVersionKind): void => {
    if (kind.version) return;
    kind.group = group;
    kind.version = version.version;
  };
  for (const resource of version.resources) {
    complete(resource.responseKind);
    for (const subresource of resource.subresources ?? []) complete(subresource.responseKind);
  }
}

function fromLegacy(resources: LegacyResource[]): DiscoveredResource[] {
  const responseKind = (r: LegacyResource): GroupVersionKind => ({
    group: r.group ?? "",
    version: r.version ?? "v1",
    kind: r.kind,
  });
  return resources
    .filter((r) => !r.name.includes("/"))
    .map((r) => ({
      resource: r.name,
      singularResource: r.singularName,
      scope: r.namespaced ? "Namespaced" : "Cluster",
      verbs: r.verbs,
      ...(r.shortNames && { shortNames: r.shortNames }),
      ...(r.categories && { categories: r.categories }),
      responseKind: responseKind(r),
      subresources: resources
        .filter((sub) => sub.name.startsWith(`${r.name}/`))
        .map((sub) => ({
          subresource: sub.name.slice(r.name.length + 1),
          responseKind: responseKind(sub),
          verbs: sub.verbs,
        })),
    }));
}
