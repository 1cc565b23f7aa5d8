import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { nameCluster, openEnvironment, sentence, signIn } from "./stack/connect.ts";
import { pushChange } from "./stack/git.ts";
import { editByHand, kubectl } from "./stack/kubectl.ts";
import { run } from "./stack/processes.ts";
import { rows } from "./stack/rows.ts";
import { type Stack, startStack } from "./stack/stack.ts";
import { until } from "./stack/until.ts";

/** How long the control plane stays away; the agent's pauses have grown to their longest by then. */
const OUTAGE_MS = Number(process.env.PLUMBLINE_OUTAGE_SECONDS ?? 60) * 1000;
/** What may lie between a thing done and the agent noticing it, on a busy machine. */
const NOTICED_WITHIN_MS = 15_000;

let stack: Stack;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  stack = await startStack();
});
test.afterAll(() => stack?.stop());

type SyncRow = {
  id: string;
  environment: string;
  revision: string;
  outcome: string;
  mode: string;
  started_at: Date;
  finished_at: Date;
  converged_at: Date | null;
};
type EpisodeRow = {
  id: string;
  environment: string;
  started_at: Date;
  ended_at: Date | null;
  causes: string[];
  summary: string;
  evidence: { changes: { managers?: unknown[] }[] }[];
};
const syncs = () =>
  rows<SyncRow>(
    stack.ownerUrl,
    `select s.*, e.name as environment from syncs s
     join environments e on e.organization_id = s.organization_id and e.id = s.environment_id order by s.started_at`,
  );
const episodes = () =>
  rows<EpisodeRow>(
    stack.ownerUrl,
    `select d.*, e.name as environment from divergences d
     join environments e on e.organization_id = d.organization_id and e.id = d.environment_id order by d.started_at`,
  );
/** The reports that wait on the agent's disk: of each key of the journal the last line, unless that one drops it. */
const queued = () => {
  const journal = readFileSync(join(stack.dir, "agent-eu-west-1/data/outbox/reports.log"), "utf8");
  const waiting = new Map<string, string>();
  for (const line of journal.split("\n")) {
    const [, key = "", report] = /^\d+ (\S+)(?: (.*))?$/.exec(line) ?? [];
    if (report === undefined) waiting.delete(key);
    else waiting.set(key, report);
  }
  return [...waiting.values()];
};
/** Holds where `at` is one of the moments from `from` on, and at most as late as noticing may take after `to`. */
const expectBetween = (at: Date | null, from: number, to: number) => {
  expect(at?.getTime()).toBeGreaterThanOrEqual(from);
  expect(at?.getTime()).toBeLessThanOrEqual(to + NOTICED_WITHIN_MS);
};

