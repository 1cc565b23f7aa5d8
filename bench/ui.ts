import { loadavg } from "node:os";
import type { Running } from "#scripts/processes/running.ts";
import { asRatio, asTime, median, quantile } from "./numbers.ts";
import { printTable, type Row } from "./table.ts";
import { startEmptyApp } from "./ui-empty.ts";
import { filterTimes } from "./ui-filter.ts";
import { slopeOf, startUpdates, watchMemory } from "./ui-live.ts";
import { type Visit, visits } from "./ui-pages.ts";
import { routeTimes, type Step } from "./ui-routes.ts";
import { openUiWorld, type UiWorld } from "./ui-world.ts";

const AIMS = { filterMs: 200, routeMs: 200, payload: 100_000, script: 1.6, growth: 0.1 };
const updatesPerSecond = 50;

type Say = (line: string) => void;
type Options = { minutes: number; rounds: number; parts: ReadonlySet<string> };

/** The interface with 10,000 environments: payload, JavaScript, paints, navigations, and memory under live updates. */
export async function benchUi(options: Options, running: Running, say: Say): Promise<void> {
  const world = await openUiWorld(running, say);
  const rows: Row[] = [];
  const measure = async (part: string, run: () => Promise<Row[]>) => {
    if (!options.parts.has(part)) return;
    say(`${part}, load average ${loadavg()[0]!.toFixed(1)}`);
    rows.push(...(await run()));
  };
  await measure("pages", async () => pageRows(world, await startEmptyApp(running, say), say));
  await measure("filter", () => filterRows(world, options.rounds, say));
  await measure("routes", () => routeRows(world, Math.max(3, options.rounds / 8), say));
  await measure("memory", () => memoryRows(world, options.minutes, say));
  printTable(rows, say);
  say(`Load average at the end: ${loadavg()[0]!.toFixed(1)} on this machine.`);
}

async function pageRows(world: UiWorld, empty: string, say: Say): Promise<Row[]> {
  const { home } = world;
  const { rows: first } = await world.owner.query<{ cluster: string; id: string; name: string }>(
    `select c.name as cluster, c.id, e.name from environments e join clusters c on c.id = e.cluster_id where e.urgency = 1 order by c.name, e.name limit 1`,
  );
  const one = first[0]!;
  const pages: [string, string][] = [
    ["overview", home],
    ["environment", `${home}/environments/${one.cluster}/${one.name}`],
    ["clusters", `${home}/clusters`],
    ["cluster", `${home}/clusters/${one.id}`],
    ["repositories", `${home}/repositories`],
    ["pull requests", `${home}/pull-requests`],
    ["alerts", `${home}/alerts`],
    ["figures", `${home}/figures`],
    ["audit", `${home}/audit`],
    ["members", `${home}/members`],
    ["matrix", `${home}/matrix`],
  ];
  await visits(world.visit, home, 2);
  const base = await visits(world.visit, empty, 3);
  say(
    `  the empty app: ${kilobytes(base.scriptTransferred)} of JavaScript (${kilobytes(base.scriptDecoded)} decoded)`,
  );
  const rows: Row[] = [];
  for (const [name, url] of pages) {
    const visit = await visits(world.visit, url, name === "overview" ? 7 : 3);
    rows.push(...rowsOf(name, visit, base));
  }
  return rows;
}

function rowsOf(name: string, visit: Visit, base: Visit): Row[] {
  const script = visit.scriptTransferred / base.scriptTransferred;
  return [
    { what: `${name}: LCP of a first visit`, figure: asTime(visit.lcpMs) },
    {
      what: `${name}: data of the first load`,
      figure: `${kilobytes(visit.data)} (${kilobytes(visit.dataCompressed)} compressed)`,
      aim: `≤ ${kilobytes(AIMS.payload)}`,
      met: visit.data <= AIMS.payload,
    },
    {
      what: `${name}: JavaScript, transferred (decoded)`,
      figure: `${kilobytes(visit.scriptTransferred)} (${kilobytes(visit.scriptDecoded)})`,
      ratio: `${script.toFixed(2)}×`,
      aim: `≤ ${AIMS.script}× the empty app`,
      met: script <= AIMS.script,
    },
    {
      what: `${name}: document, transferred (decoded)`,
      figure: `${kilobytes(visit.documentTransferred)} (${kilobytes(visit.document)})`,
    },
  ];
}

