import { expect, test } from "@playwright/test";
import { nameCluster, openEnvironment, sentence, signIn } from "./stack/connect.ts";
import { kubectl } from "./stack/kubectl.ts";
import { createRepository, type TestRepository } from "./stack/repository.ts";
import { rows } from "./stack/rows.ts";
import { type Stack, startStack } from "./stack/stack.ts";
import { until } from "./stack/until.ts";

/** How long the control plane stays away. */
const OUTAGE_MS = Number(process.env.PLUMBLINE_LONG_OUTAGE_SECONDS ?? 300) * 1000;
const COMMITS = 20;
const EDITS = 10;
const RESTARTS = 3;
const OBJECTS = EDITS + 2;
/** What may lie between a thing done and the agent having dealt with it, on a busy machine. */
const DONE_WITHIN_MS = 15_000;

let stack: Stack;
let repository: TestRepository;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  stack = await startStack();
});
test.afterAll(() => stack?.stop());

type SyncRow = {
  revision: string;
  outcome: string;
  trigger: string;
  noticed_at: Date;
  started_at: Date;
  applied_at: Date;
  finished_at: Date;
  converged_at: Date | null;
};
type EpisodeRow = { started_at: Date; ended_at: Date | null; causes: string[]; summary: string };

const since = (table: string, at: number) =>
  `select t.* from ${table} t join environments e on e.organization_id = t.organization_id and e.id = t.environment_id
   where e.name = 'ledger' and t.started_at >= to_timestamp(${at / 1000}) order by t.started_at`;
const syncsSince = (at: number) => rows<SyncRow>(stack.ownerUrl, since("syncs", at));
const episodesSince = (at: number) => rows<EpisodeRow>(stack.ownerUrl, since("divergences", at));

/** All of the environment at one value; every commit changes every object. */
const desired = (value: string) =>
  Object.fromEntries(
    Array.from({ length: OBJECTS }, (_, at) => [
      `ledger/part-${at}.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: part-${at}}\ndata: {value: "${value}", kept: "as it is"}\n`,
    ]),
  );

const applied = (revisionValue: string) =>
  until(
    `the cluster holds ${revisionValue}`,
    async () => {
      const values = await kubectl(stack, [
        ...["-n", "ledger", "get", "configmaps", "-l", "plumbline.dev/environment=ledger"],
        ...["-o", 'jsonpath={range .items[*]}{.data.value}{"\\n"}{end}'],
      ]);
      const held = values.split("\n").filter(Boolean);
      return held.length === OBJECTS && held.every((value) => value === revisionValue);
    },
    DONE_WITHIN_MS,
  );

const arrived = (revision: string, from: number) =>
  until(
    "the newest commit stands in history",
    async () => (await syncsSince(from)).some((one) => one.revision === revision),
    120_000,
  );