test("a minute without the control plane: a commit and a hand edit are in history once each, with their true times", async ({
  page,
}) => {
  for (const namespace of ["production", "staging"]) await kubectl(stack, ["create", "namespace", namespace]);
  const clone = join(stack.dir, "deploy");
  await run(["git", "clone", "-q", stack.github.cloneUrl("family-insurance", "fleet"), clone]);
  const rendered = await run([stack.engines.kubectl, "kustomize", join(clone, "environments/production")]);
  await kubectl(stack, ["apply", "--server-side", "-n", "production", "-f", "-"], { input: rendered });

  await signIn(page, stack);
  const token = await nameCluster(page, "eu-west-1");
  const declared = {
    name: "eu-west-1",
    token,
    kubeconfig: stack.cluster.kubeconfigPath,
    environments: [
      { name: "production", mode: "observe" as const },
      { name: "staging", mode: "sync" as const },
    ],
  };
  let agent = stack.startAgent(declared);
  await expect(page.getByText("eu-west-1 is connected")).toBeVisible();
  await openEnvironment(page, stack, "eu-west-1", "staging");
  await expect(sentence(page)).toContainText("Staging is what Git says", { timeout: 120_000 });
  await openEnvironment(page, stack, "eu-west-1", "production");
  await expect(sentence(page)).toContainText("Production is what Git says", { timeout: 60_000 });
  await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
  const replicas = Number(
    await kubectl(stack, [
      "-n",
      "production",
      "get",
      "deployment",
      "quotes",
      "-o",
      "jsonpath={.spec.replicas}",
    ]),
  );
  const known = {
    syncs: new Set((await syncs()).map(({ id }) => id)),
    episodes: new Set((await episodes()).map(({ id }) => id)),
  };

  await stack.stopServer("SIGKILL");
  const downAt = Date.now();

  const commit = { from: Date.now(), to: 0, revision: "" };
  await test.step("a commit is applied with nobody to report to", async () => {
    commit.revision = await pushChange({
      cloneUrl: stack.github.cloneUrl("family-insurance", "fleet"),
      login: "carol",
      token: stack.github.tokenOf("carol"),
      file: "environments/staging/kustomization.yaml",
      edit: (text) => text.replace(/LOG_LEVEL=\w+/, "LOG_LEVEL=outage"),
      message: "Log what happens while nobody looks",
    });
    await until(
      "the agent applies the commit by itself",
      async () => queued().some((text) => text.includes(commit.revision) && text.includes('"succeeded"')),
      30_000,
    );
    // The moment in which it could forget that it has told of the sync.
    await agent.stop("SIGKILL");
    const applied = await kubectl(stack, ["-n", "staging", "get", "configmaps", "-o", "yaml"]);
    expect(applied).toContain("LOG_LEVEL: outage");
    agent = stack.startAgent(declared);
    commit.to = Date.now();
  });

  const edit = { from: Date.now(), to: 0 };
  await test.step("a hand edit waits on disk with its time, and the agent dies", async () => {
    await editByHand(
      stack,
      "production",
      "deployment/quotes",
      `s/^  replicas: ${replicas}$/  replicas: ${replicas + 3}/`,
    );
    edit.to = Date.now();
    await until("the hand edit is in the queue on disk", async () =>
      queued().some((text) => text.includes('"kubectl-edit"')),
    );
    await agent.stop("SIGKILL");
    stack.startAgent(declared);
  });

  const revert = { from: 0, to: 0 };
  await test.step("somebody undoes the hand edit, half the outage later", async () => {
    await until("half the outage has passed", async () => Date.now() - downAt > OUTAGE_MS / 2, OUTAGE_MS);
    revert.from = Date.now();
    await editByHand(
      stack,
      "production",
      "deployment/quotes",
      `s/^  replicas: ${replicas + 3}$/  replicas: ${replicas}/`,
    );
    revert.to = Date.now();
  });

  await until("the outage is over", async () => Date.now() - downAt > OUTAGE_MS, OUTAGE_MS + 10_000);
  const backAt = Date.now();
  await stack.startServer();
  await test.step("everything that waited arrives", () =>
    until(
      "the queue on disk is empty",
      async () =>
        queued().length === 0 && (await syncs()).some(({ revision }) => revision === commit.revision),
      120_000,
    ));

  await test.step("the database has each once, with its true time", async () => {
    const told = (await syncs()).filter(({ id }) => !known.syncs.has(id));
    expect(
      told.map(({ environment, revision, outcome, mode }) => ({ environment, revision, outcome, mode })),
    ).toEqual([
      // The commit changes nothing of production: no record of it there.
      { environment: "staging", revision: commit.revision, outcome: "succeeded", mode: "sync" },
    ]);
    const applied = told[0]!;
    expectBetween(applied.started_at, commit.from, commit.to);
    expectBetween(applied.finished_at, commit.from, commit.to);
    expectBetween(applied.converged_at, commit.from, commit.to + NOTICED_WITHIN_MS);

    const seen = (await episodes()).filter(({ id }) => !known.episodes.has(id));
    const [drift, ...others] = seen.filter(({ causes }) => causes.includes("drift"));
    expect(others).toEqual([]);
    expect(drift!.environment).toBe("production");
    expectBetween(drift!.started_at, edit.from, edit.to);
    expectBetween(drift!.ended_at, revert.from, revert.to);
    expect(drift!.summary).toContain("quotes");
    expect(JSON.stringify(drift!.evidence)).toContain("kubectl-edit");
    // A commit that is applied as soon as it is seen is on its way: where a report fell into that moment, it says so,
    // and of nothing wrong. Its story is the sync's.
    const onItsWay = seen.filter(({ environment }) => environment === "staging");
    expect(onItsWay.map(({ causes }) => causes)).toEqual(onItsWay.length > 0 ? [[]] : []);
    for (const { started_at } of onItsWay) expectBetween(started_at, commit.from, commit.to);
    expect(seen.every(({ ended_at }) => ended_at !== null && ended_at.getTime() < backAt)).toBe(true);
  });

  await test.step("the page that stayed open shows the hand edit without a reload", async () => {
    const history = page.getByRole("list", { name: "History" }).first();
    const entry = history.getByRole("listitem").filter({ hasText: /Drift.*closed after/ });
    await expect(entry).toHaveCount(1);
    await expect(entry).toContainText("quotes");
    const time = await entry.getByRole("time").first().getAttribute("datetime");
    expectBetween(new Date(time ?? 0), edit.from, edit.to);
    expect(await page.evaluate(() => "stillTheSamePage" in globalThis)).toBe(true);
    await expect(sentence(page)).toContainText("Production is what Git says");
  });

  await test.step("the commit stands in staging's history, once and with its time", async () => {
    await openEnvironment(page, stack, "eu-west-1", "staging");
    await expect(sentence(page)).toContainText("Staging is what Git says");
    await page.getByRole("tab", { name: "History" }).click();
    const history = page.getByRole("tabpanel").getByRole("list", { name: "History" });
    const entry = history.getByRole("listitem").filter({ hasText: "Log what happens while nobody looks" });
    await expect(entry).toHaveCount(1);
    await expect(entry).toContainText("Converged");
    const time = await entry.getByRole("time").first().getAttribute("datetime");
    expectBetween(new Date(time ?? 0), commit.from, commit.to);
  });

  expect(stack.logs()).not.toMatch(/uncaught|unhandled/i);
});
