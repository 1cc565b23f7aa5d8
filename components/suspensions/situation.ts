import type { EnvironmentDetail } from "#lib/environments/schemas.ts";

type Facts = Pick<EnvironmentDetail, "suspended" | "suspension">;

/**
 * How a suspension stands between what people asked for here and what the agent says it does: nothing; asked
 * for and not confirmed; in force; or lifted here and not confirmed.
 */
export type SuspensionSituation =
  | { kind: "none" }
  | { kind: "asked"; asked: NonNullable<Facts["suspension"]>; already: Facts["suspended"] }
  | {
      kind: "suspended";
      by: NonNullable<Facts["suspended"]>;
      /** A person's, beneath the declaration's or a window's. */
      also: Facts["suspension"];
    }
  | { kind: "resuming"; by: NonNullable<Facts["suspended"]> };

export function suspensionSituation({ suspended, suspension }: Facts): SuspensionSituation {
  if (!suspended) return suspension ? { kind: "asked", asked: suspension, already: null } : { kind: "none" };
  if (suspended.by !== "person") return { kind: "suspended", by: suspended, also: suspension };
  if (!suspension) return { kind: "resuming", by: suspended };
  const confirmed = suspended.until === suspension.until && suspended.reason === suspension.reason;
  return confirmed
    ? { kind: "suspended", by: suspended, also: null }
    : { kind: "asked", asked: suspension, already: suspended };
}

/** Who says so, for people. */
export function bySuspension({ by, owner }: NonNullable<Facts["suspended"]>): string {
  if (by === "person") return owner;
  if (by === "window") return "a window of the declaration";
  return owner ? `the declaration, for ${owner}` : "the declaration";
}
