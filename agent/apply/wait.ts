import { setTimeout as pause } from "node:timers/promises";
import { ApiError, type Cluster, nameOf } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { groupVersion, type KubeObject, refOf } from "../object.ts";
import { isCrd, isNamespace } from "./order.ts";

const DEADLINE_MS = 60_000;
const POLL_MS = 150;

/**
 * Waits until what was applied (as the API server answered it) can be used by what comes next: a namespace is
 * Active, a CRD is established and its kinds are served. Other kinds are not waited for; their health is the verdict's matter.
 */
export async function waitUntilUsable(
  cluster: Cluster,
  applied: KubeObject,
  signal?: AbortSignal,
): Promise<void> {
  const ref = refOf(applied);
  const check = isCrd(ref) ? isServed : isNamespace(ref) ? isActive : undefined;
  if (!check) return;
  const deadline = Date.now() + DEADLINE_MS;
  for (let last = "it is not there yet", looks = 0; ; looks++) {
    signal?.throwIfAborted();
    try {
      const observed = looks === 0 ? applied : await cluster.get(ref);
      const answer = observed ? await check(cluster, observed) : last;
      if (answer === true) return;
      last = answer;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.retryable) throw error;
      last = error.message;
    }
    if (Date.now() > deadline)
      throw new StageError(
        "wait",
        "NotReady",
        `${nameOf(ref)} was applied and cannot be used after ${DEADLINE_MS / 1000} s: ${last}. Look at its status.`,
        {
          next: "retry",
          at: { ref },
        },
      );
    await pause(POLL_MS, undefined, { signal });
  }
}

async function isActive(_: Cluster, namespace: KubeObject): Promise<true | string> {
  if (namespace.metadata.deletionTimestamp) return "it is being deleted";
  const phase = (namespace.status as { phase?: string } | undefined)?.phase;
  return phase === undefined || phase === "Active" || `its phase is ${phase}`;
}

async function isServed(cluster: Cluster, crd: KubeObject): Promise<true | string> {
  const status = crd.status as
    | { conditions?: { type: string; status: string; message?: string }[] }
    | undefined;
  const of = (type: string) => status?.conditions?.find((condition) => condition.type === type);
  if (of("NamesAccepted")?.status === "False") return of("NamesAccepted")?.message ?? "its names are taken";
  if (of("Established")?.status !== "True") return "it is not established";
  const spec = crd.spec as {
    group: string;
    names: { kind: string };
    versions?: { name: string; served?: boolean }[];
  };
  const versions = (spec.versions ?? []).filter((entry) => entry.served !== false);
  if (versions.length === 0) return "it serves no version";
  const lacking = async () => {
    const kinds = versions.map(({ name }) => ({ group: spec.group, version: name, kind: spec.names.kind }));
    const types = await Promise.all(kinds.map((kind) => cluster.resourceFor(kind)));
    return types.includes(undefined);
  };
  if (!(await lacking())) return true;
  cluster.forgetDiscovery(spec.group);
  return (await lacking()) ? "discovery does not list its kind yet" : true;
}

/** The kinds that a CRD of the set will serve, as `group/version/kind`, and whether they are namespaced. */
export function servedKinds(crd: KubeObject): { key: string; namespaced: boolean }[] {
  const spec = crd.spec as
    | {
        group?: string;
        scope?: string;
        names?: { kind?: string };
        versions?: { name?: string; served?: boolean }[];
      }
    | undefined;
  return (spec?.versions ?? [])
    .filter((version) => version?.served !== false)
    .map((version) => ({
      key: `${spec?.group}/${version.name}/${spec?.names?.kind}`,
      namespaced: spec?.scope !== "Cluster",
    }));
}

/** `group/version/kind` of an object, as `servedKinds` has it. */
export function kindKey(object: KubeObject): string {
  const { group, version } = groupVersion(object.apiVersion);
  return `${group}/${version}/${object.kind}`;
}
