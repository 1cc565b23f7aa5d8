import { AppError } from "../errors.ts";
import type { Context } from "./context.ts";
import type { SignedIn } from "./sessions.ts";

/**
 * The context of a signed-in person in the organization with this slug or id. An organization they
 * are no member of is `not-found`, as one that does not exist: nobody learns which there are.
 */
export function contextFor(signedIn: SignedIn | null, organization: string, address: string | null): Context {
  if (!signedIn)
    throw new AppError("unauthenticated", "You are not signed in, or your session has ended. Sign in again.");
  const membership = signedIn.organizations.find(
    (one) => one.slug === organization || one.id === organization,
  );
  if (!membership)
    throw new AppError("not-found", `There is no organization "${organization}" that you are a member of.`);
  const { id, name } = signedIn.user;
  return {
    organizationId: membership.id,
    role: membership.role,
    actor: { kind: "person", id, name },
    address,
    sessionId: signedIn.sessionId,
  };
}
