import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import { withManifests } from "../manifests/with-manifests.ts";
import type { ResourceStatus } from "../protocol/object.ts";
import type { Problem, Report } from "../protocol/report.ts";
import { provenanceOf } from "../revisions/rules.ts";
import { environmentRows } from "./environment-rows.ts";
import { divergentOf } from "./rules.ts";
import type { EnvironmentDetail } from "./schemas.ts";
import { listDivergentResources } from "./write-resources.ts";

const shownObjects = 200;
/** How many of them may come in whole, and how many characters all of those may take. */
const wholeObjects = 12;
const room = 48_000;

/** One environment with its evidence. Throws `not-found`; an undeclared one can still be looked at. */
export async function getEnvironment({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string };
}): Promise<EnvironmentDetail> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const environment = await findEnvironment(tx, organizationId, input.id);
    const [row] = await environmentRows(tx, organizationId, environment.id);
    if (!row) throw notFound(input.id);
    const where = { organizationId, environmentId: environment.id };
    const found = divergentOf(await listDivergentResources(tx, where));
    const divergent = found.slice(0, shownObjects);
    // The first few are shown at once; the others are asked for one by one.
    const manifests = await readManifests(
      tx,
      organizationId,
      divergent
        .slice(0, wholeObjects)
        .flatMap(({ desiredDigest, observedDigest }) =>
          [desiredDigest, observedDigest].filter((one) => one !== undefined),
        ),
    );
    const resourceCount = await tx.resource.count({ where });
    const open = await tx.pullRequest.findFirst({
      where: { ...where, status: { in: ["requested", "open", "merged", "converging"] } },
      orderBy: { requestedAt: "desc" },
      select: { id: true, number: true, status: true },
    });
    const suspension = await tx.suspension.findUnique({ where: { organizationId_environmentId: where } });
    const { reportProblem, reportProblemAt } = environment;
    return {
      ...row,
      problem: environment.problem as Problem | null,
      reportProblem:
        reportProblem && reportProblemAt
          ? { message: reportProblem, at: reportProblemAt.toISOString() }
          : null,
      suspended: environment.suspended as Report["suspended"],
      suspension: suspension && {
        reason: suspension.reason,
        owner: suspension.owner,
        until: suspension.until.toISOString(),
        createdAt: suspension.createdAt.toISOString(),
      },
      waiting: environment.waiting,
      declared: declaredOf(environment),
      convergedAt: environment.convergedAt?.toISOString() ?? null,
      convergedRevision: environment.convergedRevision,
      divergent: withinRoom(divergent, manifests),
      divergentCount: found.length,
      resourceCount,
      held: environment.heldSince && {
        since: environment.heldSince.toISOString(),
        reason: environment.heldReason ?? "",
        by: environment.heldBy ?? "",
        pullRequestId: environment.heldPullRequestId,
      },
      headProvenance: await readProvenance(tx, environment),
      openPullRequest: open,
    };
  });
}

async function readProvenance(
  tx: Transaction,
  { organizationId, repositoryId, headRevision: revision }: Environment,
): Promise<EnvironmentDetail["headProvenance"]> {
  if (!revision) return null;
  const head = await tx.revision.findUnique({
    where: { organizationId_repositoryId_revision: { organizationId, repositoryId, revision } },
    select: { provenance: true },
  });
  return provenanceOf(head?.provenance);
}

/** Objects in whole while there is room; of the others what a line says of them. */
function withinRoom(
  divergent: ResourceStatus[],
  manifests: Awaited<ReturnType<typeof readManifests>>,
): EnvironmentDetail["divergent"] {
  let left = room;
  return divergent.map((resource, index) => {
    const whole = withManifests(resource, manifests);
    const size = index < wholeObjects ? JSON.stringify(whole).length : room;
    if (size <= left) {
      left -= size;
      return whole;
    }
    const { children: _, childrenLeft: __, events: ___, ...verdict } = resource;
    const first = resource.changes.find(({ counts }) => counts) ?? resource.changes[0];
    const fits = first && JSON.stringify(first).length < 1000;
    return { ...verdict, changes: fits ? [first] : [], partial: true };
  });
}

function declaredOf(environment: Environment): EnvironmentDetail["declared"] {
  const { renderer, namespace, prune, labels, progressDeadlineMs, remoteSuspend } = environment;
  const { dependsOn, serviceAccount, windows } = environment.declared as Partial<
    Pick<EnvironmentDetail["declared"], "dependsOn" | "serviceAccount" | "windows">
  >;
  return {
    ...{ renderer, namespace, prune, labels: labels as Record<string, string> },
    ...{ progressDeadlineMs, remoteSuspend },
    ...{ dependsOn: dependsOn ?? [], serviceAccount: serviceAccount ?? null, windows: windows ?? [] },
  };
}

type Environment = Awaited<ReturnType<typeof findEnvironment>>;

/** The environment's row; throws `not-found` where the organization has none with this id. */
export async function findEnvironment(tx: Transaction, organizationId: string, id: string) {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw notFound(id);
  const environment = await tx.environment.findUnique({
    where: { organizationId_id: { organizationId, id } },
  });
  if (!environment) throw notFound(id);
  return environment;
}

const notFound = (id: string) =>
  new AppError("not-found", `There is no environment "${id.slice(0, 60)}" here.`);
