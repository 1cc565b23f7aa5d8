import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import type { Environment, Log } from "./cache-folder.ts";
import { findOnPath, isExecutable } from "./find-on-path.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser of the journeys: `PLUMBLINE_CHROMIUM`, one on PATH, Playwright's own, or Debian's package (as root). */
export async function ensureChromium(log: Log, env: Environment = process.env): Promise<string> {
  const override = env.PLUMBLINE_CHROMIUM;
  if (override) {
    if (isExecutable(override)) return override;
    throw new Error(
      `PLUMBLINE_CHROMIUM is ${override}, which is not an executable file. Correct it, or unset it.`,
    );
  }
  const present = findOnPath(names, env) ?? playwrightsOwn();
  if (present) return present;
  const wayOut = "Install chromium or google-chrome, or set PLUMBLINE_CHROMIUM to a browser's path.";
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) {
    throw new Error(`No Chromium was found, and it is installed by itself only as root on Debian. ${wayOut}`);
  }
  log("installing Debian's chromium (apt-get)");
  await apt(["update", "-qq"], env, wayOut);
  await apt(["install", "-y", "-qq", "--no-install-recommends", "chromium"], env, wayOut);
  const installed = findOnPath(names, env);
  if (!installed) throw new Error(`apt-get installed chromium, and yet it is not on PATH. ${wayOut}`);
  return installed;
}

function playwrightsOwn(): string | undefined {
  const path = chromium.executablePath();
  return path && isExecutable(path) ? path : undefined;
}

function apt(args: string[], env: Environment, wayOut: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("apt-get", args, {
      env: { ...process.env, ...env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said = (said + chunk).slice(-2000);
      });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`"apt-get ${args.join(" ")}" failed (${code}). ${wayOut}\n${said}`)),
    );
  });
}
