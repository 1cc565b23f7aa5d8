import { plural } from "#components/ui/format.ts";
import type { MemberList, Role } from "#lib/organizations/schemas.ts";

/** Rights grow from left to right. */
export const ROLES: Role[] = ["viewer", "operator", "admin"];

/** "12 people in Acme: 2 admins, 8 operators and 2 viewers; 2 more are invited." */
export function membersSentence(
  {
    members,
    invitations,
  }: { members: Pick<MemberList["members"][number], "role">[]; invitations: unknown[] },
  organization: string,
): string {
  const roles = ROLES.toReversed().flatMap((role) => {
    const count = members.filter((member) => member.role === role).length;
    return count > 0 ? plural(count, role) : [];
  });
  const last = roles.at(-1) ?? "";
  const listed = roles.length > 1 ? `${roles.slice(0, -1).join(", ")} and ${last}` : last;
  const more = invitations.length;
  const invited = more > 0 ? `; ${more} more ${more === 1 ? "is" : "are"} invited` : "";
  return `${plural(members.length, "person", "people")} in ${organization}: ${listed}${invited}.`;
}
