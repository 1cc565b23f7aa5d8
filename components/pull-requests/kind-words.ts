import { shortSha } from "#components/ui/format.ts";
import type { RollbackKind } from "#lib/pull-requests/schemas.ts";

type Asked = { kind: RollbackKind; environment: string; toRevision: string; commitRevision: string | null };
/** A sentence with a revision in it, which is shown as one. */
type Around = { before: string; revision: string; after: string };

const about = ({ kind, toRevision, commitRevision }: Asked) =>
  shortSha(kind === "revert" ? (commitRevision ?? toRevision) : toRevision);

/** What is to be done: "Roll production back to 1a2b3c4". */
export function actionWords(asked: Asked): Around {
  const { kind, environment } = asked;
  const [before, after] = {
    rollback: [`Roll ${environment} back to `, ""],
    forward: [`Roll ${environment} forward to `, ""],
    undo: [`Undo the rollback of ${environment}: to `, ""],
    revert: ["Revert ", ` for ${environment}`],
  }[kind];
  return { before: before ?? "", revision: about(asked), after: after ?? "" };
}

/** The same as a thing that can be waited for: "The rollback of production to 1a2b3c4". */
export function thingWords(asked: Asked): Around {
  const { kind, environment } = asked;
  const [before, after] = {
    rollback: [`The rollback of ${environment} to `, ""],
    forward: [`The roll forward of ${environment} to `, ""],
    undo: [`The way of ${environment} back from its rollback, to `, ","],
    revert: ["The revert of ", ` for ${environment}`],
  }[kind];
  return { before: before ?? "", revision: about(asked), after: after ?? "" };
}

/** What is so once it has converged: "Production is back at 1a2b3c4". */
export function doneWords(asked: Asked): Around {
  const name = asked.environment.charAt(0).toUpperCase() + asked.environment.slice(1);
  const before = {
    rollback: `${name} is back at `,
    forward: `${name} has moved forward to `,
    undo: `${name} is again at `,
    revert: `${name} is without `,
  }[asked.kind];
  return { before, revision: about(asked), after: "" };
}

/** What can be done once a pull request is merged, as the button that does it says. */
export function nextAction(kind: RollbackKind): { label: string; kind: RollbackKind } {
  return {
    rollback: { label: "Undo this rollback…", kind: "undo" as const },
    revert: { label: "Undo this revert…", kind: "undo" as const },
    forward: { label: "Roll back again…", kind: "rollback" as const },
    undo: { label: "Roll back again…", kind: "rollback" as const },
  }[kind];
}

/** What the dialog promises before it is asked for. */
export const PROMISE: Record<RollbackKind, string> = {
  rollback: "A pull request restores what Git said then. Nothing touches the cluster until it is merged.",
  forward:
    "A pull request restores what Git said there, and the hold of the rollback ends. Nothing touches the cluster until it is merged.",
  undo: "A pull request restores what Git said before the rollback. Nothing touches the cluster until it is merged.",
  revert:
    "A pull request takes this one change back and keeps what came after it. Nothing touches the cluster until it is merged.",
};

/** The few words before a revision in a history. */
export const WAY: Record<RollbackKind, string> = {
  rollback: "Rollback to",
  forward: "Roll forward to",
  undo: "Undo of a rollback, to",
  revert: "Revert of",
};
