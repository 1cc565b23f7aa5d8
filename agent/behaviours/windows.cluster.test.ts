import { expect, it } from "vitest";
import { configMap, eventually, openWorld } from "./test-world.ts";

/** Cron for a minute of each day, in UTC. */
const daily = (at: Date) => `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;

it("within a deny window nothing is applied; its end, and not the interval, lets it go on", async () => {
  const world = await openWorld();
  // A window that began some minutes ago and ends some seconds from now.
  const start = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 5 * 60_000);
  const end = Date.now() + 5000;
  const freeze = { kind: "deny", schedule: daily(start), duration: `${end - start.getTime()}ms` };
  world.declare({ production: { interval: "1h", windows: [{ ...freeze, reason: "release freeze" }] } });
  await world.commit({ "app/a.yaml": configMap("a") });
  await world.start();
  await eventually(() => world.state() === "Suspended");
  expect(world.report()?.suspended).toMatchObject({
    owner: "sync window",
    reason: expect.stringContaining("release freeze"),
    until: new Date(end).toISOString(),
    by: "window",
  });
  expect(world.resource("ConfigMap/a")?.sync).toBe("Missing");
  const sync = await world.sync({ trigger: "resume", outcome: "succeeded" });
  expect(Date.parse(sync.startedAt)).toBeGreaterThanOrEqual(end);
});

it("outside of its allow windows nothing is applied, and within one it is, unless a deny is open", async () => {
  const world = await openWorld();
  const minute = 60_000;
  const open = { kind: "allow", schedule: daily(new Date(Date.now() - 2 * minute)), duration: "1h" };
  const later = { kind: "allow", schedule: daily(new Date(Date.now() + 300 * minute)), duration: "1h" };
  world.declare({ production: { windows: [later] } });
  const first = await world.commit({ "app/a.yaml": configMap("a") });
  await world.start();
  await eventually(() => world.state() === "Suspended");
  expect(world.report()?.suspended?.reason).toContain("outside of the windows");

  world.declare({ production: { windows: [later, { ...open, kind: "deny" }, open] } });
  await eventually(() => world.report()?.suspended?.reason.includes("deny window"));
  expect(await world.kube.has("ConfigMap/a")).toBe(false);
  world.declare({ production: { windows: [later, open] } });
  await world.converged(first);
});
