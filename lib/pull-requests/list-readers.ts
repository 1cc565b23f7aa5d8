import type { Environment, Transaction } from "../db.ts";
import type { EnvironmentState } from "../protocol/state.ts";
import { pathAsInputs, type Reader, restoredPaths } from "./closure.ts";
import { baseBranchOf } from "./rules.ts";

/** Another environment of the same repository and ref, with what its newest rendering read. */
export type NamedReader = Reader & { name: string; cluster: string; state: EnvironmentState };

/** Every other environment of the organization that follows the same ref of the same repository. */
export async function listReaders(tx: Transaction, environment: Environment): Promise<NamedReader[]> {
  const { organizationId, repositoryId, id } = environment;
  const others = await tx.environment.findMany({
    where: { organizationId, repositoryId, removedAt: null, id: { not: id } },
    include: { cluster: { select: { name: true } } },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  const same = others.filter((one) => baseBranchOf(one.ref) === baseBranchOf(environment.ref));
  const newest = await tx.$queryRaw<{ id: string; inputs: string[] }[]>`
    select wanted.id, r.inputs from unnest(${same.map((one) => one.id)}::uuid[]) as wanted(id)
    cross join lateral (
      select inputs from environment_revisions r
      where r.organization_id = ${organizationId}::uuid and r.environment_id = wanted.id
      order by r.seen_at desc, r.revision desc limit 1
    ) r`;
  const inputs = new Map(newest.map((one) => [one.id, one.inputs]));
  return same.map((one) => ({
    id: one.id,
    name: one.name,
    cluster: one.cluster.name,
    state: one.state as EnvironmentState,
    recorded: inputs.has(one.id),
    // A name that would change how a directory is read is as good as read.
    inputs: restoredPaths(inputs.get(one.id) ?? pathAsInputs(one.path), one.path),
  }));
}
