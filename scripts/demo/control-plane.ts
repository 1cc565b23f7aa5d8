import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { FakeGithub } from "#e2e/fakes/github/index.ts";
import type { RunningPostgres } from "../postgres.ts";
import type { Running } from "../processes/running.ts";
import { type Service, startService } from "../processes/service.ts";
import { type Kept, places } from "./folder.ts";
import { bot, oauth } from "./stand-in.ts";

/** The control plane's environment variables in the demo. */
export function controlPlaneEnv(options: {
  port: number;
  kept: Kept;
  postgres: RunningPostgres;
  github: FakeGithub;
}): Record<string, string> {
  const { port, kept, postgres, github } = options;
  return {
    DATABASE_URL: postgres.appUrl,
    PLUMBLINE_URL: `http://localhost:${port}`,
    PLUMBLINE_SECRET: kept.secret,
    PORT: String(port),
    GITHUB_WEB_URL: github.webUrl,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_CLIENT_ID: oauth.clientId,
    GITHUB_CLIENT_SECRET: oauth.clientSecret,
    GITHUB_TOKEN: github.tokenOf(bot.login),
    GITHUB_WEBHOOK_SECRET: kept.webhookSecret,
    REPORT_INTERVAL_MS: "5000",
  };
}

/** Starts the control plane as a process of its own and answers once it is ready. */
export async function startControlPlane(env: Record<string, string>, running: Running): Promise<Service> {
  const service = await running.service("the control plane", () =>
    startService({
      name: "the control plane",
      command: process.execPath,
      args: [join(import.meta.dirname, "..", "..", "server.ts")],
      logPath: places.log("control-plane"),
      env: { ...process.env, NODE_ENV: "production", ...env },
    }),
  );
  await untilReady(service, Number(env.PORT));
  return service;
}

/** Resolves once `/readyz` says so; throws after two minutes. When the service ends first, Running says so. */
export async function untilReady(service: Service, port: number): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    if (!service.isRunning()) await new Promise(() => {});
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, {
      signal: AbortSignal.timeout(2_000),
    }).catch(() => null);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`The control plane was not ready within two minutes; see ${service.logPath}.`);
}