test("five minutes without the control plane, then PostgreSQL restarted under load: nothing lost, nothing twice, times true", async ({
  page,
}) => {
  test.setTimeout(OUTAGE_MS + 420_000);
  await kubectl(stack, ["create", "namespace", "ledger"]);
  repository = await createRepository(stack, "ledger");
  await repository.commit("Begin the ledger", desired("first"));
  await signIn(page, stack);
  stack.startAgent({
    name: "main",
    token: await nameCluster(page, "main"),
    kubeconfig: stack.cluster.kubeconfigPath,
    environments: [],
    extra: [
      {
        name: "ledger",
        repository: { url: repository.url },
        path: "ledger",
        namespace: "ledger",
        mode: "sync",
        interval: "1s",
      },
    ],
  });
  await expect(page.getByText("main is connected")).toBeVisible();
  await openEnvironment(page, stack, "main", "ledger");
  await expect(sentence(page)).toContainText("Ledger is what Git says", { timeout: 120_000 });

  await test.step("20 commits and 10 hand edits while nobody listens", async () => {
    await stack.stopServer("SIGKILL");
    const from = Date.now();
    const commits: Happened[] = [];
    const edits: (Happened & { name: string })[] = [];
    for (let turn = 0; turn < COMMITS; turn++) {
      const at = Date.now();
      const revision = await repository.commit(`Turn ${turn}`, desired(`turn ${turn}`));
      await applied(`turn ${turn}`);
      commits.push({ revision, from: at, to: Date.now() });
      if (turn % 2 === 0) edits.push({ ...(await editAndSeeHealed(turn / 2)), revision });
      const due = from + (OUTAGE_MS * (turn + 1)) / COMMITS;
      await until("the next turn is due", async () => Date.now() >= due, OUTAGE_MS);
    }
    expect(edits).toHaveLength(EDITS);
    expect(await kubectl(stack, ["get", "--raw", "/readyz"])).toBe("ok");
    const backAt = Date.now();
    await stack.startServer();
    await arrived(commits.at(-1)!.revision, from);

    const told = await syncsSince(from);
    expectOnce(
      told.filter(({ trigger }) => trigger !== "drift"),
      commits,
    );
    expectOnce(
      told.filter(({ trigger }) => trigger === "drift"),
      edits,
    );
    const episodes = await episodesSince(from);
    expect(episodes.every(({ ended_at }) => ended_at !== null && ended_at.getTime() < backAt)).toBe(true);
    expectDisjoint(episodes);
    const drifts = episodes.filter(({ causes }) => causes.includes("drift"));
    expect(drifts).toHaveLength(EDITS);
    drifts.forEach((episode, at) => {
      expect(episode.summary).toContain(edits[at]!.name);
      expectWithin(episode.started_at, edits[at]!);
      expectWithin(episode.ended_at!, edits[at]!);
    });
  });

  await test.step("PostgreSQL goes down and comes back while commits are told", async () => {
    const from = Date.now();
    const commits: Happened[] = [];
    let restarting = Promise.resolve();
    for (let turn = 0; turn < RESTARTS * 3; turn++) {
      const at = Date.now();
      if (turn % 3 === 1) restarting = restarting.then(() => stack.restartPostgres());
      const revision = await repository.commit(`Load ${turn}`, desired(`load ${turn}`));
      await applied(`load ${turn}`);
      commits.push({ revision, from: at, to: Date.now() });
    }
    await restarting;
    await arrived(commits.at(-1)!.revision, from);
    expectOnce(await syncsSince(from), commits);
    expectDisjoint(await episodesSince(from));
  });

  await test.step("the page that stayed open says that all is well, and shows the last commit", async () => {
    await expect(sentence(page)).toContainText("Ledger is what Git says", { timeout: 60_000 });
    await page.getByRole("tab", { name: "History" }).click();
    await expect(page.getByText(`Load ${RESTARTS * 3 - 1}`).first()).toBeVisible();
  });
  expect(stack.logs()).not.toMatch(/uncaught|unhandled/i);
});

type Happened = { revision: string; from: number; to: number };

/** Somebody changes one object; it is back at once. Each time another object, so that nobody calls it a fight. */
async function editAndSeeHealed(edit: number): Promise<{ name: string; from: number; to: number }> {
  const name = `part-${edit}`;
  const from = Date.now();
  const patch = JSON.stringify({ data: { kept: "changed by hand" } });
  await kubectl(stack, ["-n", "ledger", "patch", "configmap", name, "-p", patch]);
  await until(
    `${name} is back`,
    async () =>
      (await kubectl(stack, ["-n", "ledger", "get", "configmap", name, "-o", "yaml"])).includes("as it is"),
    DONE_WITHIN_MS,
  );
  return { name, from, to: Date.now() };
}

/** Each thing that happened stands in history once, ended well, and when it really was. */
function expectOnce(told: SyncRow[], happened: Happened[]): void {
  expect(told.map(({ revision, outcome }) => `${revision} ${outcome}`)).toEqual(
    happened.map(({ revision }) => `${revision} succeeded`),
  );
  told.forEach((one, at) => {
    const times = [one.started_at, one.applied_at, one.finished_at];
    for (const time of times) expectWithin(time, happened[at]!);
    expect(times.map(Number)).toEqual(times.map(Number).toSorted((a, b) => a - b));
    if (one.trigger === "commit") expectWithin(one.noticed_at, happened[at]!);
  });
}

function expectWithin(at: Date, { from, to }: Pick<Happened, "from" | "to">): void {
  expect(at.getTime()).toBeGreaterThanOrEqual(from);
  expect(at.getTime()).toBeLessThanOrEqual(to + DONE_WITHIN_MS);
}

function expectDisjoint(episodes: EpisodeRow[]): void {
  for (const [at, { ended_at }] of episodes.slice(0, -1).entries())
    expect(ended_at!.getTime()).toBeLessThanOrEqual(episodes[at + 1]!.started_at.getTime());
}
