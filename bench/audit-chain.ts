import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { appendAudit } from "#lib/audit/append-audit.ts";
import { verifyChain } from "#lib/audit/verify-chain.ts";
import { closeDatabase, withOrganization } from "#lib/db.ts";
import { parseEnv, setEnv } from "#lib/env.ts";
import { createOrganization } from "#lib/organizations/create-organization.ts";
import { fillChain } from "#lib/testing/audit-chain.ts";
import { migrate } from "#scripts/migrate.ts";
import { startPostgres } from "#scripts/postgres.ts";
import type { Running } from "#scripts/processes/running.ts";
import { median } from "./numbers.ts";
import { printTable, type Row } from "./table.ts";

const aim = 200_000;
const writers = 32;
const appends = 3200;

/** Verification of the audit chain in events a second, beside reading the same rows without looking; and appending. */
export async function benchAuditChain(
  events: number,
  running: Running,
  say: (line: string) => void,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "plumbline-bench-audit-"));
  const postgres = await running.start(
    "PostgreSQL",
    () => startPostgres({ dir }),
    async (one) => {
      await closeDatabase();
      await one.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  );
  await migrate(postgres.ownerUrl, postgres.appUrl);
  setEnv(
    parseEnv({
      DATABASE_URL: postgres.appUrl,
      PLUMBLINE_URL: "http://127.0.0.1:4300",
      PLUMBLINE_SECRET: "only for this benchmark, which keeps nothing",
      LOG_LEVEL: "silent",
    }),
  );
  const owner = new pg.Client({ connectionString: postgres.ownerUrl });
  await owner.connect();
  const person = { id: randomUUID(), name: "Bench" };
  await owner.query("insert into users (id, name) values ($1, $2)", [person.id, person.name]);
  const { id } = await createOrganization({ person, input: { name: "Bench" } });
  say(`writing ${events} events`);
  const filling = performance.now();
  await fillChain(owner, id, events);
  const filled = performance.now() - filling;
  await owner.query("vacuum analyze audit_events");
  const rate = (ms: number) => `${Math.round(events / ms)}k events/s`;
  const rounds = 3;
  const verifying: number[] = [];
  const reading: number[] = [];
  const counting: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < rounds; round++) {
    reading.push(await timed(() => readRaw(owner, id)));
    counting.push(await timed(() => owner.query("select count(*), max(hash) from audit_events")));
    const before = process.cpuUsage();
    verifying.push(await timed(() => verifyWhole(id, events)));
    const { user, system } = process.cpuUsage(before);
    processor.push((user + system) / 1000);
  }
  const appending = await timed(() => append(id));
  await owner.end();
  const [verified, read, counted] = [median(verifying), median(reading), median(counting)];
  const perSecond = (events / verified) * 1000;
  const rows: Row[] = [
    {
      what: "verify: every hash anew, every link",
      figure: rate(verified),
      ratio: `${(verified / read).toFixed(1)}× the read`,
      aim: "200k events/s",
      met: perSecond >= aim,
    },
    { what: "of it this process's own processor time", figure: rate(median(processor)) },
    { what: "read the same rows, 5,000 at a time, unlooked at", figure: rate(read) },
    { what: "select count(*), max(hash)", figure: rate(counted) },
    { what: "write the chain with COPY", figure: rate(filled) },
    {
      what: `append, ${writers} writers, one chain, a transaction each`,
      figure: `${Math.round((appends / appending) * 1000)} events/s`,
    },
  ];
  printTable(rows, say);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function verifyWhole(id: string, events: number) {
  const steps = verifyChain(id);
  for (let step = await steps.next(); ; step = await steps.next()) {
    if (!step.done) continue;
    if (!step.value.ok || step.value.checked !== events) throw new Error(step.value.message);
    return;
  }
}

async function readRaw(client: pg.Client, id: string) {
  for (let after = "0"; ; ) {
    const { rows } = await client.query(
      "select * from audit_events where organization_id = $1 and sequence > $2 order by sequence limit 5000",
      [id, after],
    );
    if (rows.length === 0) return;
    after = rows.at(-1).sequence;
  }
}

function append(organizationId: string) {
  const subject = { kind: "environment", id: "e", name: "production" };
  const entry = { organizationId, subject, actor: { kind: "person" as const, id: "p", name: "Ada" } };
  return Promise.all(
    Array.from({ length: writers }, async () => {
      for (let n = 0; n < appends / writers; n++)
        await withOrganization(organizationId, (tx) =>
          appendAudit(tx, { ...entry, action: "environment.looked-at" }),
        );
    }),
  );
}
