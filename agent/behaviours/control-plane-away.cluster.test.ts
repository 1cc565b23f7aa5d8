import { expect, it } from "vitest";
import { configMap, eventually, openWorld } from "./test-world.ts";

it("goes on with 20 commits and 10 hand edits while the control plane is away, and tells all of it after, once and with its times", async () => {
  const world = await openWorld();
  const edited = Array.from({ length: 10 }, (_, at) => configMap(`edited-${2 * (at + 1)}`));
  await world.begin({ "app/a.yaml": configMap("a", { commit: "0" }), "app/b.yaml": edited.join("\n---\n") });
  const data = async (name: string) => (await world.kube.get(`ConfigMap/${name}`))?.data;
  world.server.state.failing = { status: 503, body: "" };
  world.server.dropStreams();
  const awayAt = new Date().toISOString();

  const revisions: string[] = [];
  for (let commit = 1; commit <= 20; commit++) {
    const files = { "app/a.yaml": configMap("a", { commit: String(commit) }) };
    revisions.push(await world.repository.commit(files, `Commit ${commit}`));
    await eventually(
      async () => JSON.stringify(await data("a")) === JSON.stringify({ commit: String(commit) }),
    );
    if (commit % 2 === 1) continue;
    await world.kube.patch(`ConfigMap/edited-${commit}`, { data: { color: "red" } });
    await eventually(
      async () => JSON.stringify(await data(`edited-${commit}`)) === JSON.stringify({ color: "blue" }),
    );
  }
  const backAt = new Date().toISOString();
  expect(world.syncs()).toHaveLength(1);
  world.server.state.failing = null;

  const last = await world.converged(revisions.at(-1) as string, { timeoutMs: 120_000 });
  const commits = world.syncs().filter(({ trigger }) => trigger === "commit");
  expect(commits.map(({ revision, outcome }) => `${revision} ${outcome}`)).toEqual(
    revisions.map((revision) => `${revision} succeeded`),
  );
  const heals = world.syncs().filter(({ trigger }) => trigger === "drift");
  expect(heals.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => "succeeded"));
  for (const { startedAt, appliedAt = "", finishedAt } of [...commits, ...heals]) {
    expect(awayAt < startedAt && startedAt < backAt).toBe(true);
    expect(startedAt <= appliedAt && appliedAt <= finishedAt).toBe(true);
  }
  const edits = world.server.state.environments
    .get(world.nameOf("production"))
    ?.reports.flatMap(({ observedAt, resources }) =>
      resources.flatMap(({ cause, changes }) =>
        cause === "drift" ? [{ observedAt, by: changes[0]?.by?.who }] : [],
      ),
    );
  expect(edits).toHaveLength(10);
  expect(edits?.every(({ by, observedAt }) => by === "kubectl edit" && observedAt < backAt)).toBe(true);
  expect(last.outcome).toBe("succeeded");
});
