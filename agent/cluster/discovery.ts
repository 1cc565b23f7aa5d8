import { ApiError } from "./api-error.ts";
import type { Transport } from "./transport.ts";
import type { GroupVersionKind, ResourceType } from "./types.ts";

const MISS_INTERVAL_MS = 10_000;
const HIT_LIFETIME_MS = 10 * 60_000;

type ApiResource = {
  name: string;
  singularName?: string;
  kind: string;
  namespaced: boolean;
  verbs: string[];
  group?: string;
  version?: string;
};
type Known = { types: Map<string, ResourceType>; fetchedAt: number };

/** `/api/v1` or `/apis/apps/v1`. */
export function apiPath(group: string, version: string): string {
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}

/**
 * Which resources the server has, one group version at a time: that is one small request for each that
 * manifests use, an aggregated API that is down hurts only its own kinds, and a 404 means "absent".
 */
export class Discovery {
  readonly #transport: Transport;
  readonly #known = new Map<string, Known>();
  readonly #running = new Map<string, Promise<Known>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async find(gvk: GroupVersionKind): Promise<ResourceType | undefined> {
    const path = apiPath(gvk.group, gvk.version);
    const known = this.#known.get(path);
    const age = known ? Date.now() - known.fetchedAt : Number.POSITIVE_INFINITY;
    const found = known?.types.get(gvk.kind);
    if (found && age < HIT_LIFETIME_MS) return found;
    if (!found && age < MISS_INTERVAL_MS) return undefined;
    try {
      return (await this.#fetch(path, gvk.group, gvk.version)).types.get(gvk.kind);
    } catch (error) {
      // What was true ten minutes ago is a better answer than none while the server is away.
      if (found && error instanceof ApiError && error.retryable) return found;
      throw error;
    }
  }

  forget(group?: string): void {
    for (const path of this.#known.keys())
      if (group === undefined || path === apiPath(group, path.split("/").at(-1) ?? ""))
        this.#known.delete(path);
  }

  async all(): Promise<{ types: ResourceType[]; unavailable: string[] }> {
    const groups = await this.#transport.send({ path: "/apis" });
    const listed = (
      (
        groups.body as {
          groups?: {
            name: string;
            preferredVersion?: { version: string };
            versions: { version: string }[];
          }[];
        }
      )?.groups ?? []
    )
      .map((group) => ({
        group: group.name,
        version: group.preferredVersion?.version ?? group.versions[0]?.version ?? "",
      }))
      .filter(({ version }) => version);
    const unavailable: string[] = [];
    const answers = await Promise.all(
      [{ group: "", version: "v1" }, ...listed].map(async ({ group, version }) => {
        try {
          return [...(await this.#fetch(apiPath(group, version), group, version)).types.values()];
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          unavailable.push(`${group}/${version}`);
          return [];
        }
      }),
    );
    return { types: answers.flat(), unavailable };
  }

  #fetch(path: string, group: string, version: string): Promise<Known> {
    const running =
      this.#running.get(path) ?? this.#load(path, group, version).finally(() => this.#running.delete(path));
    this.#running.set(path, running);
    return running;
  }

  async #load(path: string, group: string, version: string): Promise<Known> {
    const types = new Map<string, ResourceType>();
    try {
      const { body } = await this.#transport.send({ path });
      for (const resource of (body as { resources?: ApiResource[] })?.resources ?? []) {
        if (resource.name.includes("/") || types.has(resource.kind)) continue;
        types.set(resource.kind, {
          group: resource.group || group,
          version: resource.version || version,
          kind: resource.kind,
          plural: resource.name,
          namespaced: resource.namespaced,
          verbs: resource.verbs ?? [],
        });
      }
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
    const known = { types, fetchedAt: Date.now() };
    this.#known.set(path, known);
    return known;
  }
}
