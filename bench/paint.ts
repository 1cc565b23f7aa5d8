import { cpus, loadavg } from "node:os";
import { chromium, type Page } from "@playwright/test";
import { Agent, request } from "undici";
import { jsonLines } from "../agent/cluster/json-lines.ts";
import type { KubeObject } from "../agent/object.ts";
import { type SeededControlPlane, startSeeded } from "../e2e/seed/control-plane.ts";
import { ensureChromium } from "../scripts/engines/chromium.ts";
import type { Running } from "../scripts/processes/running.ts";
import { asTime, quantile } from "./numbers.ts";
import { handEdit } from "./objects.ts";
import { type Passed, standBetween } from "./paint-between.ts";
import { type Noted, noteIn } from "./paint-page.ts";
import { printTable, type Row } from "./table.ts";
import { agentVariables, buildBundle, openWorld, startBundledAgent, type World } from "./world.ts";

const NAME = "paint";
const LONGEST_MS = 30_000;
const AIM_MS = 1000;

/** When one edit came by: of the clock that all processes of this machine share. */
type Edit = {
  sent: number;
  watched: number;
  reported: number;
  recorded: number;
  event: number;
  fetched: number;
  painted: number;
};

const STAGES: [what: string, from: keyof Edit, to: keyof Edit][] = [
  ["API write to watch event", "sent", "watched"],
  ["watch event to report at the control plane", "watched", "reported"],
  ["report to recorded and answered", "reported", "recorded"],
  ["recorded to live event in the browser", "recorded", "event"],
  ["live event to answer read again", "event", "fetched"],
  ["answer to painted", "fetched", "painted"],
];

/** Measures how soon a hand edit in a cluster is painted in an open browser, and where the time goes. */
export async function benchPaint(
  edits: number,
  objects: number,
  running: Running,
  say: (line: string) => void,
) {
  await buildBundle();
  const before = loadavg();
  const world = await running.start(
    "the cluster",
    () => openWorld(say),
    (one) => one.close(),
  );
  const server = await running.start(
    "the control plane",
    () => startSeeded({ variant: "nothing", roles: "web,worker,gateway", say }),
    (one) => one.stop(),
  );
  const executablePath = await ensureChromium(say);
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  const browser = await running.start(
    "Chromium",
    () => chromium.launch({ executablePath, args }),
    (one) => one.close(),
  );
  const heard: { noted: Noted[]; passed: Passed[]; watched: Map<string, number> } = {
    noted: [],
    passed: [],
    watched: new Map(),
  };
  const context = await server.open(browser);
  await noteIn(context, (noted) => heard.noted.push(noted));
  const page = await context.newPage();
  const token = await connect(page, server);
  const sample = await running.start(
    "the sample",
    () => world.prepare(NAME, objects),
    (one) => one.close(),
  );
  const between = await standBetween(server.url, (one) => heard.passed.push(one));
  const variables = { ...agentVariables(world, NAME, sample, between.url), PLUMBLINE_TOKEN: token };
  await running.start(
    "the agent",
    () => startBundledAgent(variables),
    (one) => one.stop(),
  );
  const heading = page.getByRole("heading", { level: 1 });
  const address = `/${server.slug}/environments/${NAME}/${NAME}`;
  await reachable(page, address);
  await until(
    "the sentence that all is what Git says",
    async () => (await heading.textContent())?.includes("is what Git says"),
    180_000,
  ).catch(async (error: Error) => {
    throw new Error(`${error.message} The page says: ${await page.getByRole("main").textContent()}`);
  });
  const stop = await watch(world, (mark) => heard.watched.set(mark, heard.watched.get(mark) ?? Date.now()));
  say(`${objects} objects are what Git says; editing one of them by hand ${edits} times`);

  const object = sample.objects[0] as KubeObject;
  const measured: Edit[] = [];
  for (let edit = 0; edit < edits; edit += 1) {
    const mark = `by-hand-${edit}`;
    heard.noted.length = 0;
    heard.passed.length = 0;
    const sent = Date.now();
    await world.edit(object, handEdit(object, edit));
    const painted = await until(mark, () =>
      heard.noted.find((noted) => noted.kind === "painted" && noted.mark === mark),
    );
    measured.push(follow(sent, mark, painted.at, heard));
    // Edits come at any point of what agent and page do in turns.
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 400));
  }
  stop();
  between.close();
  const [cpu] = cpus();
  say("");
  say(
    `${cpus().length} × ${cpu?.model.trim() ?? "processor"}, Node ${process.versions.node}, Chromium ${browser.version()}`,
  );
  say(`load average ${before[0]?.toFixed(1)} at the start, ${loadavg()[0]?.toFixed(1)} at the end`);
  say("");
  printTable(rowsOf(measured, objects), say);
}

