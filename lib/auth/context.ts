import { AppError } from "../errors.ts";
import type { Role } from "../organizations/schemas.ts";

/** Who a record of the audit log says it was. */
export type Actor = {
  kind: "person" | "agent" | "webhook" | "job" | "system";
  id: string | null;
  name: string;
};

/** On whose behalf a verb acts, where, and with which right. */
export type Context = {
  organizationId: string;
  role: Role;
  actor: Actor;
  /** Network address of the person, for the audit log. */
  address: string | null;
  /** The session the person acts in; absent for jobs. */
  sessionId?: string;
};

const rank: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Throws `forbidden` where the context's role is less than `needed`. */
export function requireRole(ctx: Context, needed: Role): void {
  if (rank[ctx.role] < rank[needed])
    throw new AppError(
      "forbidden",
      `This needs the role ${needed}, and yours is ${ctx.role}. An admin of the organization can change it.`,
    );
}
