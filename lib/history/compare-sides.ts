import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { commitOf } from "../environments/list-history.ts";
import { AppError } from "../errors.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import { compareManifests } from "./compare-manifests.ts";
import { findSync, findSyncAt, findSyncOf } from "./find-sync-at.ts";
import { readInstant } from "./get-what-ran.ts";
import { findRendering } from "./read-rendering.ts";
import { gitCompareUrl, pairObjects } from "./rules.ts";
import { type ComparedSide, type Comparison, readSide, type Side } from "./schemas.ts";

const shownObjects = 200;
const shownFields = 500;

/**
 * What differs between two syncs, revisions or instants, of one environment or of two: as rendered objects, and where
 * Git compares them. Only the bodies of what differs are read. Throws `not-found`, `invalid`.
 */
export async function compareSides({
  ctx,
  input,
  now = new Date(),
}: {
  ctx: Context;
  input: { from: string; to: string };
  now?: Date;
}): Promise<Comparison> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const before = await resolve(tx, organizationId, parse("from", input.from), now);
    const after = await resolve(tx, organizationId, parse("to", input.to), now);
    const known = before.side.renderedDigest !== null && after.side.renderedDigest !== null;
    // The digest is keyed by the cluster, so that two clusters' digests of the same manifests differ.
    const comparable = before.clusterId === after.clusterId;
    const kept = before.side.kept && after.side.kept;
    const pairs = kept ? pairObjects(before.manifests, after.manifests) : [];
    const differing = pairs.filter((pair) => pair.before !== pair.after);
    const shown = differing.slice(0, shownObjects);
    const changed = shown.flatMap((pair) => (pair.before && pair.after ? [pair.before, pair.after] : []));
    const bodies = await readManifests(tx, organizationId, [...new Set(changed)]);
    return {
      before: before.side,
      after: after.side,
      same: known && comparable ? before.side.renderedDigest === after.side.renderedDigest : null,
      gitUrl:
        before.repositoryUrl === after.repositoryUrl
          ? gitCompareUrl(before.repositoryUrl, before.side.revision, after.side.revision)
          : null,
      unchanged: pairs.length - differing.length,
      objects: shown.map(({ key, before: one, after: other }) => {
        if (!one || !other) return { key, change: one ? "removed" : "added", kept: true, fields: [] };
        const [old, young] = [bodies.get(one), bodies.get(other)];
        const known = old !== undefined && young !== undefined;
        return {
          key,
          change: "changed",
          kept: known,
          fields: known ? compareManifests(old, young).slice(0, shownFields) : [],
        };
      }),
      more: differing.length - shown.length,
    };
  });
}

function parse(name: string, text: string): Side {
  const side = readSide(text);
  if (side) return side;
  throw new AppError(
    "invalid",
    `${name}: an environment's id with ":now", ":at:<instant>", ":sync:<id>" or ":revision:<commit>".`,
  );
}

type Resolved = {
  side: ComparedSide;
  clusterId: string;
  repositoryUrl: string;
  manifests: Map<string, string>;
};

async function resolve(tx: Transaction, organizationId: string, side: Side, now: Date): Promise<Resolved> {
  const environment = await findEnvironment(tx, organizationId, side.environmentId);
  const { id, name, clusterId, repositoryId } = environment;
  const where = { organizationId, environmentId: id };
  const find = {
    now: () => findSyncAt(tx, where, now),
    at: () => findSyncAt(tx, where, readInstant(side.value, now)),
    sync: () => findSync(tx, where, side.value),
    revision: () => findSyncOf(tx, where, side.value),
  };
  const sync = await find[side.kind]();
  if (!sync) throw new AppError("not-found", missing(name, side));
  const cluster = await tx.cluster.findUniqueOrThrow({
    where: { organizationId_id: { organizationId, id: clusterId } },
  });
  const repository = await tx.repository.findUniqueOrThrow({
    where: { organizationId_id: { organizationId, id: repositoryId } },
  });
  const commit = await tx.revision.findUnique({
    where: {
      organizationId_repositoryId_revision: { organizationId, repositoryId, revision: sync.revision },
    },
  });
  const manifests = await findRendering(tx, where, sync.renderedDigest);
  return {
    clusterId,
    repositoryUrl: repository.url,
    manifests: manifests ?? new Map(),
    side: {
      environment: { id, name, cluster: cluster.name },
      syncId: sync.id,
      revision: sync.revision,
      commit: commit && commitOf(commit),
      since: sync.since.toISOString(),
      renderedDigest: sync.renderedDigest,
      kept: manifests !== null,
    },
  };
}

function missing(name: string, { kind, value }: Side): string {
  if (kind === "sync") return `${name} has no such sync.`;
  if (kind === "revision") return `${name} never ran ${value.slice(0, 12)}, as far as the record goes.`;
  return kind === "now" ? `${name} has no sync yet.` : `The record of ${name} begins after ${value}.`;
}
