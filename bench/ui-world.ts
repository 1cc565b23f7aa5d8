import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { encode } from "next-auth/jwt";
import pg from "pg";
import { ensureBuilt } from "#scripts/build.ts";
import { ensureChromium } from "#scripts/engines/chromium.ts";
import { migrate } from "#scripts/migrate.ts";
import { startPostgres } from "#scripts/postgres.ts";
import { freePort } from "#scripts/processes/ports.ts";
import type { Running } from "#scripts/processes/running.ts";
import { startService } from "#scripts/processes/service.ts";
import { type Loaded, loadFleet } from "./ui-load.ts";

export const root = join(import.meta.dirname, "..");

/** The product, as built for production, on a loaded database, and a browser beside it. */
export type UiWorld = {
  url: string;
  /** The overview's address. */
  home: string;
  loaded: Loaded;
  owner: pg.Client;
  browser: Browser;
  /** A browser of a person who is signed in and has never been here. */
  visit: () => Promise<BrowserContext>;
};

const secret = "only for this benchmark, which keeps nothing";

export async function openUiWorld(running: Running, say: (line: string) => void): Promise<UiWorld> {
  const dir = mkdtempSync(join(tmpdir(), "plumbline-bench-ui-"));
  const postgres = await running.start(
    "PostgreSQL",
    () => startPostgres({ dir: join(dir, "postgres") }),
    async (one) => {
      await one.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  );
  await migrate(postgres.ownerUrl, postgres.appUrl);
  // As a superuser: rows are put in without asking about foreign keys and policies.
  const owner = new pg.Client({ connectionString: postgres.ownerUrl });
  owner.on("error", () => {});
  await owner.connect();
  const loaded = await loadFleet(owner, say);
  await ensureBuilt(say);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  mkdirSync(dir, { recursive: true });
  await running.service("the control plane", () =>
    startService({
      name: "the control plane",
      command: process.execPath,
      args: [join(root, "server.ts")],
      logPath: join(dir, "control-plane.log"),
      env: {
        ...process.env,
        NODE_ENV: "production",
        DATABASE_URL: postgres.appUrl,
        PLUMBLINE_URL: url,
        PLUMBLINE_SECRET: secret,
        // Without the worker: its clock would find that these clusters have no agents.
        PLUMBLINE_ROLES: "web,gateway",
        GITHUB_WEBHOOK_SECRET: secret,
        PORT: String(port),
      },
    }),
  );
  await untilAnswers(`${url}/readyz`);
  const executablePath = await ensureChromium(say);
  const browser = await running.start(
    "Chromium",
    () =>
      chromium.launch({
        executablePath,
        args: [
          "--no-sandbox",
          "--disable-gpu",
          "--disable-background-networking",
          "--enable-precise-memory-info",
        ],
      }),
    (one) => one.close(),
  );
  const token = await encode({ token: { sessionId: loaded.sessionId, userId: loaded.userId }, secret });
  return {
    ...{ url, home: `${url}/${loaded.slug}`, loaded, owner, browser },
    visit: async () => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      await context.addCookies([
        {
          name: "next-auth.session-token",
          value: token,
          domain: "localhost",
          path: "/",
          httpOnly: true,
          sameSite: "Lax",
        },
      ]);
      return context;
    },
  };
}

/** Resolves once something answers there; throws after a minute. */
export async function untilAnswers(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`Nothing answered at ${url} within a minute.`);
}
