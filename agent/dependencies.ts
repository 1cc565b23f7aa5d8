import type { ResourceStatus } from "../lib/protocol/object.ts";
import type { Declaration } from "./declaration.ts";
import type { Environment } from "./environment.ts";

/** Finds an environment that this agent follows. */
export type Find = (name: string) => Environment | undefined;

/**
 * Why an environment is not applied yet, in a sentence; null where all that it depends on has converged. One
 * that follows the same ref must have looked at the very same commit: one commit to both arrives in order.
 */
export function waitingFor(environment: Environment, find: Find): string | null {
  const { declaration, memory } = environment;
  const late = declaration.dependsOn.filter((name) => {
    const other = find(name);
    if (!other || !hasConverged(other)) return true;
    const same = followsTheSame(declaration, other.declaration);
    return same && other.memory.is.followed?.looked !== memory.is.followed?.looked;
  });
  if (late.length === 0) return null;
  const names = late.map((name) => `"${name}"`).join(", ");
  return `It is applied once what it depends on has converged: ${names}.`.slice(0, 1000);
}

/** Whether an environment's current desired state is in the cluster, and healthy. */
export function hasConverged({
  desired,
  redeclared,
  revision,
  memory,
  resources,
  declaration,
}: Environment): boolean {
  const { is } = memory;
  if (!desired || redeclared || Object.keys(is.problems).length > 0) return false;
  if (revision && revision.revision !== desired.commit.revision) return false;
  const recorded =
    is.recordedRevision === desired.commit.revision && is.recordedDigest === desired.renderedDigest;
  if (declaration.mode === "sync" && !(recorded && is.recordedWell)) return false;
  return resources.every(isWell);
}

const isWell = ({ sync, health }: ResourceStatus) =>
  sync === "Synced" && health !== "Progressing" && health !== "Degraded" && health !== "Missing";

const followsTheSame = (one: Declaration, other: Declaration) =>
  one.repository.url === other.repository.url && one.repository.ref === other.repository.ref;

/** What is wrong with a declaration's `dependsOn` among all that are declared, in a sentence; null where nothing is. */
export function dependencyProblem(
  declaration: Pick<Declaration, "name" | "dependsOn">,
  all: ReadonlyMap<string, Pick<Declaration, "name" | "dependsOn">>,
): string | null {
  const unknown = declaration.dependsOn.find((name) => !all.has(name));
  if (unknown !== undefined)
    return `"${declaration.name}" depends on "${unknown}", and this agent follows no environment of that name. Declare it, or remove it from dependsOn.`;
  const cycle = cycleFrom(declaration.name, all);
  if (!cycle) return null;
  return `"${declaration.name}" can never be applied, because its dependencies go in a circle: ${cycle.join(" → ")}. Remove one of them from dependsOn.`;
}

/** The way from an environment along `dependsOn` to itself, or to a circle that it waits for. */
function cycleFrom(name: string, all: ReadonlyMap<string, Pick<Declaration, "dependsOn">>): string[] | null {
  const done = new Set<string>();
  const walk = (at: string, path: string[]): string[] | null => {
    const seen = path.indexOf(at);
    if (seen >= 0) return [...path.slice(seen), at];
    if (done.has(at)) return null;
    for (const next of all.get(at)?.dependsOn ?? []) {
      const found = walk(next, [...path, at]);
      if (found) return found;
    }
    done.add(at);
    return null;
  };
  return walk(name, []);
}
