import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Context } from "#lib/auth/context.ts";
import { closeDatabase } from "#lib/db.ts";
import { getDeliveryFigures } from "#lib/delivery-figures/get-delivery-figures.ts";
import { parseEnv, setEnv } from "#lib/env.ts";
import { listHistory } from "#lib/environments/list-history.ts";
import { getWhatRan } from "#lib/history/get-what-ran.ts";
import { migrate } from "#scripts/migrate.ts";
import { startPostgres } from "#scripts/postgres.ts";
import type { Running } from "#scripts/processes/running.ts";
import { environments, type Loaded, loadHistory } from "./history-load.ts";
import { explain, type Plan } from "./history-plans.ts";
import { asRatio, asTime, quantile } from "./numbers.ts";
import { printTable, type Row } from "./table.ts";

const aim = 2;
/** The busiest environments: their pages of history are full with ten thousand syncs already. */
const busy = 12;
const pageRows = 41;
const warmUps = 60;

type Cost = { times: number[]; plan: Plan };
type Side = { loaded: Loaded; appUrl: string };
type Call = { what: string; run: (loaded: Loaded, ctx: Context, index: number) => Promise<unknown> };

const yearMs = 365 * 86_400_000;
const instant = (index: number) =>
  new Date(Date.now() - 3_600_000 - ((index * 0.618_033_988_7) % 1) * yearMs).toISOString();
const busyOne = ({ environmentIds }: Loaded, index: number) => environmentIds[index % busy]!;
const anyOne = ({ environmentIds }: Loaded, index: number) => environmentIds[(index * 389) % environments]!;

const calls: Call[] = [
  {
    what: "history page, the newest",
    run: (loaded, ctx, index) => listHistory({ ctx, input: { id: busyOne(loaded, index) } }),
  },
  {
    what: "history page, after the first",
    run: async (loaded, ctx, index) => {
      const id = busyOne(loaded, index);
      const after = Buffer.from(`${new Date(Date.now() - yearMs / 12).toISOString()} ${id}`).toString(
        "base64url",
      );
      return listHistory({ ctx, input: { id, after } });
    },
  },
  {
    what: "what ran at, busy environments",
    run: (loaded, ctx, index) =>
      getWhatRan({ ctx, input: { environmentId: busyOne(loaded, index), at: instant(index) } }),
  },
  {
    what: "what ran at, any environment",
    run: (loaded, ctx, index) =>
      getWhatRan({ ctx, input: { environmentId: anyOne(loaded, index), at: instant(index) } }),
  },
  {
    what: "figures of the organization, 90 days",
    run: (_, ctx) => getDeliveryFigures({ ctx, input: { days: "90" } }),
  },
  {
    what: "figures of an environment, 90 days",
    run: (loaded, ctx, index) =>
      getDeliveryFigures({ ctx, input: { environmentId: busyOne(loaded, index), days: "90" } }),
  },
];

/** What reading history costs with few syncs and with many, in 1,000 environments. */
export async function benchHistory(
  options: { small: number; large: number; rounds: number },
  running: Running,
  say: (line: string) => void,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "plumbline-bench-history-"));
  const postgres = await running.start(
    "PostgreSQL",
    () => startPostgres({ dir }),
    async (one) => {
      await one.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  );
  await migrate(postgres.ownerUrl, postgres.appUrl);
  const template = await connect(postgres.ownerUrl.replace(/plumbline$/, "postgres"));
  for (const setting of ["fsync = off", "full_page_writes = off", "max_wal_size = '8GB'"])
    await template.query(`alter system set ${setting}`);
  await template.query("select pg_reload_conf()");
  const sides: Side[] = [];
  for (const size of [options.small, options.large]) {
    say(`${size} syncs in ${environments} environments`);
    const name = `history_${size}`;
    await template.query(`create database ${name} template plumbline`);
    const at = (url: string) => url.replace(/plumbline$/, name);
    sides.push(await load(at(postgres.ownerUrl), at(postgres.appUrl), size, say));
  }
  await template.end();
  const rows: Row[] = [];
  // One right after the other: what else the machine does is the same for both.
  for (const call of calls) {
    const [small, large] = [
      await measure(sides[0]!, call, options.rounds),
      await measure(sides[1]!, call, options.rounds),
    ];
    rows.push(...rowsOf(call.what, small, large));
  }
  printTable(rows, say);
}

async function load(
  ownerUrl: string,
  appUrl: string,
  size: number,
  say: (line: string) => void,
): Promise<Side> {
  const owner = await connect(ownerUrl);
  const loaded = await loadHistory(owner, size, say);
  await owner.query("checkpoint");
  await owner.end();
  return { loaded, appUrl };
}

async function measure({ loaded, appUrl }: Side, { run }: Call, rounds: number): Promise<Cost> {
  setEnv(
    parseEnv({
      DATABASE_URL: appUrl,
      PLUMBLINE_URL: "http://127.0.0.1:4300",
      PLUMBLINE_SECRET: "only for this benchmark, which keeps nothing",
      GITHUB_WEBHOOK_SECRET: "only for this benchmark",
      LOG_LEVEL: "silent",
    }),
  );
  const { organizationId } = loaded;
  const actor = { kind: "system" as const, id: null, name: "bench" };
  const ctx: Context = { organizationId, role: "viewer", actor, address: null };
  const app = await connect(appUrl);
  const times: number[] = [];
  for (let index = 0; index < warmUps; index += 1) await run(loaded, ctx, index);
  for (let index = warmUps; index < warmUps + rounds; index += 1) {
    const began = performance.now();
    await run(loaded, ctx, index);
    times.push(performance.now() - began);
  }
  const plan = await worst(app, loaded, ctx, run);
  await app.end();
  await closeDatabase();
  return { times, plan };
}

/** The plan that touched the most pages, of a call for each of the busy environments. */
async function worst(app: pg.Client, loaded: Loaded, ctx: Context, run: Call["run"]): Promise<Plan> {
  const plans: Plan[] = [];
  for (let index = 0; index < busy; index += 1)
    plans.push(await explain(app, loaded.organizationId, () => run(loaded, ctx, index)));
  return plans.reduce((one, other) => (other.buffers > one.buffers ? other : one));
}

function rowsOf(what: string, small: Cost, large: Cost): Row[] {
  const ratio = (part: number) => quantile(large.times, part) / quantile(small.times, part);
  const line = (name: string, part: number): Row => ({
    what: `${what}: ${name}`,
    figure: `${asTime(quantile(small.times, part))} → ${asTime(quantile(large.times, part))}`,
    ratio: asRatio(quantile(large.times, part), quantile(small.times, part)),
  });
  const { buffers, discarded, scans } = large.plan;
  return [
    { ...line("p50", 0.5), aim: `≤ ${aim}×`, met: ratio(0.5) <= aim },
    line("p99", 0.99),
    {
      what: "  pages touched, at most",
      figure: `${small.plan.buffers} → ${buffers}`,
      ratio: asRatio(buffers, small.plan.buffers),
    },
    {
      what: `${what}: rows read and not shown`,
      figure: `${small.plan.discarded} → ${discarded}`,
      aim: "≤ a page",
      met: discarded <= pageRows,
    },
    {
      what: `${what}: tables read from end to end`,
      figure: scans.join(", ") || "none",
      aim: "none",
      met: scans.length === 0,
    },
  ];
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  // A database that is stopped ends what is asked of it; that error is the one to tell.
  client.on("error", () => {});
  await client.connect();
  return client;
}
