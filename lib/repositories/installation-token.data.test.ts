import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { makeEnvironment, makeTenant } from "../testing/tenant.ts";
import { listRepositories } from "./list-repositories.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ GITHUB_TOKEN: "token-of-the-installation" });
});
afterAll(() => database.close());

test("the installation's token serves the first organization, and none that declares the same repository", async () => {
  const [first, second] = [await makeTenant("First"), await makeTenant("Second")];
  for (const { ctx } of [first, second]) await makeEnvironment(ctx, "main");
  expect((await listRepositories({ ctx: first.ctx })).repositories).toMatchObject([
    { connection: "connected" },
  ]);
  expect((await listRepositories({ ctx: second.ctx })).repositories).toMatchObject([{ connection: "none" }]);
});
