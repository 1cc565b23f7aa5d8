import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectCluster } from "../clusters/connect-cluster.ts";
import { enterSession } from "../clusters/enter-session.ts";
import { getCluster, listClusters } from "../clusters/list-clusters.ts";
import { recordSession } from "../clusters/record-session.ts";
import { revokeToken } from "../clusters/revoke-token.ts";
import { rotateToken } from "../clusters/rotate-token.ts";
import { withOrganization } from "../db.ts";
import { getEnvironment } from "../environments/get-environment.ts";
import { listEnvironments } from "../environments/list-environments.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { declaration, drifted, hello, makeEnvironment, makeTenant, report } from "../testing/tenant.ts";
import { authenticateAgent } from "./agent-tokens.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test("an agent can neither report into another organization nor learn of it", async () => {
  const [a, b] = [await makeTenant("Agent A"), await makeTenant("Agent B")];
  const mine = await makeEnvironment(a.ctx, "main", "staging");
  const theirs = await makeEnvironment(b.ctx, "main", "production");
  await theirs.send(report("production", randomUUID(), 1));
  const { result } = await mine.send(
    report("production", randomUUID(), 1, { resources: [drifted("quotes")] }),
  );
  expect(result.status).toBe("refused");
  expect(await getEnvironment({ ctx: b.ctx, input: { id: theirs.id } })).toMatchObject({
    state: "Converged",
  });
  const { uid } = await withOrganization(a.ctx.organizationId, (tx) => tx.cluster.findFirstOrThrow());
  const input = hello([declaration("staging"), declaration("production")], uid!);
  const again = await recordSession({ agent: mine.agent, input });
  expect(again.acknowledged).toEqual({});
  await expect(enterSession({ agent: mine.agent, session: theirs.session })).rejects.toMatchObject({
    code: "conflict",
  });
  await expect(getEnvironment({ ctx: a.ctx, input: { id: theirs.id } })).rejects.toMatchObject({
    code: "not-found",
  });
  await expect(getCluster({ ctx: a.ctx, input: { id: theirs.clusterId } })).rejects.toMatchObject({
    code: "not-found",
  });
});

test("a revoked token is refused at the next request, and the other one still works", async () => {
  const { ctx } = await makeTenant("Tokens");
  const { clusterId, token } = await connectCluster({ ctx, input: { name: "main" } });
  const second = await rotateToken({ ctx, input: { clusterId } });
  await expect(rotateToken({ ctx, input: { clusterId } })).rejects.toMatchObject({ code: "conflict" });
  const first = await authenticateAgent(`Bearer ${token}`);
  await revokeToken({ ctx, input: { clusterId, tokenId: first.tokenId } });
  await expect(authenticateAgent(`Bearer ${token}`)).rejects.toMatchObject({
    code: "unauthenticated",
    message: expect.stringContaining("revoked"),
  });
  expect(await authenticateAgent(`Bearer ${second.token}`)).toMatchObject({ clusterId });
});

test("a token's value is stored nowhere", async () => {
  const { ctx } = await makeTenant("Hashes");
  const { token } = await connectCluster({ ctx, input: { name: "main" } });
  const { rows } = await database.owner.query(
    "select t::text as text from agent_tokens t union all select a::text from audit_events a",
  );
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.filter(({ text }) => text.includes(token))).toEqual([]);
});

test("a token answers for one cluster: another one is told to get its own", async () => {
  const { ctx } = await makeTenant("Moved");
  const { agent } = await makeEnvironment(ctx, "main");
  await expect(recordSession({ agent, input: hello([], "another-cluster") })).rejects.toMatchObject({
    code: "conflict",
  });
});

test("an environment that is no longer declared leaves the lists, and comes back as it was", async () => {
  const { ctx } = await makeTenant("Declared");
  const { agent, id, clusterId } = await makeEnvironment(ctx, "main");
  const { uid } = await withOrganization(ctx.organizationId, (tx) => tx.cluster.findFirstOrThrow());
  await recordSession({ agent, input: hello([], uid!) });
  expect((await listEnvironments({ ctx })).environments).toEqual([]);
  expect((await listClusters({ ctx })).clusters).toMatchObject([
    { id: clusterId, status: "connected", environments: [] },
  ]);
  await recordSession({ agent, input: hello([declaration("production")], uid!) });
  expect((await listEnvironments({ ctx })).environments).toMatchObject([{ id }]);
});

test("a declared repository keeps no credentials of its address", async () => {
  const { ctx } = await makeTenant("Credentials");
  await makeEnvironment(ctx, "main", "production", {
    repository: "https://bot:hunter2hunter2@git.example.com/acme/shop.git",
  });
  const { rows } = await database.owner.query("select r::text as text from repositories r");
  expect(rows.filter(({ text }) => text.includes("hunter2"))).toEqual([]);
});

test("an environment whose declaration broke keeps its last good state, and says so", async () => {
  const { ctx } = await makeTenant("Broken");
  const { agent, id, send } = await makeEnvironment(ctx, "main");
  await send(report("production", randomUUID(), 1));
  const { uid } = await withOrganization(ctx.organizationId, (tx) => tx.cluster.findFirstOrThrow());
  const invalid = [{ name: "production", message: "path: must not leave the repository" }];
  await recordSession({ agent, input: { ...hello([], uid!), invalid } });
  const seen = await getEnvironment({ ctx, input: { id } });
  expect(seen).toMatchObject({
    state: "Converged",
    reportProblem: { message: expect.stringContaining("path: must not") },
  });
  expect((await listEnvironments({ ctx })).environments).toHaveLength(1);
});
