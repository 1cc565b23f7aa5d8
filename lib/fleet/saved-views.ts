import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { optionalId } from "../http/page.ts";
import { fleetTables } from "./fleet-query.ts";
import { readFleetFilter, writeFleetFilter } from "./rules.ts";
import type { SavedViewList, SaveViewInput } from "./schemas.ts";

const mostViews = 50;

/** A person's own views and the shared ones, by name, each with how many environments it shows now. */
export async function listSavedViews({ ctx }: { ctx: Context }): Promise<SavedViewList> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const userId = personOf(ctx);
  return withOrganization(organizationId, async (tx) => {
    const views = await tx.savedView.findMany({
      where: { organizationId, OR: [{ userId }, { shared: true }] },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: mostViews * 2,
    });
    const counted: SavedViewList["views"] = [];
    for (const { id, name, query, shared, userId: owner } of views) {
      const filter = readFleetFilter(new URLSearchParams(query));
      const [found] = await tx.$queryRaw<{ count: number }[]>`
        with ${fleetTables(organizationId, { ...filter, group: "none" })} select count(*)::int as count from shown`;
      counted.push({ id, name, query, shared, mine: owner === userId, count: found?.count ?? 0 });
    }
    return { views: counted };
  });
}

/** Keeps a filter under a name; the same name once more replaces it. Sharing needs operator. */
export async function saveView({
  ctx,
  input,
}: {
  ctx: Context;
  input: Required<SaveViewInput>;
}): Promise<{ id: string }> {
  requireRole(ctx, input.shared ? "operator" : "viewer");
  const { organizationId } = ctx;
  const userId = personOf(ctx);
  const { name, shared } = input;
  // What stands in the database is a filter as we write it, whatever was sent.
  const query = writeFleetFilter(readFleetFilter(new URLSearchParams(input.query)));
  return withOrganization(organizationId, async (tx) => {
    const where = { organizationId_userId_name: { organizationId, userId, name } };
    const before = await tx.savedView.findUnique({ where });
    if (!before && (await tx.savedView.count({ where: { organizationId, userId } })) >= mostViews)
      throw new AppError("conflict", `You have ${mostViews} saved views; remove one first.`);
    const { id } = await tx.savedView.upsert({
      where,
      create: { organizationId, id: randomUUID(), userId, name, query, shared },
      update: { query, shared },
    });
    if (shared || before?.shared) await audit(tx, ctx, "view.shared", { id, name }, { query, shared });
    return { id };
  });
}

/** Removes a view of one's own; a shared one of somebody else needs admin. */
export async function removeView({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const id = optionalId("view", input.id);
  const userId = personOf(ctx);
  await withOrganization(organizationId, async (tx) => {
    const where = { organizationId_id: { organizationId, id } };
    const view = await tx.savedView.findUnique({ where });
    if (!view || (view.userId !== userId && !view.shared))
      throw new AppError("not-found", "There is no such view here.");
    if (view.userId !== userId) requireRole(ctx, "admin");
    await tx.savedView.delete({ where });
    if (view.shared) await audit(tx, ctx, "view.removed", view, { query: view.query });
  });
}

function audit(
  tx: Transaction,
  { organizationId, actor, address }: Context,
  action: string,
  { id, name }: { id: string; name: string },
  details: Record<string, string | boolean>,
) {
  return appendAudit(tx, {
    ...{ organizationId, actor, address, action, details },
    subject: { kind: "view", id, name },
  });
}

function personOf({ actor }: Context): string {
  if (actor.kind !== "person" || !actor.id)
    throw new AppError("forbidden", "Saved views belong to a person; sign in as one.");
  return actor.id;
}
