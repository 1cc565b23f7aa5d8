import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createSession } from "../auth/sessions.ts";
import { revokeSession } from "../organizations/change-member.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { signIn } from "../testing/sign-in.ts";
import { makeTenant } from "../testing/tenant.ts";
import { organizationRoute, personRoute } from "./route.ts";

let database: TestDatabase;
let tenant: Awaited<ReturnType<typeof makeTenant>>;
beforeAll(async () => {
  database = await openTestDatabase();
  tenant = await makeTenant("Routes");
});
afterAll(() => database.close());

const echo = organizationRoute(
  async ({ ctx, input }) => ({ organization: ctx.organizationId, input }),
  z.object({ name: z.string() }),
);

async function send(
  cookie: string,
  headers: Record<string, string> = {},
  body: string = JSON.stringify({ name: "x" }),
) {
  const request = new Request("http://plumb.example/api/organizations/routes/echo", {
    method: "POST",
    body,
    headers: { cookie, host: "plumb.example", origin: "http://plumb.example", ...headers },
  });
  const answer = await echo(request, { params: Promise.resolve({ org: tenant.slug }) });
  return { status: answer.status, body: await answer.json() };
}

describe("a route of an organization", () => {
  test("answers its members", async () => {
    const { cookie } = await signIn(tenant.userId);
    expect(await send(cookie)).toEqual({
      status: 200,
      body: { ok: true, data: { organization: tenant.ctx.organizationId, input: { name: "x" } } },
    });
  });

  test("does not tell strangers that the organization exists", async () => {
    const { cookie } = await signIn((await makeTenant("Stranger")).userId);
    expect(await send(cookie)).toMatchObject({ status: 404, body: { error: { code: "not-found" } } });
  });

  test("refuses a revoked session at the next request", async () => {
    const { cookie, sessionId } = await signIn(tenant.userId);
    expect((await send(cookie)).status).toBe(200);
    await revokeSession({ ctx: tenant.ctx, input: { sessionId } });
    expect((await send(cookie)).status).toBe(401);
  });

  test("refuses a cookie that was signed with another secret, and one that is garbage", async () => {
    const sessionId = await createSession({ userId: tenant.userId, userAgent: null });
    const forged = await encode({ token: { sessionId, userId: tenant.userId }, secret: "another secret" });
    for (const value of [forged, "garbage", "%"])
      expect((await send(`next-auth.session-token=${value}`)).status).toBe(401);
  });

  test("refuses writes that did not come from our own pages", async () => {
    const { cookie } = await signIn(tenant.userId);
    const status = async (headers: Record<string, string>) => (await send(cookie, headers)).status;
    expect(await status({ origin: "http://evil.example" })).toBe(403);
    expect(await status({ origin: "null" })).toBe(403);
    expect(await status({ origin: "" })).toBe(403);
    expect(await status({ "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await status({ "sec-fetch-site": "same-site" })).toBe(403);
    expect(await status({ "sec-fetch-site": "same-origin" })).toBe(200);
  });

  test("names the fields that are wrong, and refuses what is too large or no JSON", async () => {
    const { cookie } = await signIn(tenant.userId);
    expect(await send(cookie, {}, "{}")).toMatchObject({
      status: 400,
      body: { error: { code: "invalid", details: { fields: [{ path: "name" }] } } },
    });
    expect(await send(cookie, {}, "{")).toMatchObject({ status: 400, body: { error: { code: "invalid" } } });
    expect(await send(cookie, {}, JSON.stringify({ name: "x".repeat(300_000) }))).toMatchObject({
      status: 413,
    });
  });
});

test("what fails inside is told to nobody outside", async () => {
  const { cookie } = await signIn(tenant.userId);
  const broken = personRoute(async () => {
    throw new Error("password=hunter2 at 10.0.0.7");
  });
  const answer = await broken(new Request("http://plumb.example/", { headers: { cookie } }), {
    params: Promise.resolve({}),
  });
  const text = await answer.text();
  expect(answer.status).toBe(500);
  expect(text).not.toContain("hunter2");
});
