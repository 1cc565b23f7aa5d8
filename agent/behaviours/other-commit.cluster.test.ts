import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

const overlay = (name: string) => ({
  [`overlays/${name}/kustomization.yaml`]: `resources: [../../base, own.yaml]\nnamePrefix: ${name}-\n`,
  [`overlays/${name}/own.yaml`]: configMap("own"),
});
const files = {
  "base/kustomization.yaml": "resources: [web.yaml]\n",
  "base/web.yaml": configMap("web"),
  ...overlay("blue"),
  ...overlay("green"),
};
const environments = { blue: { path: "overlays/blue" }, green: { path: "overlays/green" } };

it("makes no sync and is not an environment's revision where it changes nothing of what is rendered", async () => {
  const world = await openWorld({ environments });
  const first = await world.commit(files);
  await world.start();
  for (const name of ["blue", "green"]) await world.converged(first, { environment: name });

  const readme = await world.commit({ "README.md": "Read me" });
  const comment = await world.commit({ "base/web.yaml": `# The web server.\n${configMap("web")}` });
  const own = await world.commit({ "overlays/green/own.yaml": configMap("own", { color: "green" }) });
  await world.converged(own, { environment: "green" });
  const report = await world.lookedAt(own, "blue");
  expect([report.revision?.revision, report.comparedRevision]).toEqual([first, first]);
  expect(world.syncs("blue").map(({ revision }) => revision)).toEqual([first]);
  expect(world.syncs("green").map(({ revision }) => revision)).toEqual([first, own]);
  const told = (name: string) => world.revisions(name).map(({ commit }) => commit.revision);
  expect([told("blue"), told("green")]).toEqual([[first], [first, own]]);
  expect([readme, comment].some((one) => told("green").includes(one))).toBe(false);
  expect(world.revisions("blue")[0]?.inputs).toEqual(
    expect.arrayContaining([
      "base/kustomization.yaml",
      "base/web.yaml",
      "overlays/blue/kustomization.yaml",
      "overlays/blue/own.yaml",
    ]),
  );
});

it("to a base that two environments share is a revision, and a sync, of both", async () => {
  const world = await openWorld({ environments });
  const first = await world.commit(files);
  await world.start();
  for (const name of ["blue", "green"]) await world.converged(first, { environment: name });
  const second = await world.commit({ "base/web.yaml": configMap("web", { color: "red" }) });
  for (const name of ["blue", "green"]) {
    const sync = await world.converged(second, { environment: name });
    expect(sync.noticedAt).toBeDefined();
    expect(world.revisions(name).map(({ commit }) => commit.revision)).toEqual([first, second]);
  }
});

it("is told of each by its own, also where an agent that was away finds several at once", async () => {
  const world = await openWorld({ environments });
  const first = await world.commit(files);
  const agent = world.spawn();
  for (const name of ["blue", "green"]) await world.converged(first, { environment: name });
  await agent.kill();
  const commits = [
    await world.commit({ "overlays/blue/own.yaml": configMap("own", { color: "one" }) }),
    await world.commit({ "README.md": "Read me" }),
    await world.commit({ "base/web.yaml": configMap("web", { color: "two" }) }),
    await world.commit({ "overlays/blue/own.yaml": configMap("own", { color: "three" }) }),
    await world.commit({ "docs/index.md": "Read this as well" }),
  ];
  world.spawn();
  await world.converged(commits[3]!, { environment: "blue" });
  await world.converged(commits[2]!, { environment: "green" });
  const told = (name: string) => world.revisions(name).map(({ commit }) => commit.revision);
  expect(told("blue")).toEqual([first, commits[0], commits[2], commits[3]]);
  expect(told("green")).toEqual([first, commits[2]]);
  expect(world.syncs("blue").map(({ revision }) => revision)).toEqual([first, commits[3]]);
});