async function filterRows(world: UiWorld, rounds: number, say: Say): Promise<Row[]> {
  const context = await world.visit();
  const page = await context.newPage();
  await page.goto(world.home);
  await page.locator("main tr[data-row]").first().waitFor();
  await filterTimes(page, 2);
  const times = await filterTimes(page, rounds);
  await context.close();
  say(`  ${times.length} keystrokes: ${spread(times)}`);
  const p75 = quantile(times, 0.75);
  return [
    {
      what: "keystroke in the filter to rows painted: p75",
      figure: `${asTime(p75)} (p50 ${asTime(median(times))}, p95 ${asTime(quantile(times, 0.95))})`,
      aim: `≤ ${AIMS.filterMs} ms`,
      met: p75 <= AIMS.filterMs,
    },
  ];
}

async function routeRows(world: UiWorld, rounds: number, say: Say): Promise<Row[]> {
  const context = await world.visit();
  const page = await context.newPage();
  await page.goto(world.home);
  await page.locator("main tr[data-row]").first().waitFor();
  await page.waitForTimeout(1500);
  const steps = await routeTimes(page, Math.ceil(rounds));
  await context.close();
  for (const [to, some] of Map.groupBy(steps, (step) => step.to))
    say(`  to ${to}: first ${asTime(some[0]!.ms)}, later ${spread(some.slice(1).map(({ ms }) => ms))}`);
  const within = (some: Step[]) => some.filter(({ ms }) => ms <= AIMS.routeMs).length / some.length;
  const times = steps.map(({ ms }) => ms);
  const share = within(steps);
  return [
    {
      what: `page to page, ${steps.length} times: within ${AIMS.routeMs} ms`,
      figure: `${(share * 100).toFixed(0)} % (p50 ${asTime(median(times))}, p90 ${asTime(quantile(times, 0.9))})`,
      aim: "≥ 90 %",
      met: share >= 0.9,
    },
    {
      what: "page to page, the first time there: within 200 ms",
      figure: `${(within(steps.filter(({ round }) => round === 0)) * 100).toFixed(0)} %`,
    },
  ];
}

async function memoryRows(world: UiWorld, minutes: number, say: Say): Promise<Row[]> {
  const context = await world.visit();
  const page = await context.newPage();
  let requests = 0;
  page.on("request", () => {
    requests += 1;
  });
  await page.goto(world.home);
  await page.locator("main tr[data-row]").first().waitFor();
  const updates = startUpdates(world.owner, world.loaded, updatesPerSecond);
  await page.waitForTimeout(5000);
  requests = 0;
  const began = performance.now();
  const samples = await watchMemory(context, page, minutes * 60, Math.max(5, (minutes * 60) / 30), say);
  const seconds = (performance.now() - began) / 1000;
  const sent = updates.sent();
  await updates.stop();
  await context.close();
  const [first, last] = [samples[0]!, samples.at(-1)!];
  const slope = slopeOf(samples);
  return [
    {
      what: `heap over ${minutes} min at ${updatesPerSecond} events/s: growth`,
      figure: `${slope.toFixed(3)} MB/min (${first.megabytes.toFixed(1)} → ${last.megabytes.toFixed(1)} MB, ${sent} events)`,
      aim: `≤ ${AIMS.growth} MB/min`,
      met: slope <= AIMS.growth,
    },
    { what: "  elements and texts in the page", figure: `${first.nodes} → ${last.nodes}` },
    {
      what: "  the page's main thread was busy",
      figure: `${(((last.taskSeconds - first.taskSeconds) / seconds) * 100).toFixed(0)} %, ${asRatio(requests, seconds).replace("×", "")} requests/s`,
    },
  ];
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
const spread = (times: readonly number[]) =>
  [0.5, 0.75, 0.9, 0.99].map((part) => `p${part * 100} ${asTime(quantile(times, part))}`).join(", ");
