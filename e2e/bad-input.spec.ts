import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { nameCluster, openEnvironment, sentence, signIn } from "./stack/connect.ts";
import { kubectl } from "./stack/kubectl.ts";
import { createRepository, type FileChange, type TestRepository } from "./stack/repository.ts";
import { rows } from "./stack/rows.ts";
import { type Stack, startStack } from "./stack/stack.ts";
import { until } from "./stack/until.ts";

// The second journey goes on where the first has ended.
test.describe.configure({ mode: "serial" });

let stack: Stack;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  stack = await startStack();
});
test.afterAll(() => stack?.stop());

const object = (kind: string, name: string, fields: Record<string, unknown>) =>
  `${JSON.stringify({ apiVersion: "v1", kind, metadata: { name }, ...fields })}\n`;
const settings = (name: string, level = "info") => object("ConfigMap", name, { data: { LOG_LEVEL: level } });
const kustomization = (...resources: string[]) => JSON.stringify({ resources });
const files: Record<string, FileChange> = {
  "plain/settings.json": settings("plain"),
  "plain/second.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: second\ndata:\n  A: a\n",
  "plain/link.json": null,
  "plain/service.json": null,
  "kustom/kustomization.yaml": kustomization("settings.json"),
  "kustom/settings.json": settings("kustom"),
  "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
  "chart/templates/settings.yaml": settings("chart"),
};

/** One thing that Git can hold and no environment can follow, and what the environment's page then says. */
type BadCommit = {
  environment: string;
  what: string;
  files: Record<string, FileChange>;
  says: RegExp;
  place?: string;
  /** The new revision could be read: it is what the objects are compared with. */
  compared?: boolean;
};
const badCommits: BadCommit[] = [
  {
    environment: "plain",
    what: "YAML that does not parse",
    files: { "plain/second.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [second\ndata: {}\n" },
    says: /plain\/second\.yaml:\d+/,
    place: "plain/second.yaml, line 5",
  },
  {
    environment: "plain",
    what: "a path that is not there",
    files: { "plain/settings.json": null, "plain/second.yaml": null },
    says: /path plain is not in .*repository|plain.*(not there|does not exist|no such)/i,
  },
  {
    environment: "plain",
    what: "a symbolic link out of the repository",
    files: { "plain/link.json": { link: "../../../../../../etc/passwd" } },
    says: /plain\/link\.json is a symbolic link that leads out of the repository/,
    place: "plain/link.json",
  },
  {
    environment: "plain",
    what: "an object the API server refuses",
    files: {
      "plain/settings.json": settings("plain", "debug"),
      "plain/service.json": object("Service", "plain", { spec: { ports: [{ port: 99999 }] } }),
    },
    says: /Service plain\/plain.*spec\.ports\[0\]\.port/,
    compared: true,
  },
  {
    environment: "kustom",
    what: "a Kustomize failure",
    files: { "kustom/kustomization.yaml": kustomization("settings.json", "settings.json") },
    says: /Kustomize|kustomization\.yaml/,
    place: "kustom/kustomization.yaml",
  },
  {
    environment: "kustom",
    what: "a resource that Kustomize cannot find",
    files: { "kustom/kustomization.yaml": kustomization("settings.json", "missing.yaml") },
    says: /missing\.yaml/,
    place: "kustom/kustomization.yaml",
  },
  {
    environment: "chart",
    what: "a Helm failure",
    files: { "chart/templates/settings.yaml": '{{ required "say which level" .Values.level }}\n' },
    says: /say which level/,
    place: "chart/templates/settings.yaml, line 1",
  },
  {
    environment: "chart",
    what: "a Helm template that does not parse",
    files: { "chart/templates/settings.yaml": `${settings("chart")}{{ if }}\n` },
    says: /chart\/templates\/settings\.yaml/,
    place: "chart/templates/settings.yaml, line 2",
  },
];

type EnvironmentRow = {
  id: string;
  head_revision: string;
  compared_revision: string;
  converged_revision: string;
  problem: unknown;
  objects: string;
};
const stored = async (name: string) =>
  (
    await rows<EnvironmentRow>(
      stack.ownerUrl,
      `select e.*, (select string_agg(key, ' ' order by key) from resources r where r.environment_id = e.id) as objects
       from environments e where e.name = $1`,
      [name],
    )
  )[0]!;

/** What the page says is wrong, and with what. */
const alerts = (page: Page) => page.getByRole("main").getByRole("alert");