/** Puts together what was noted of one edit: the report that showed it is the last that came before its event. */
function follow(
  sent: number,
  mark: string,
  painted: number,
  heard: { noted: Noted[]; passed: Passed[]; watched: Map<string, number> },
): Edit {
  const fetched = heard.noted.find((noted) => noted.kind === "fetched" && noted.mark === mark)?.at ?? painted;
  const event = heard.noted.findLast((noted) => noted.kind === "event" && noted.at <= fetched)?.at ?? fetched;
  const report = heard.passed.findLast(({ arrived }) => arrived <= event) ?? {
    arrived: event,
    recorded: event,
  };
  const watched = heard.watched.get(mark) ?? report.arrived;
  // NOTIFY is sent before the answer is: it may come first.
  return {
    sent,
    watched,
    reported: report.arrived,
    recorded: Math.min(report.recorded, event),
    event,
    fetched,
    painted,
  };
}

function rowsOf(measured: Edit[], objects: number): Row[] {
  const total = measured.map(({ sent, painted }) => painted - sent);
  const sum = total.reduce((a, b) => a + b, 0);
  const p99 = quantile(total, 0.99);
  const of = (share: number) => asTime(quantile(total, share));
  return [
    { what: `hand edit to painted, ${measured.length} edits, ${objects} objects: p50`, figure: of(0.5) },
    { what: "  p90", figure: of(0.9) },
    { what: "  p99", figure: of(0.99), aim: `≤ ${asTime(AIM_MS)}`, met: p99 <= AIM_MS },
    { what: "  longest", figure: of(1) },
    ...STAGES.map(([what, from, to]) => {
      const parts = measured.map((edit) => Math.max(0, edit[to] - edit[from]));
      const share = (100 * parts.reduce((a, b) => a + b, 0)) / sum;
      const [p50, last] = [quantile(parts, 0.5), quantile(parts, 0.99)];
      return {
        what: `${what}: p50, p99, share`,
        figure: `${asTime(p50)}, ${asTime(last)}`,
        ratio: `${share.toFixed(0)}%`,
      };
    }),
  ];
}

/** Connects a cluster as the page does; answers the agent's token. */
async function connect(page: Page, server: SeededControlPlane): Promise<string> {
  await page.goto(`/${server.slug}/clusters/connect`);
  await page.getByLabel("Name of the cluster").fill(NAME);
  await page.getByRole("button", { name: "Continue" }).click();
  return (await page.getByTestId("agent-token").textContent()) ?? "";
}

/** Opens the environment's page anew until there is such an environment, which its first report makes. */
async function reachable(page: Page, address: string): Promise<void> {
  const isThere = async () => {
    await page.goto(address);
    return !(await page.getByRole("heading", { level: 1 }).textContent())?.startsWith("There is nothing");
  };
  await until("the environment", isThere, 60_000);
}

/** Watches the sample's ConfigMaps, independently of the agent. */
async function watch({ cluster }: World, seen: (mark: string) => void): Promise<() => void> {
  const dispatcher = new Agent({ connect: { ca: cluster.caData }, bodyTimeout: 0 });
  const answer = await request(`${cluster.server}/api/v1/namespaces/${NAME}/configmaps?watch=true`, {
    dispatcher,
    headers: { authorization: `Bearer ${cluster.adminToken}` },
  });
  void (async () => {
    for await (const event of jsonLines(answer.body, 16 * 1024 * 1024))
      for (const [mark] of JSON.stringify(event).matchAll(/by-hand-\d+/g)) seen(mark);
  })().catch(() => {});
  return () => void dispatcher.destroy();
}

async function until<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = LONGEST_MS,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not come within ${deadlineMs / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
