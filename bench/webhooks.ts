import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { parseEnv } from "#lib/env.ts";
import { startPostgres } from "#scripts/postgres.ts";
import type { Running } from "#scripts/processes/running.ts";
import { startServer } from "../server.ts";
import { asTime, quantile } from "./numbers.ts";
import { printTable, type Row } from "./table.ts";

const secret = "a webhook secret of the benchmark";
const aimMs = 50;
const path = "/api/webhooks/github";

/** How long the gateway takes to answer webhooks: signed ones, which it writes down, and forged ones, which it does not. */
export async function benchWebhooks(
  options: { count: number; connections: number },
  running: Running,
  say: (line: string) => void,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "plumbline-bench-webhooks-"));
  const postgres = await running.start(
    "PostgreSQL",
    () => startPostgres({ dir }),
    async (one) => {
      await one.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  );
  const env = parseEnv({
    DATABASE_URL: postgres.appUrl,
    DATABASE_OWNER_URL: postgres.ownerUrl,
    PLUMBLINE_URL: "http://127.0.0.1:4300",
    PLUMBLINE_SECRET: "only for this benchmark, which keeps nothing",
    PLUMBLINE_ROLES: "gateway,worker",
    GITHUB_WEBHOOK_SECRET: secret,
    PORT: "0",
    LOG_LEVEL: "silent",
  });
  const server = await running.start(
    "the control plane",
    () => startServer(env),
    (one) => one.stop(),
  );
  const pool = new Pool(server.url, { connections: options.connections });
  await measure(pool, 200, options.connections, true);
  const rows: Row[] = [];
  for (const [what, signed] of [
    ["signed push, written down once, a job enqueued", true],
    ["forged push, refused", false],
  ] as const) {
    const times = await measure(pool, options.count, options.connections, signed);
    const share = (part: number) => asTime(quantile(times, part));
    const p99 = quantile(times, 0.99);
    say(
      `${what}: p50 ${share(0.5)}, p90 ${share(0.9)}, p99 ${share(0.99)}, p99.9 ${share(0.999)}, max ${share(1)}`,
    );
    rows.push({ what: `${what}: p99`, figure: asTime(p99), aim: `${aimMs} ms`, met: p99 <= aimMs });
  }
  await pool.close();
  say("");
  printTable(rows, say);
}

async function measure(pool: Pool, count: number, senders: number, signed: boolean): Promise<number[]> {
  const times: number[] = [];
  let left = count;
  const send = async () => {
    while (left-- > 0) {
      const body = push();
      const signature = createHmac("sha256", signed ? secret : "another one")
        .update(body)
        .digest("hex");
      const started = performance.now();
      const answer = await pool.request({
        ...{ path, method: "POST" as const, body },
        headers: {
          "content-type": "application/json",
          "x-github-event": "push",
          "x-github-delivery": randomUUID(),
          "x-hub-signature-256": `sha256=${signature}`,
        },
      });
      await answer.body.dump();
      times.push(performance.now() - started);
      if (answer.statusCode !== (signed ? 202 : 401)) throw new Error(`It answered ${answer.statusCode}.`);
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
  return times;
}

/** A push as large as GitHub's usually are, never the same twice. */
function push(): string {
  const sha = () => `${randomUUID()}${randomUUID()}`.replaceAll("-", "").slice(0, 40);
  const commit = {
    id: sha(),
    message: "Change it",
    timestamp: new Date().toISOString(),
    author: { name: "Ada" },
  };
  const repository = {
    full_name: "acme/shop",
    html_url: "https://github.com/acme/shop",
    about: "x".repeat(6000),
  };
  return JSON.stringify({
    ref: "refs/heads/main",
    before: sha(),
    after: sha(),
    commits: [commit],
    repository,
  });
}
