import { randomUUID } from "node:crypto";
import { withoutOrganization, withPerson } from "../db.ts";
import type { Role, Viewer } from "../organizations/schemas.ts";

const sessionDays = 30;

export type SignedIn = {
  sessionId: string;
  user: { id: string; name: string; email: string | null; avatarUrl: string | null };
  organizations: { id: string; slug: string; name: string; role: Role }[];
};

/** Begins a session for a person who has just proven who they are. */
export function createSession(input: { userId: string; userAgent: string | null }): Promise<string> {
  const id = randomUUID();
  const expiresAt = new Date(Date.now() + sessionDays * 86_400_000);
  return withoutOrganization(async (tx) => {
    await tx.session.create({
      data: { id, userId: input.userId, userAgent: input.userAgent?.slice(0, 300) ?? null, expiresAt },
    });
    return id;
  });
}

/** The person behind a session, or null where it was revoked or has expired: asked at every request. */
export function findSession(claim: { sessionId: string; userId: string }): Promise<SignedIn | null> {
  return withPerson({ userId: claim.userId }, async (tx) => {
    const session = await tx.session.findFirst({
      where: { id: claim.sessionId, userId: claim.userId, revokedAt: null, expiresAt: { gt: new Date() } },
      include: { user: true },
    });
    if (!session) return null;
    const memberships = await tx.membership.findMany({
      where: { userId: claim.userId },
      include: { organization: true },
      orderBy: [{ createdAt: "asc" }, { organizationId: "asc" }],
    });
    // Once a minute is enough to know when somebody was here, and spares a write per request.
    if (session.lastSeenAt.getTime() < Date.now() - 60_000)
      await tx.session.update({ where: { id: session.id }, data: { lastSeenAt: new Date() } });
    const { id, name, email, avatarUrl } = session.user;
    return {
      sessionId: session.id,
      user: { id, name, email, avatarUrl },
      organizations: memberships.map(({ organization, role }) => ({
        id: organization.id,
        slug: organization.slug,
        name: organization.name,
        role: role as Role,
      })),
    };
  });
}

/** Ends a person's own session. */
export function endSession(claim: { sessionId: string; userId: string }): Promise<void> {
  return withoutOrganization(async (tx) => {
    await tx.session.updateMany({
      where: { id: claim.sessionId, userId: claim.userId, revokedAt: null },
      data: { revokedAt: new Date() },
    });
  });
}

/** What the interface shows of who is looking: in the organization named, else in their first. */
export function viewerOf(signedIn: SignedIn, slug?: string): Viewer {
  const { organizations, user } = signedIn;
  const organization = slug
    ? organizations.find((one) => one.slug === slug || one.id === slug)
    : organizations[0];
  return { ...user, organization: organization ?? null };
}