/** The good state is still there, whatever became of the newest commit. */
async function expectLastGood(page: Page, name: string, good: EnvironmentRow): Promise<void> {
  const now = await stored(name);
  expect(now).toMatchObject({ converged_revision: good.converged_revision });
  expect(now.objects).toContain(good.objects);
  await expect(page.getByRole("main")).toContainText(
    new RegExp(`Last converged.*${good.converged_revision.slice(0, 7)}`),
  );
  await page.getByRole("tab", { name: "Resources" }).click();
  await expect(page.getByRole("tabpanel")).toContainText(good.objects.split(" ")[0]!.split("/").at(-1)!);
}
const titled = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1)}`;

test("bad input says what is wrong on the environment's page, keeps the last good state, and heals", async ({
  page,
}) => {
  const cluster = "eu-west-1";
  let repository: TestRepository;
  let secluded: TestRepository;
  const credential = join(stack.dir, "credential");

  await test.step("four environments converge", async () => {
    repository = await createRepository(stack, "kit");
    await repository.commit("Begin", files);
    secluded = await createRepository(stack, "secluded", { private: true });
    await secluded.commit("Begin", { "secluded/settings.json": settings("secluded") });
    mkdirSync(credential);
    writeFileSync(join(credential, "token"), stack.github.tokenOf("bob"));
    for (const namespace of ["plain", "kustom", "chart", "secluded"])
      await kubectl(stack, ["create", "namespace", namespace]);
    await signIn(page, stack);
    const token = await nameCluster(page, cluster);
    const declare = (name: string, from: TestRepository, more: Record<string, unknown> = {}) => ({
      name,
      repository: { url: from.url, ref: "main", ...more },
      path: name,
      namespace: name,
      mode: "sync",
      interval: "1s",
    });
    stack.startAgent({
      name: cluster,
      token,
      kubeconfig: stack.cluster.kubeconfigPath,
      environments: [],
      extra: [
        declare("plain", repository),
        declare("kustom", repository),
        declare("chart", repository),
        declare("secluded", secluded, { credentials: credential }),
        { ...declare("locked", secluded), mode: "observe" },
      ],
    });
    await expect(page.getByText(`${cluster} is connected`)).toBeVisible();
    for (const name of ["plain", "kustom", "chart", "secluded"]) {
      await openEnvironment(page, stack, cluster, name);
      await expect(sentence(page)).toContainText("is what Git says", { timeout: 60_000 });
    }
  });

  for (const { environment, what, files: bad, says, place, compared } of badCommits)
    await test.step(`${environment}: ${what}`, async () => {
      await openEnvironment(page, stack, cluster, environment);
      await expect(sentence(page)).toContainText(`${titled(environment)} is what Git says`);
      const good = await stored(environment);
      const revision = await repository.commit(titled(what), { ...files, ...bad });
      const notice = alerts(page);
      await expect(notice).toContainText(says);
      if (place) await expect(notice).toContainText(place);
      await expect(sentence(page)).not.toContainText("is what Git says");
      await expectLastGood(page, environment, good);
      const now = await stored(environment);
      expect(now.head_revision).toBe(revision);
      expect(now.compared_revision).toBe(compared ? revision : good.compared_revision);
      if (!compared)
        await expect(notice).toContainText(
          `compared with the last good revision, ${good.compared_revision.slice(0, 7)}`,
        );
      // Nothing of a commit that cannot be followed whole has reached the cluster.
      const kept = await kubectl(stack, ["-n", environment, "get", "configmap", environment, "-o", "json"]);
      expect(JSON.parse(kept).data).toEqual({ LOG_LEVEL: "info" });

      const healed = await repository.commit(`Undo: ${what}`, files);
      await expect(sentence(page)).toContainText(`${titled(environment)} is what Git says`);
      await expect(notice).toHaveCount(0);
      expect(await stored(environment)).toMatchObject({ converged_revision: healed, problem: null });
    });

  await test.step("a repository that asks for a credential, and has been given none", async () => {
    await openEnvironment(page, stack, cluster, "locked");
    await expect(alerts(page)).toContainText(/secluded.*(asks for a credential|it asks for a credential)/);
    await expect(sentence(page)).toContainText(/unknown|not known|cannot/i);
  });

  await test.step("a repository that refuses the credential", async () => {
    await openEnvironment(page, stack, cluster, "secluded");
    await expect(sentence(page)).toContainText("Secluded is what Git says");
    const good = await stored("secluded");
    stack.github.revokeToken(stack.github.tokenOf("bob"));
    const notice = alerts(page);
    await expect(notice).toContainText(/The repository .*secluded\.git refuses the credential/);
    await expect(notice).not.toContainText(stack.github.tokenOf("bob"));
    await expectLastGood(page, "secluded", good);
    writeFileSync(join(credential, "token"), stack.github.tokenOf("carol"));
    await expect(sentence(page)).toContainText("Secluded is what Git says");
    await expect(notice).toHaveCount(0);
  });
});

test("reports that cannot be taken are refused with a reason, on the environment's page too", async ({
  page,
}) => {
  await page.goto(stack.url);
  await page.getByRole("button", { name: "Sign in with GitHub" }).click();
  await page.getByText(/alice/i).first().click();
  await page.goto(`${stack.url}/family-insurance/clusters/connect`);
  const token = await nameCluster(page, "by-hand");
  const post = async (path: string, body: Uint8Array | string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${stack.url}/api/agent/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body: body as BodyInit,
    });
    return { status: answer.status, body: await answer.json() };
  };
  const stream = randomUUID();
  const hello = await post(
    "v1/session",
    JSON.stringify({
      protocol: 1,
      agentVersion: "0.0.0",
      stream,
      cluster: { uid: randomUUID(), kubernetesVersion: "v1.36.0", simulated: true },
      environments: ["edge", "other"].map((name) => ({
        name,
        repository: stack.github.cloneUrl("family-insurance", "kit"),
        ref: "main",
        path: name,
        mode: "observe",
        renderer: "yaml",
        prune: true,
      })),
      invalid: [],
    }),
  );
  expect(hello).toMatchObject({ status: 200, body: { ok: true } });
  const session: string = hello.body.data.session;
  let sequence = 0;
  const revision = "a".repeat(40);
  const at = () => new Date().toISOString();
  const report = (environment: string, over: Record<string, unknown> = {}) => ({
    environment,
    stream,
    sequence,
    base: null,
    observedAt: at(),
    head: { revision, author: "Carol Castro", committedAt: at(), subject: "Begin" },
    comparedRevision: revision,
    renderedDigest: null,
    problem: null,
    suspended: null,
    applying: false,
    movingSince: null,
    resources: [
      {
        ref: { group: "", version: "v1", kind: "ConfigMap", namespace: "edge", name: "the-good-one" },
        sync: "Synced",
        health: "Healthy",
        changes: [],
      },
    ],
    removed: [],
    syncs: [],
    ...over,
  });
  const request = (environment: string, over?: Record<string, unknown>) =>
    JSON.stringify({ session, reports: [report(environment, over)] });
  const sendGood = async () => {
    sequence += 1;
    for (const name of ["edge", "other"])
      expect((await post("v1/reports", request(name))).body.data.results).toMatchObject([
        { status: "accepted" },
      ]);
  };
  await sendGood();
  await openEnvironment(page, stack, "by-hand", "edge");
  await expect(sentence(page)).toContainText("Edge is what Git says");

  const padding = "x".repeat(40 * 1024 * 1024);
  const gzip = { "content-encoding": "gzip" };
  const refusals: { what: string; send: () => ReturnType<typeof post>; code: string; says: RegExp }[] = [
    {
      what: "larger than taken once unpacked",
      send: () => post("v1/reports", gzipSync(request("edge", { padding })), gzip),
      code: "too-large",
      says: /larger than this server takes \(\d+ bytes\)/,
    },
    {
      what: "larger than taken as it comes",
      send: () => post("v1/reports", request("edge", { padding: padding.slice(0, 9 * 1024 * 1024) })),
      code: "too-large",
      says: /larger than this server takes \(\d+ bytes\)/,
    },
    {
      what: "no JSON",
      send: () => post("v1/reports", request("edge").slice(0, -9)),
      code: "invalid",
      says: /not JSON/,
    },
    {
      what: "a field of the wrong kind",
      send: () => post("v1/reports", request("edge", { observedAt: "yesterday" })),
      code: "invalid",
      says: /reports\.0\.observedAt/,
    },
    {
      what: "of a version this server does not speak",
      send: () => post("v2/reports", request("edge")),
      code: "unsupported",
      says: /speaks version 1 of the agents' protocol, not 2/,
    },
  ];
  for (const { what, send, code, says } of refusals)
    await test.step(`a report ${what}`, async () => {
      const answer = await send();
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body).toMatchObject({ ok: false, error: { code } });
      expect(answer.body.error.message).toMatch(says);
      const notice = alerts(page);
      await expect(notice).toContainText("A report of the agent was refused.");
      await expect(notice).toContainText(says);
      await page.getByRole("tab", { name: "Resources" }).click();
      await expect(page.getByRole("tabpanel")).toContainText("the-good-one");
      expect(await stored("edge")).toMatchObject({ converged_revision: revision });
      expect(
        await rows(
          stack.ownerUrl,
          "select 1 from environments where name = 'other' and report_problem is not null",
        ),
      ).toEqual([]);

      await sendGood();
      await expect(notice).toHaveCount(0);
      await expect(sentence(page)).toContainText("Edge is what Git says");
    });

  await until("nothing crashed on the way", async () => !/uncaught|unhandled/i.test(stack.logs()), 1000);
});
