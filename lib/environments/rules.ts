import { canonicalJson } from "../protocol/canonical.ts";
import type { FieldChange, ObjectRef, ResourceStatus } from "../protocol/object.ts";
import type { Problem, Report } from "../protocol/report.ts";
import { type Counts, type EnvironmentFacts, PROGRESS_DEADLINE_MS, type Verdict } from "../protocol/state.ts";

export type Evidence = { ref: ObjectRef; changes: FieldChange[] }[];

const maxEvidenceObjects = 20;
const maxEvidenceChanges = 20;

/** How far an environment leans: how many of its objects differ from Git. */
export function differingObjects(counts: Counts): number {
  return (counts.sync.Modified ?? 0) + (counts.sync.Missing ?? 0) + (counts.sync.Extra ?? 0);
}

/** Objects that differ or do not work, worst first. */
export function divergentOf<R extends Pick<ResourceStatus, "sync" | "health" | "ref">>(resources: R[]): R[] {
  const weight = (one: R) =>
    (one.sync === "Synced" ? 0 : one.sync === "Unknown" ? 4 : 8) +
    ({ Degraded: 3, Missing: 2, Progressing: 1 }[one.health as string] ?? 0);
  return resources
    .filter((one) => weight(one) > 0)
    .sort((a, b) => weight(b) - weight(a) || nameOf(a.ref).localeCompare(nameOf(b.ref)));
}

/** First differing fields of the first objects: what an episode remembers. */
export function evidenceOf(divergent: Pick<ResourceStatus, "ref" | "changes" | "sync">[]): Evidence {
  return divergent
    .filter((one) => one.sync !== "Synced" && one.sync !== "Unknown")
    .slice(0, maxEvidenceObjects)
    .map(({ ref, changes }) => ({
      ref,
      changes: changes.filter(({ counts }) => counts).slice(0, maxEvidenceChanges),
    }));
}

/** What was seen first stays; objects that came later are added while there is room. */
export function mergeEvidence(kept: Evidence, seen: Evidence): Evidence {
  const key = ({ ref }: Evidence[number]) => `${ref.group}/${nameOf(ref)}/${ref.namespace}`;
  const merged = new Map(kept.map((one) => [key(one), one]));
  for (const one of seen) {
    const before = merged.get(key(one));
    if (!before || before.changes.length === 0) merged.set(key(one), one);
  }
  return [...merged.values()].slice(0, maxEvidenceObjects);
}

const nameOf = (ref: ObjectRef) => `${ref.kind}/${ref.name}`;

/** Half a line for people: "Deployment/quotes replicas 6 → 2, by kubectl edit"; empty where nothing differs. */
export function summaryOf(divergent: ResourceStatus[], problem: Pick<Problem, "message"> | null): string {
  const [first, ...others] = divergent;
  if (!first) return problem?.message.split("\n")[0]?.slice(0, 200) ?? "";
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return `${nameOf(first.ref)} ${saying(first)}${more}`;
}

function saying(one: ResourceStatus): string {
  if (one.sync === "Missing") return "is missing in the cluster";
  if (one.sync === "Extra") return "is no longer in Git";
  const change = one.changes.find(({ counts }) => counts);
  if (one.sync === "Modified" && change) {
    const by = change.by ? `, by ${change.by.who}` : "";
    return `${fieldOf(change.path)} ${shown(change.desired)} → ${shown(change.observed)}${by}`;
  }
  if (one.sync === "Modified") return "is not what Git says";
  if (one.sync === "Unknown") return `could not be compared${one.syncReason ? `: ${one.syncReason}` : ""}`;
  return `is ${one.health}${one.healthReason ? `: ${one.healthReason}` : ""}`;
}

/** A path's last part, with the one before it where that says which item it is of. */
function fieldOf(path: string): string {
  const parts = path.match(/(?:[^.[\]]+|\[[^\]]*\])+/g) ?? [path];
  const [before, last] = [parts.at(-2) ?? "", parts.at(-1) ?? path];
  return before.endsWith("]") ? `${before}.${last}` : last;
}

function shown(value: unknown): string {
  if (value === undefined) return "(unset)";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

type Said = {
  state: string;
  headRevision: string | null;
  comparedRevision: string | null;
  renderedDigest: string | null;
  problem: unknown;
  suspended: unknown;
  waiting: string | null;
  applying: boolean;
  movingSince: Date | null;
  reportProblem: string | null;
};

/**
 * Whether a report that follows the last one repeats what is recorded already. One that comes while the
 * clock has judged for itself (an agent silent, a deadline passed) never does: it is judged anew.
 */
export function saysNothingNew(said: Said, report: Report): boolean {
  const { base, resources, removed, syncs, revisions, head } = report;
  if (base === null || resources.length + removed.length + syncs.length + revisions.length > 0) return false;
  if (said.state !== "Converged" && said.state !== "Diverged") return false;
  const before = [
    said.headRevision,
    said.comparedRevision,
    said.renderedDigest,
    said.problem,
    said.suspended,
    said.waiting,
    said.applying,
  ];
  const now = [
    (report.revision ?? head)?.revision ?? null,
    report.comparedRevision,
    report.renderedDigest,
    report.problem,
    report.suspended,
    report.waiting,
    report.applying,
  ];
  const sinceBefore = said.movingSince?.getTime() ?? null;
  const sinceNow = report.movingSince ? Date.parse(report.movingSince) : null;
  return (
    said.reportProblem === null && sinceBefore === sinceNow && canonicalJson(before) === canonicalJson(now)
  );
}

/** When time alone may change the verdict, in milliseconds since the epoch; null where it cannot. */
export function recheckAt(facts: EnvironmentFacts, verdict: Verdict): number | null {
  if (verdict.state === "Suspended") return facts.suspended?.until ?? null;
  if (verdict.state === "Converging" && facts.movingSince !== null)
    return facts.movingSince + (facts.progressDeadlineMs ?? PROGRESS_DEADLINE_MS) + 1;
  return null;
}
