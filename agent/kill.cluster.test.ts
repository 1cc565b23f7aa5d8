import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openBystanders, openShop } from "./behaviours/test-shop.ts";
import { eventually, openWorld } from "./behaviours/test-world.ts";

const ROUNDS = 20;
const KILLS = 10;
/** About as many requests as one undisturbed sync makes. */
const REQUESTS = 650;

const build = fileURLToPath(new URL("./build.ts", import.meta.url));
const seed = Number(process.env.PLUMBLINE_TEST_SEED ?? Date.now() % 1_000_000);

it(`killed at ${ROUNDS * KILLS} random points of syncs of 300 objects (PLUMBLINE_TEST_SEED=${seed}), it converges, and tells each sync once`, {
  timeout: 1_200_000,
}, async () => {
  console.log(`The points are those of PLUMBLINE_TEST_SEED=${seed}.`);
  const world = await openWorld({ proxy: true });
  const shop = openShop(seed);
  const bystanders = await openBystanders(world);
  // As it is shipped, which also starts sooner.
  const bundle = join(world.folder, "bundle");
  execFileSync(process.execPath, [build, bundle]);
  const settings = { NODE_COMPILE_CACHE: join(world.folder, "compiled") };
  const shipped = { main: join(bundle, "main.js"), settings };
  await world.spawn({ ...shipped, settings: { ...settings, PLUMBLINE_TOKEN: "" } }).ended;
  const last: string[] = [];
  const overtaken: string[] = [];
  const isTold = (revision: string) =>
    world.syncs().some((sync) => sync.revision === revision && sync.outcome === "succeeded");
  let revision = "";
  let kills = 0;

  const killed = async () => {
    const agent = world.spawn(shipped);
    const point = 1 + shop.random(REQUESTS);
    let requests = 0;
    let reached = false;
    world.api.intercept(() => {
      reached ||= ++requests === point;
      return undefined;
    });
    await eventually(() => {
      agent.expectAlive();
      return reached || isTold(revision);
    }, 120_000);
    await sleep(shop.random(25));
    await agent.kill();
    kills += 1;
  };

  for (let round = 1; round <= ROUNDS; round++) {
    revision = await world.repository.commit(shop.change(), `Round ${round}`);
    const surprise = shop.random(KILLS);
    for (let kill = 0; kill < KILLS; kill++) {
      await killed();
      if (kill !== surprise) continue;
      if (!isTold(revision)) overtaken.push(revision);
      else last.push(revision);
      revision = await world.repository.commit(shop.change(), `Round ${round}, once more`);
    }
    const agent = world.spawn(shipped);
    await eventually(() => {
      agent.expectAlive();
      return isTold(revision);
    }, 120_000);
    last.push(revision);
    expect(await shop.inCluster(world)).toEqual(shop.wanted());
    await agent.kill();
  }
  expect(kills).toBe(ROUNDS * KILLS);
  expect(await bystanders.now()).toEqual(bystanders.before);

  // One story: each telling of a sync says the same, and each revision was applied in one attempt.
  for (const tellings of world.told.values())
    expect(new Set(tellings.map(({ sync }) => JSON.stringify(sync))).size).toBe(1);
  const stories = Map.groupBy(world.syncs(), (sync) => sync.revision);
  for (const one of last)
    expect([one, stories.get(one)?.map(({ outcome }) => outcome)]).toEqual([one, ["succeeded"]]);
  for (const one of overtaken)
    expect([undefined, "superseded", "succeeded"]).toContain(
      stories
        .get(one)
        ?.map(({ outcome }) => outcome)
        .join(),
    );
  expect(new Set(world.syncs().map(({ trigger }) => trigger))).toEqual(new Set(["start"]));
  for (const { noticedAt = "", startedAt, appliedAt = "", finishedAt } of world.syncs())
    expect([noticedAt, startedAt, appliedAt, finishedAt].toSorted()).toEqual([
      ...[noticedAt, startedAt, appliedAt, finishedAt],
    ]);
});
