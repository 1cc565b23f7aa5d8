import { appendAudit } from "#lib/audit/append-audit.ts";
import type { Prisma } from "#lib/db.ts";
import { holdEnvironment } from "#lib/environments/hold-environment.ts";
import { rollbackBranch } from "#lib/pull-requests/rules.ts";
import type { HostState } from "#lib/pull-requests/schemas.ts";
import { sha } from "#lib/testing/tenant.ts";
import { idOf } from "./environment.ts";
import { hour, minute, second } from "./time.ts";
import type { World } from "./world.ts";

type Rollback = {
  key: string;
  at: number;
  by: string;
  reason: string;
  number: number | null;
  /** How it ends: merged and proven, still open, closed, or never opened. */
  end: "proven" | "open" | "closed" | "failed";
  failure?: string;
  problem?: string;
  host?: HostState;
  retryAt?: number;
};

export const clean: HostState = {
  mergeable: "clean",
  checks: "passing",
  approvals: ["Daniel Weiss"],
  changesRequestedBy: [],
};

/** A rollback to the revision before the present one, as the dashboard and GitHub would have left it. */
export function planRollback(world: World, one: Rollback): void {
  const { timeline } = world;
  const { key, at, by, reason, number, end } = one;
  const id = idOf(`pull request ${key} ${at}`);
  const mergedAt = at + 14 * minute;
  timeline.at(at, () => open(world, one, id));
  if (end === "closed")
    timeline.at(at + 3 * hour, () =>
      update(world, id, { status: "closed", closedAt: new Date(at + 3 * hour) }),
    );
  if (end !== "proven") return;
  const mergeRevision = sha(`merge ${key} ${at}`);
  timeline.at(mergedAt, async () => {
    await update(world, id, { status: "merged", mergedAt: new Date(mergedAt), mergeRevision });
    await world.write(async (tx) => {
      const { organizationId } = world;
      const row = await tx.pullRequest.findUniqueOrThrow({
        where: { organizationId_id: { organizationId, id } },
      });
      await holdEnvironment(tx, row);
      await appendAudit(tx, {
        organizationId,
        actor: { kind: "webhook", id: null, name: "GitHub" },
        action: "rollback.merged",
        subject: { kind: "pull-request", id, name: world.environment(key).declared.name },
        details: { number, mergeRevision },
      });
    });
  });
  timeline.at(mergedAt + 12 * second, async () => {
    const environment = world.environment(key);
    const target = environment.converged.at(-2)!;
    const { name, email } = { name: world.as(by).actor.name, email: `${by}@family.example` };
    await environment.moveHead(
      mergedAt + 12 * second,
      {
        ...{ version: target.version, revision: mergeRevision, author: name, authorEmail: email },
        committedAt: new Date(mergedAt).toISOString(),
        subject: `Roll back ${environment.declared.name} to ${target.revision.slice(0, 7)}: ${reason} (#${number})`,
      },
      { applying: true, movingSince: new Date(mergedAt + 12 * second).toISOString() },
    );
  });
  timeline.at(mergedAt + 80 * second, () => world.environment(key).converge(mergedAt + 80 * second));
}

async function open(world: World, one: Rollback, id: string): Promise<void> {
  const { organizationId } = world;
  const { actor, address } = world.as(one.by);
  const environment = world.environment(one.key);
  const target = environment.converged.at(-2);
  const from = environment.head;
  if (!target || !from) throw new Error(`The seed of ${one.key} has nothing to roll back to.`);
  await world.write(async (tx) => {
    const row = await tx.environment.findFirstOrThrow({
      where: { organizationId, name: environment.declared.name, cluster: { name: environment.cluster.name } },
      include: { repository: true },
    });
    const asked = {
      kind: "rollback",
      fromRevision: from.revision,
      toRevision: target.revision,
      narrow: false,
    };
    await tx.pullRequest.create({
      data: {
        ...{ organizationId, id, ...asked, environmentId: row.id, repositoryId: row.repositoryId },
        branch: rollbackBranch({ environment: row, ...asked }),
        targetDigest: environment.renderedAt(target.version),
        status: one.end === "failed" ? "failed" : "open",
        failure: one.failure ?? null,
        problem: one.problem ?? null,
        retryAt: one.retryAt ? new Date(one.retryAt) : null,
        ...(one.host ? { host: one.host } : {}),
        ...(one.number
          ? {
              number: one.number,
              url: `${row.repository.url.replace(/\.git$/, "")}/pull/${one.number}`,
              openedAt: new Date(one.at + 4 * second),
            }
          : {}),
        paths: ["base/", `deploy/${environment.cluster.name}/`],
        reason: one.reason,
        ...{ requestedBy: actor.id!, requester: actor.name, requestedAt: new Date(one.at) },
      },
    });
    const subject = { kind: "environment", id: row.id, name: row.name };
    const details = { pullRequest: id, ...asked, reason: one.reason };
    await appendAudit(tx, { organizationId, actor, address, action: "rollback.requested", subject, details });
  });
}

function update(world: World, id: string, data: Prisma.PullRequestUpdateInput) {
  const { organizationId } = world;
  return world.write((tx) =>
    tx.pullRequest.update({ where: { organizationId_id: { organizationId, id } }, data }),
  );
}
