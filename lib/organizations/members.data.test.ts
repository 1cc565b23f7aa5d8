import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listAudit } from "../audit/list-audit.ts";
import type { Context } from "../auth/context.ts";
import { hashPassword } from "../auth/passwords.ts";
import { createSession, findSession } from "../auth/sessions.ts";
import { signInWithIdentity, signInWithPassword } from "../auth/sign-in.ts";
import { connectCluster } from "../clusters/connect-cluster.ts";
import { removeCluster } from "../clusters/remove-cluster.ts";
import { withoutOrganization } from "../db.ts";
import { lookNow } from "../environments/look-now.ts";
import { openRollback } from "../pull-requests/open-rollback.ts";
import { connectRepository } from "../repositories/connect-repository.ts";
import { completeSetup } from "../setup/complete-setup.ts";
import { ensureSetupLink } from "../setup/setup-link.ts";
import { verified } from "../testing/audit-chain.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { makeTenant, sha } from "../testing/tenant.ts";
import { changeRole, removeMember, revokeSession } from "./change-member.ts";
import { inviteMember } from "./invite-member.ts";
import { renameOrganization } from "./rename-organization.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const identity = (login: string, email: string | null) => ({
  provider: "github.com",
  accountId: login,
  login,
  name: login,
  email,
  avatarUrl: null,
});

test("the set-up link makes one owner, once", async () => {
  const superseded = await ensureSetupLink();
  const link = await ensureSetupLink();
  const owner = {
    name: "Ada",
    email: "Ada@Example.com",
    password: "correct horse battery",
    organization: "Acme",
  };
  const complete = (address: string | null) =>
    completeSetup({
      input: { ...owner, token: new URL(address!).searchParams.get("token")! },
      address: null,
    });
  await expect(complete(superseded)).rejects.toMatchObject({ code: "forbidden" });
  const outcomes = await Promise.allSettled([complete(link), complete(link)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await ensureSetupLink()).toBeNull();
  const sign = (password: string) =>
    signInWithPassword({ email: "ada@example.com", password, address: null });
  expect(await sign("correct horse battery")).toMatchObject({ name: "Ada" });
  expect(await sign("wrong")).toBeNull();
});

test("after too many attempts even the right password is refused for a while", async () => {
  const user = {
    id: randomUUID(),
    name: "Bo",
    email: "bo@example.com",
    passwordHash: await hashPassword("right"),
  };
  await withoutOrganization((tx) => tx.user.create({ data: user }));
  const attempt = (password: string) =>
    signInWithPassword({ email: user.email, password, address: "10.0.0.1" });
  expect(await attempt("right")).not.toBeNull();
  for (let n = 0; n < 9; n++) expect(await attempt("wrong")).toBeNull();
  expect(await attempt("right")).toBeNull();
});

describe("sessions", () => {
  test("end at the next request once they are revoked", async () => {
    const { ctx, userId } = await makeTenant("Sessions");
    const sessionId = await createSession({ userId, userAgent: "test" });
    expect(await findSession({ sessionId, userId })).toMatchObject({ user: { id: userId } });
    await revokeSession({ ctx, input: { sessionId } });
    expect(await findSession({ sessionId, userId })).toBeNull();
  });

  test("of other organizations' people cannot be seen or revoked", async () => {
    const [a, b] = [await makeTenant("Mine"), await makeTenant("Theirs")];
    const sessionId = await createSession({ userId: b.userId, userAgent: null });
    await expect(revokeSession({ ctx: a.ctx, input: { sessionId } })).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await findSession({ sessionId, userId: b.userId })).not.toBeNull();
  });

  test("belong to the person they were made for", async () => {
    const [a, b] = [await makeTenant("One"), await makeTenant("Two")];
    const sessionId = await createSession({ userId: a.userId, userAgent: null });
    expect(await findSession({ sessionId, userId: b.userId })).toBeNull();
  });
});

