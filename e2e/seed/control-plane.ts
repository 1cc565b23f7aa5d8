import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions } from "@playwright/test";
import { encode } from "next-auth/jwt";
import { closeDatabase } from "#lib/db.ts";
import { parseEnv, setEnv } from "#lib/env.ts";
import { ensureBuilt } from "#scripts/build.ts";
import { migrate } from "#scripts/migrate.ts";
import { type RunningPostgres, startPostgres } from "#scripts/postgres.ts";
import { freePort } from "#scripts/processes/ports.ts";
import { startService, tailOf } from "#scripts/processes/service.ts";
import { until } from "../stack/until.ts";
import { keep, keptFolder, takeKept } from "./kept.ts";
import { type Seeded, seed, type Variant } from "./seed.ts";

const secret = "a secret of seeded control planes, which are reachable from this machine only";

export type SeededControlPlane = Seeded & {
  url: string;
  ownerUrl: string;
  appUrl: string;
  /** A browser context in which the organization's founder (or the newcomer, or nobody) is signed in. */
  open(
    browser: Browser,
    who?: "member" | "newcomer" | null,
    options?: BrowserContextOptions,
  ): Promise<BrowserContext>;
  stop(): Promise<void>;
};

/**
 * Starts the production control plane on a seeded PostgreSQL of its own. `frozen`: its present stays at `now`, on
 * server, database and in contexts. Otherwise time goes on, and agents count as silent only after three hours.
 */
export async function startSeeded(call: {
  variant: Variant;
  now?: Date;
  frozen?: boolean;
  port?: number;
  /** Without the worker nothing is sent, swept or judged by the clock. */
  roles?: string;
  say?: (line: string) => void;
}): Promise<SeededControlPlane> {
  const { variant, now = new Date(), frozen = false, roles = "web,gateway", say = () => {} } = call;
  const dir = mkdtempSync(join(tmpdir(), "plumbline-seeded-"));
  const stops: (() => Promise<unknown>)[] = [async () => rmSync(dir, { recursive: true, force: true })];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    await ensureBuilt(say);
    const { postgres, seeded } = await startDatabase({
      variant,
      now,
      frozen,
      dir: join(dir, "postgres"),
      say,
    });
    stops.push(postgres.stop);
    const port = call.port ?? (await freePort());
    const url = `http://localhost:${port}`;
    const variables = variablesOf(postgres.appUrl, { url, port, roles });
    const root = join(import.meta.dirname, "..", "..");
    const preload = frozen ? ["--import", join(import.meta.dirname, "frozen-process.ts")] : [];
    const logPath = join(dir, "server.log");
    const server = await startService({
      ...{ name: "the seeded control plane", command: process.execPath, logPath, cwd: root },
      args: [...preload, join(root, "server.ts")],
      env: { ...process.env, NODE_ENV: "production", ...variables, PLUMBLINE_FROZEN_NOW: now.toISOString() },
    });
    stops.push(() => server.stop());
    await until(
      "the seeded control plane is ready",
      async () => {
        if (!server.isRunning()) throw new Error(`The seeded control plane ended:\n${tailOf(logPath)}`);
        return (await fetch(`${url}/readyz`)).ok;
      },
      180_000,
    );
    return {
      ...seeded,
      ...{ url, ownerUrl: postgres.ownerUrl, appUrl: postgres.appUrl, stop },
      async open(browser, who = "member", options = {}) {
        const context = await browser.newContext({
          baseURL: url,
          timezoneId: "UTC",
          locale: "en-GB",
          ...options,
        });
        if (who) {
          const value = await encode({ token: seeded[who], secret, maxAge: 30 * 86_400 });
          await context.addCookies([{ name: "next-auth.session-token", value, url, httpOnly: true }]);
        }
        if (frozen) await context.clock.setFixedTime(now);
        return context;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function variablesOf(
  databaseUrl: string,
  { url, port, roles }: { url: string; port: number; roles: string },
) {
  return {
    DATABASE_URL: databaseUrl,
    PLUMBLINE_URL: url,
    PLUMBLINE_SECRET: secret,
    PLUMBLINE_ROLES: roles,
    PORT: String(port),
    // The longest there is: seeded agents say nothing any more.
    REPORT_INTERVAL_MS: "3600000",
    GITHUB_CLIENT_ID: "seeded",
    GITHUB_CLIENT_SECRET: "seeded",
    SMTP_URL: "smtp://127.0.0.1:1",
    SMTP_FROM: "Plumbline <alerts@family.example>",
    LOG_LEVEL: "warn",
  };
}

type Database = { postgres: RunningPostgres; seeded: Seeded };

/** A seeded PostgreSQL; one whose present is frozen is the same each time, and copied from the last time. */
async function startDatabase(call: {
  variant: Variant;
  now: Date;
  frozen: boolean;
  dir: string;
  say: (line: string) => void;
}): Promise<Database> {
  const { variant, now, frozen, dir, say } = call;
  const kept = keptFolder(`${variant} ${now.toISOString()}`);
  const told = join(dir, "seeded.json");
  if (frozen && takeKept(kept, dir)) {
    const { environments, ...seeded } = JSON.parse(readFileSync(told, "utf8"));
    return {
      postgres: await startPostgres({ dir }),
      seeded: { ...seeded, environments: new Map(environments) },
    };
  }
  let postgres = await startPostgres({ dir });
  try {
    await migrate(postgres.ownerUrl, postgres.appUrl);
    say(`seeding: ${variant}`);
    setEnv(
      parseEnv(variablesOf(postgres.appUrl, { url: "http://localhost:4300", port: 4300, roles: "web" })),
    );
    const seeded = await seed({ ownerUrl: postgres.ownerUrl, variant, now, frozen }).finally(closeDatabase);
    if (frozen) {
      await postgres.stop();
      writeFileSync(told, JSON.stringify({ ...seeded, environments: [...seeded.environments] }));
      keep(kept, dir);
      postgres = await startPostgres({ dir });
    }
    return { postgres, seeded };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
