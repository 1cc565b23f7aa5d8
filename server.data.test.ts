import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "#lib/auth/context.ts";
import { parseEnv } from "#lib/env.ts";
import { getEnvironment } from "#lib/environments/get-environment.ts";
import { AGENT_API } from "#lib/protocol/version.ts";
import { openTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { drifted, makeEnvironment, makeTenant, report } from "#lib/testing/tenant.ts";
import { type RunningServer, startServer } from "./server.ts";

let database: TestDatabase;
let server: RunningServer;
let ctx: Context;
let environment: Awaited<ReturnType<typeof makeEnvironment>>;

beforeAll(async () => {
  database = await openTestDatabase({ PLUMBLINE_ROLES: "gateway", PORT: "0" });
  server = await startServer(database.env);
  ({ ctx } = await makeTenant("Server"));
  environment = await makeEnvironment(ctx, "main");
  await environment.send(report("production", randomUUID(), 1));
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

async function post(path: string, body: BodyInit, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}${path}`, {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${environment.token}`, "content-type": "application/json", ...headers },
  });
  return { status: answer.status, body: await answer.json() };
}

const page = () => getEnvironment({ ctx, input: { id: environment.id } });

describe("the agents' API", () => {
  test("takes gzip reports", async () => {
    const request = { session: environment.session, reports: [report("production", randomUUID(), 1)] };
    const { status, body } = await post(`${AGENT_API}/reports`, gzipSync(JSON.stringify(request)), {
      "content-encoding": "gzip",
    });
    expect(status).toBe(200);
    expect(body.data.results).toMatchObject([{ environment: "production", status: "accepted" }]);
  });

  test("names the wrong field of a malformed report, on the environment's page too, and keeps the last good state", async () => {
    const wrong = { ...report("production", randomUUID(), 1), observedAt: "yesterday" };
    const { status, body } = await post(
      `${AGENT_API}/reports`,
      JSON.stringify({ session: environment.session, reports: [wrong] }),
    );
    expect({ status, code: body.error.code }).toEqual({ status: 400, code: "invalid" });
    expect(body.error.message).toContain("reports.0.observedAt");
    const seen = await page();
    expect(seen.reportProblem?.message).toContain("reports.0.observedAt");
    expect(seen).toMatchObject({ state: "Converged", resourceCount: 2 });
    await environment.send(report("production", randomUUID(), 1));
    expect((await page()).reportProblem).toBeNull();
  });

  test("refuses a body that is too large after decompression, and says so on the page", async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, " "));
    const { status, body } = await post(`${AGENT_API}/reports`, bomb, { "content-encoding": "gzip" });
    expect({ status, code: body.error.code }).toEqual({ status: 413, code: "too-large" });
    expect((await page()).reportProblem?.message).toContain("larger than this server takes");
  });

  test("says of a report that is too large whose it was, and spares the other environments", async () => {
    const other = await makeEnvironment(ctx, "spared");
    await environment.send(report("production", randomUUID(), 1));
    const padding = "x".repeat(9 * 1024 * 1024);
    const body = JSON.stringify({
      session: environment.session,
      reports: [{ environment: "elsewhere", padding }],
    });
    await post(`${AGENT_API}/reports`, body);
    expect((await page()).reportProblem).toBeNull();
    await post(`${AGENT_API}/reports`, body.replace("elsewhere", "production"));
    expect((await page()).reportProblem?.message).toContain("larger than this server takes");
    expect((await getEnvironment({ ctx, input: { id: other.id } })).reportProblem).toBeNull();
  });

  test("asks for a session that is the agent's own", async () => {
    const other = await makeEnvironment(ctx, "other-session");
    const body = JSON.stringify({ session: other.session, reports: [report("production", randomUUID(), 1)] });
    expect((await post(`${AGENT_API}/reports`, body)).body.error.code).toBe("conflict");
  });

  test("refuses a body that is too large as it comes", async () => {
    const { status } = await post(`${AGENT_API}/reports`, Buffer.alloc(9 * 1024 * 1024, " "));
    expect(status).toBe(413);
  });

  test("refuses what is no JSON and no gzip", async () => {
    expect((await post(`${AGENT_API}/reports`, "{")).body.error.code).toBe("invalid");
    expect(
      (await post(`${AGENT_API}/reports`, "no gzip", { "content-encoding": "gzip" })).body.error.code,
    ).toBe("invalid");
  });

  test("tells an agent of another version what it speaks", async () => {
    const { status, body } = await post("/api/agent/v999/reports", "{}");
    expect({ status, code: body.error.code }).toEqual({ status: 404, code: "unsupported" });
    expect(body.error.details).toEqual({ speaks: [1] });
    const withoutToken = await post("/api/agent/v999/reports", "{}", { authorization: "" });
    expect(withoutToken.body.error.code).toBe("unsupported");
  });

  test("says on the environment's page that a report was of another version, and keeps the last good state", async () => {
    await environment.send(report("production", randomUUID(), 1));
    const body = JSON.stringify({ session: environment.session, reports: [{ environment: "elsewhere" }] });
    await post("/api/agent/v999/reports", body);
    expect((await page()).reportProblem).toBeNull();
    await post("/api/agent/v999/reports", body.replace("elsewhere", "production"));
    const seen = await page();
    expect(seen.reportProblem?.message).toContain("speaks version 1 of the agents' protocol, not 999");
    expect(seen).toMatchObject({ state: "Converged", resourceCount: 2 });
  });

  test("refuses requests without a token, and with one it does not know", async () => {
    for (const authorization of ["", "Bearer nobody"])
      expect((await post(`${AGENT_API}/reports`, "{}", { authorization })).status).toBe(401);
  });

  test("holds text that a database cannot", async () => {
    const odd = drifted("quotes");
    odd.changes[0]!.observed = "nul \u0000 and a lone \ud800 surrogate";
    const request = {
      session: environment.session,
      reports: [report("production", randomUUID(), 1, { resources: [odd] })],
    };
    expect((await post(`${AGENT_API}/reports`, JSON.stringify(request))).status).toBe(200);
  });
});

test("health and readiness are answered", async () => {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test("configuration lists everything that is wrong with it, and no value", () => {
  const parse = () =>
    parseEnv({ DATABASE_URL: "mysql://secret-host", PLUMBLINE_SECRET: "short-secret", PORT: "abc" });
  expect(parse).toThrow(/DATABASE_URL[\s\S]*PLUMBLINE_URL[\s\S]*PLUMBLINE_SECRET[\s\S]*PORT/);
  expect(parse).not.toThrow(/short-secret|secret-host/);
});
