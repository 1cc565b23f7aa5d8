import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { isUniqueViolation, type Transaction, withOrganization } from "../db.ts";
import type { CreateOrganizationInput } from "./schemas.ts";

type Creator = { id: string; name: string };

/** Makes an organization with its creator as admin. Anybody signed in may. */
export async function createOrganization(call: {
  person: Creator;
  input: CreateOrganizationInput;
  address?: string | null;
}): Promise<{ id: string; slug: string; name: string; role: "admin" }> {
  const base = slugOf(call.input.name);
  for (let attempt = 1; ; attempt++) {
    const slug = attempt === 1 ? base : `${base}-${attempt < 5 ? attempt : randomUUID().slice(0, 6)}`;
    const id = randomUUID();
    try {
      await withOrganization(id, (tx) => insertOrganization(tx, { ...call, id, slug }));
      return { id, slug, name: call.input.name, role: "admin" };
    } catch (error) {
      if (!isUniqueViolation(error) || attempt > 8) throw error;
    }
  }
}

/** The rows of a new organization, in a transaction that is in it already. */
export async function insertOrganization(
  tx: Transaction,
  made: {
    id: string;
    slug: string;
    person: Creator;
    input: CreateOrganizationInput;
    address?: string | null;
  },
): Promise<void> {
  const { id, slug, person, input } = made;
  await tx.organization.createMany({ data: [{ id, slug, name: input.name }] });
  await tx.membership.createMany({ data: [{ organizationId: id, userId: person.id, role: "admin" }] });
  await appendAudit(tx, {
    organizationId: id,
    actor: { kind: "person", id: person.id, name: person.name },
    address: made.address,
    action: "organization.created",
    subject: { kind: "organization", id, name: input.name },
  });
}

/** An organization's name as it stands in addresses. */
export function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 48)
    .replace(/-+$/, "");
  return slug.length >= 2 ? slug : `team-${slug || randomUUID().slice(0, 6)}`;
}
