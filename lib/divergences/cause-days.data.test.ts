import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withOrganization } from "../db.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { makeEnvironment, makeTenant } from "../testing/tenant.ts";
import { getCauseDays } from "./get-cause-days.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const now = new Date("2026-11-22T12:00:00Z");

it("counts what began on each day, of all environments or one, and of nobody else's", async () => {
  const { ctx } = await makeTenant("Causes");
  const [one, other] = [await makeEnvironment(ctx, "one"), await makeEnvironment(ctx, "other")];
  const { organizationId } = ctx;
  const began = (environmentId: string, startedAt: string, endedAt: string | null, ...causes: string[]) => ({
    ...{ organizationId, environmentId, id: randomUUID(), causes, objects: 1, summary: "", evidence: [] },
    startedAt: new Date(startedAt),
    endedAt: endedAt ? new Date(endedAt) : null,
  });
  await withOrganization(organizationId, (tx) =>
    tx.divergence.createMany({
      data: [
        began(one.id, "2026-11-20T23:59:59Z", "2026-11-21T00:59:59Z", "drift"),
        began(one.id, "2026-11-22T11:00:00Z", null, "pending", "failed"),
        began(other.id, "2026-11-22T00:00:00Z", "2026-11-22T00:00:30Z", "drift"),
        began(other.id, "2026-10-01T00:00:00Z", "2026-10-01T00:00:30Z", "drift"),
      ],
    }),
  );
  const ask = (environmentId: string | null) =>
    getCauseDays({ ctx, input: { environmentId, days: "7" }, now });
  const { days } = await ask(null);
  expect(days.map(({ day }) => day)).toEqual(
    ["16", "17", "18", "19", "20", "21", "22"].map((n) => `2026-11-${n}`),
  );
  expect(days[4]!.causes).toEqual({ drift: { episodes: 1, openMs: 3_600_000 } });
  expect(days[6]!.causes).toEqual({
    failed: { episodes: 1, openMs: 3_600_000 },
    drift: { episodes: 1, openMs: 30_000 },
  });
  expect((await ask(other.id)).days[6]!.causes).toEqual({ drift: { episodes: 1, openMs: 30_000 } });
  const { ctx: stranger } = await makeTenant("Stranger");
  expect(
    (await getCauseDays({ ctx: stranger, input: { environmentId: one.id, days: "7" }, now })).days[6]!.causes,
  ).toEqual({});
});
