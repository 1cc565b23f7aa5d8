import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { JsonMap } from "./json.ts";
import type { GoFields } from "./record-go-fields.ts";
import type { GroupVersionKind, Schema } from "./schema-shape.ts";

export type { GroupVersionKind } from "./schema-shape.ts";

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
  loaded = {
    version: file.version,
    openapi: file.openapi,
    goFields: file.goFields,
    groups: [core, ...groups],
  };
  return loaded;
}

function fromLegacy(resources: LegacyResource[]): DiscoveredResource[] {
  const responseKind = (r: LegacyResource): GroupVersionKind => ({
    group: r.group ?? "",
    version: r.version ?? "",
    kind: r.kind,
  });
  const subresourcesOf = (name: string): Pick<DiscoveredResource, "subresources"> => {
    const found = resources.filter((sub) => sub.name.startsWith(`${name}/`));
    if (found.length === 0) return {};
    return {
      subresources: found.map((sub) => ({
        subresource: sub.name.slice(name.length + 1),
        responseKind: responseKind(sub),
        verbs: sub.verbs,
      })),
    };
  };
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
      ...subresourcesOf(r.name),
    }));
}
