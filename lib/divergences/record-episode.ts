import { randomUUID } from "node:crypto";
import type { Prisma, Transaction } from "../db.ts";
import { markDays } from "../delivery-figures/mark-days.ts";
import { type Evidence, mergeEvidence } from "../environments/rules.ts";
import type { Verdict } from "../protocol/state.ts";

type Observation = {
  organizationId: string;
  environmentId: string;
  verdict: Verdict;
  /** When it was so; not when it was heard. */
  at: Date;
  objects: number;
  summary: string;
  evidence: Evidence;
  revision: string | null;
};

export type OpenEpisode = { id: string; startedAt: Date };

/**
 * Opens, deepens or ends the environment's episode. Diverged and Converging open one; Converged ends
 * it; Unknown and Suspended say nothing, so an open one stays open. Answers the one that is open now,
 * where the verdict says something.
 */
export async function recordEpisode(tx: Transaction, seen: Observation): Promise<OpenEpisode | null> {
  const { organizationId, environmentId, verdict } = seen;
  if (verdict.state === "Unknown" || verdict.state === "Suspended") return null;
  const open = await tx.divergence.findFirst({ where: { organizationId, environmentId, endedAt: null } });
  if (verdict.state === "Converged") {
    if (!open) return null;
    const endedAt = later(seen.at, open.startedAt);
    await tx.divergence.update({
      where: { organizationId_environmentId_id: { organizationId, environmentId, id: open.id } },
      data: { endedAt },
    });
    await markDays(tx, seen, [endedAt]);
    return null;
  }
  if (!open) {
    const { objects, summary, revision } = seen;
    const evidence = seen.evidence as unknown as Prisma.InputJsonArray;
    const startedAt = await afterLast(tx, seen);
    const id = randomUUID();
    await tx.divergence.create({
      data: {
        organizationId,
        environmentId,
        id,
        startedAt,
        causes: verdict.causes,
        objects,
        summary,
        revision,
        evidence,
      },
    });
    return { id, startedAt };
  }
  const kept = open.evidence as unknown as Evidence;
  const evidence = mergeEvidence(kept, seen.evidence);
  const causes = [...new Set([...open.causes, ...verdict.causes])];
  const firstEvidence = kept.length === 0 && evidence.length > 0;
  const summary = firstEvidence || open.summary === "" ? seen.summary : open.summary;
  const objects = Math.max(open.objects, seen.objects);
  if (
    causes.length === open.causes.length &&
    evidence.length === kept.length &&
    !firstEvidence &&
    objects === open.objects &&
    summary === open.summary
  )
    return open;
  await tx.divergence.update({
    where: { organizationId_environmentId_id: { organizationId, environmentId, id: open.id } },
    data: { causes, objects, summary, evidence: evidence as unknown as Prisma.InputJsonArray },
  });
  return open;
}

const later = (a: Date, b: Date) => (a > b ? a : b);

/** Episodes do not overlap, even where an agent's clock was set back between two of them. */
async function afterLast(tx: Transaction, { organizationId, environmentId, at }: Observation): Promise<Date> {
  const last = await tx.divergence.findFirst({
    where: { organizationId, environmentId },
    orderBy: { startedAt: "desc" },
    select: { endedAt: true },
  });
  return last?.endedAt ? later(at, last.endedAt) : at;
}
