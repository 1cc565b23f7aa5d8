import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import type { MemberList, Role } from "./schemas.ts";

/** Who is in the organization and who is asked to join. Where people are signed in is for admins and themselves. */
export async function listMembers({ ctx }: { ctx: Context }): Promise<MemberList> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const open = { revokedAt: null, expiresAt: { gt: new Date() } };
    const members = await tx.membership.findMany({
      where: { organizationId },
      orderBy: [{ createdAt: "asc" }, { userId: "asc" }],
      include: {
        user: { include: { sessions: { where: open, orderBy: { lastSeenAt: "desc" }, take: 20 } } },
      },
    });
    const invitations = await tx.invitation.findMany({
      where: { organizationId, acceptedAt: null },
      orderBy: { createdAt: "asc" },
    });
    return {
      members: members.map(({ userId, role, createdAt, user }) => ({
        userId,
        name: user.name,
        email: user.email,
        role: role as Role,
        joinedAt: createdAt.toISOString(),
        sessions: (ctx.role === "admin" || ctx.actor.id === userId ? user.sessions : []).map((one) => ({
          id: one.id,
          createdAt: one.createdAt.toISOString(),
          lastSeenAt: one.lastSeenAt.toISOString(),
          userAgent: one.userAgent,
          current: one.id === ctx.sessionId,
        })),
      })),
      invitations: invitations.map(({ id, email, role, createdAt }) => ({
        id,
        email,
        role: role as Role,
        createdAt: createdAt.toISOString(),
      })),
    };
  });
}
