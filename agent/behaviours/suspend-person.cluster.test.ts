import { expect, it } from "vitest";
import type { Suspension } from "../../lib/protocol/hint.ts";
import { patientDeployment } from "./test-patience.ts";
import { configMap, eventually, openWorld, type World } from "./test-world.ts";

const rarely = { environments: { production: { interval: "1h" } } };

/** A person says it in the dashboard; the set is told to the open streams. */
async function suspend(world: World, ...all: Partial<Suspension>[]): Promise<void> {
  await eventually(() => world.server.listeners() > 0);
  const suspensions = all.map((one) => ({
    ...{ environment: world.nameOf("production"), reason: "incident 7", owner: "Ada" },
    until: new Date(Date.now() + 3_600_000).toISOString(),
    ...one,
  }));
  world.server.say(`event: suspensions\ndata: ${JSON.stringify({ suspensions })}\n\n`);
}

it("suspended by a person: confirmed with who and why, and lifted by a set without it, at once", async () => {
  const world = await openWorld(rarely);
  const first = await world.commit({ "app/a.yaml": configMap("a") });
  await world.start();
  await world.converged(first);
  await suspend(world, {});
  await eventually(() => world.state() === "Suspended");
  expect(world.report()?.suspended).toMatchObject({ reason: "incident 7", owner: "Ada", by: "person" });

  await world.commit({ "app/a.yaml": configMap("a", { color: "green" }) });
  await eventually(() => world.resource("ConfigMap/a")?.sync === "Modified");
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "blue" });

  await suspend(world);
  await world.sync({ trigger: "resume", outcome: "succeeded" });
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "green" });
});

it("holds over a restart with the control plane away, and ends by itself", async () => {
  const world = await openWorld(rarely);
  const first = await world.commit({ "app/a.yaml": configMap("a") });
  const agent = await world.start();
  await world.converged(first);
  const until = new Date(Date.now() + 8000).toISOString();
  await suspend(world, { until });
  await eventually(() => world.state() === "Suspended");
  await agent.stop();
  await world.repository.commit({ "app/a.yaml": configMap("a", { color: "green" }) }, "While it is away");

  world.server.state.failing = "reset";
  await world.start();
  await eventually(async () => {
    const data = (await world.kube.get("ConfigMap/a"))?.data as { color?: string };
    return data.color === "green";
  });
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
  world.server.state.failing = null;
  const sync = await world.sync({ trigger: "resume", outcome: "succeeded" });
  expect(Date.parse(sync.startedAt)).toBeGreaterThanOrEqual(Date.parse(until));
});

it("is not done where the declaration refuses it", async () => {
  const world = await openWorld({ environments: { production: { remoteSuspend: false } } });
  const first = await world.commit({ "app/a.yaml": configMap("a") });
  await world.start();
  await world.converged(first);
  await suspend(world, {});
  const second = await world.commit({ "app/a.yaml": configMap("a", { color: "green" }) });
  await world.converged(second);
  expect(world.report()?.suspended).toBeNull();
});

it("that comes while a sync runs lets what runs finish, prunes nothing, and goes on when it is lifted", async () => {
  const world = await openWorld(rarely);
  const first = await world.commit({ "app/old.yaml": configMap("old"), "app/a.yaml": configMap("a") });
  await world.start();
  await world.converged(first);
  const wave = (name: string, number: number) =>
    configMap(name, {}, { annotations: { "plumbline.dev/wave": String(number) } });
  const quotes = patientDeployment(world, "quotes");
  await world.commit({
    "app/old.yaml": null,
    "app/quotes.yaml": quotes.file(),
    "app/later.yaml": wave("later", 5),
  });
  await eventually(() => world.kube.has("Deployment/quotes"));
  await suspend(world, {});
  await eventually(() => world.report()?.suspended);
  await quotes.allow();
  const cut = await world.sync({ trigger: "commit", outcome: "failed" });
  expect(cut.message).toContain("suspended");
  expect(await world.kube.has("ConfigMap/later")).toBe(false);
  expect(await world.kube.has("ConfigMap/old")).toBe(true);
  expect(world.report()?.problem).toBeNull();

  await suspend(world);
  await world.sync({ trigger: "resume", outcome: "succeeded" });
  expect(await world.kube.has("ConfigMap/later")).toBe(true);
  expect(await world.kube.has("ConfigMap/old")).toBe(false);
});