describe("members", () => {
  test("join by signing in with the verified address they were invited by, and by no other", async () => {
    const { ctx } = await makeTenant("Invites");
    await inviteMember({ ctx, input: { email: "Grace@Example.com", role: "operator" } });
    const stranger = await signInWithIdentity(identity("mallory", null));
    const grace = await signInWithIdentity(identity("grace", "grace@example.com"));
    const organizationsOf = async (userId: string) => {
      const sessionId = await createSession({ userId, userAgent: null });
      return (await findSession({ sessionId, userId }))?.organizations;
    };
    expect(await organizationsOf(grace.id)).toMatchObject([{ id: ctx.organizationId, role: "operator" }]);
    expect(await organizationsOf(stranger.id)).toEqual([]);
    await removeMember({ ctx, input: { userId: grace.id } });
    await signInWithIdentity(identity("grace", "grace@example.com"));
    expect(await organizationsOf(grace.id)).toEqual([]);
  });

  test("signing in again is the same person, also from two places at once", async () => {
    const both = await Promise.all(
      [1, 2].map(() => signInWithIdentity(identity("twice", "twice@example.com"))),
    );
    expect(both[0]!.id).toBe(both[1]!.id);
  });

  test("a GitHub account does not take over a password account of the same address", async () => {
    const found = await signInWithPassword({
      email: "ada@example.com",
      password: "correct horse battery",
      address: null,
    });
    const other = await signInWithIdentity(identity("ada-on-github", "ada@example.com"));
    expect(other.id).not.toBe(found!.id);
  });

  test("always include an admin", async () => {
    const { ctx, userId } = await makeTenant("Last admin");
    await expect(changeRole({ ctx, input: { userId, role: "viewer" } })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(removeMember({ ctx, input: { userId } })).rejects.toMatchObject({ code: "conflict" });
  });
});

test("verbs enforce roles", async () => {
  const { ctx: admin } = await makeTenant("Roles");
  const as = (role: Context["role"]): Context => ({
    ...admin,
    role,
    actor: { ...admin.actor, id: randomUUID() },
  });
  const id = randomUUID();
  const operatorVerbs: ((ctx: Context) => Promise<unknown>)[] = [
    (ctx) => connectCluster({ ctx, input: { name: "x" } }),
    (ctx) => lookNow({ ctx, input: { id } }),
    (ctx) => openRollback({ ctx, input: { environmentId: id, toRevision: sha("x"), reason: "because" } }),
  ];
  const adminVerbs: ((ctx: Context) => Promise<unknown>)[] = [
    (ctx) => removeCluster({ ctx, input: { id } }),
    (ctx) => inviteMember({ ctx, input: { email: "x@example.com", role: "viewer" } }),
    (ctx) => changeRole({ ctx, input: { userId: id, role: "viewer" } }),
    (ctx) => removeMember({ ctx, input: { userId: id } }),
    (ctx) => renameOrganization({ ctx, input: { name: "Other" } }),
    (ctx) => connectRepository({ ctx, input: { repositoryId: id, token: "12345678" } }),
  ];
  for (const verb of operatorVerbs)
    await expect(verb(as("viewer"))).rejects.toMatchObject({ code: "forbidden" });
  for (const verb of adminVerbs)
    await expect(verb(as("operator"))).rejects.toMatchObject({ code: "forbidden" });
});

describe("the audit log", () => {
  test("is one chain, however many write at once", async () => {
    const { ctx } = await makeTenant("Chain");
    await Promise.all(["a", "b", "c", "d"].map((name) => connectCluster({ ctx, input: { name } })));
    expect(await verified({ ctx })).toMatchObject({ ok: true, checked: 5 });
    const { events } = await listAudit({ ctx, input: {} });
    expect(events.map(({ sequence }) => sequence)).toEqual([5, 4, 3, 2, 1]);
  });

  test("shows where it was tampered with", async () => {
    const { ctx } = await makeTenant("Tampered");
    for (const name of ["a", "b", "c"]) await connectCluster({ ctx, input: { name } });
    const where = "where organization_id = $1 and sequence = 2";
    await database.owner.query(`update audit_events set actor_name = 'somebody else' ${where}`, [
      ctx.organizationId,
    ]);
    expect(await verified({ ctx })).toMatchObject({ ok: false, brokenAt: 2 });
    await database.owner.query(`delete from audit_events ${where}`, [ctx.organizationId]);
    expect(await verified({ ctx })).toMatchObject({ ok: false, brokenAt: 2, kind: "deleted" });
  });
});
