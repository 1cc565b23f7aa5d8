import type { DiscoveredGroup, DiscoveredResource, GroupVersionKind } from "./recorded.ts";
import type { Schema } from "./schema-shape.ts";
import type { NamedResource } from "./status.ts";

/** A served resource in one version. */
export interface ResourceType extends NamedResource {
  version: string;
  apiVersion: string;
  namespaced: boolean;
  discovered: DiscoveredResource;
  schema: Schema;
  /** Where all versions of the resource are stored. */
  storage: string;
  /** A custom resource: shaped by its schema instead of by a Go type. */
  custom?: CustomTraits;
}

/** What a CustomResourceDefinition's version says besides its schema. */
interface CustomTraits {
  status: boolean;
  scalePaths?: { spec: string; status: string; selector?: string };
  columns: { name: string; type: string; jsonPath: string }[];
}

/** All resources served now: the recorded ones and those of established definitions. */
export class ResourceRegistry {
  readonly #builtin: DiscoveredGroup[];
  readonly #types = new Map<string, ResourceType>();
  readonly #custom = new Map<string, ResourceType[]>();

  constructor(groups: DiscoveredGroup[], schemaOf: (kind: GroupVersionKind) => Schema | undefined) {
    this.#builtin = groups;
    for (const group of groups) {
      for (const { version, resources } of group.versions) {
        for (const discovered of resources) {
          const schema = schemaOf({ group: group.name, version, kind: discovered.responseKind.kind });
          this.#add(typeFrom(group.name, version, discovered, schema ?? {}));
        }
      }
    }
  }

  find(group: string, version: string, plural: string): ResourceType | undefined {
    return this.#types.get(`${group}/${version}/${plural}`);
  }

  serves(group: string, version: string): boolean {
    return this.all().some((type) => type.group === group && type.version === version);
  }

  ofKind(group: string, version: string, kind: string): ResourceType | undefined {
    return this.all().find((t) => t.group === group && t.version === version && t.kind === kind);
  }

  /** Any version of the resource stored under a key. */
  ofStorage(storage: string): ResourceType | undefined {
    return this.all().find((type) => type.storage === storage);
  }

  all(): ResourceType[] {
    return [...this.#types.values()];
  }

  /** Serves the resources of one definition, in place of those it had before. */
  setCustom(definition: string, types: ResourceType[]): void {
    for (const old of this.#custom.get(definition) ?? []) this.#types.delete(typeKey(old));
    if (types.length === 0) this.#custom.delete(definition);
    else this.#custom.set(definition, types);
    for (const type of types) this.#add(type);
  }

  /** Custom resources by group and version. */
  custom(): ResourceType[] {
    return [...this.#custom.values()].flat();
  }

  groups(): DiscoveredGroup[] {
    const groups = new Map<string, DiscoveredGroup>();
    for (const type of this.custom()) {
      const group = groups.get(type.group) ?? { name: type.group, versions: [] };
      groups.set(type.group, group);
      const version = group.versions.find((v) => v.version === type.version);
      if (version) version.resources.push(type.discovered);
      else group.versions.push({ version: type.version, resources: [type.discovered] });
    }
    const byName = [...groups.values()].sort((a, b) => a.name.localeCompare(b.name));
    for (const group of byName)
      group.versions.sort((a, b) => versionPriority(b.version) - versionPriority(a.version));
    return [...this.#builtin, ...byName];
  }

  #add(type: ResourceType): void {
    this.#types.set(typeKey(type), type);
  }
}

const typeKey = (type: ResourceType): string => `${type.group}/${type.version}/${type.plural}`;

/** The apiVersion of a group and version. */
export function apiVersionOf(group: string, version: string): string {
  return group ? `${group}/${version}` : version;
}

function typeFrom(
  group: string,
  version: string,
  discovered: DiscoveredResource,
  schema: Schema,
): ResourceType {
  return {
    group,
    version,
    apiVersion: apiVersionOf(group, version),
    plural: discovered.resource,
    kind: discovered.responseKind.kind,
    namespaced: discovered.scope === "Namespaced",
    discovered,
    schema,
    storage: `${group}/${discovered.resource}`,
  };
}

/** Orders versions as Kubernetes does: v2 before v1 before v1beta2 before v1alpha1. */
function versionPriority(version: string): number {
  const parsed = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!parsed) return 0;
  const stage = parsed[2] === "alpha" ? 1 : parsed[2] === "beta" ? 2 : 3;
  return stage * 1e6 + Number(parsed[1]) * 1e3 + Number(parsed[3] ?? 0);
}
