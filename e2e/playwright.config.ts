import { defineConfig } from "@playwright/test";

/** Waits for minutes, so that others have the machine meanwhile. */
const patient = "long-outage.spec.ts";

/**
 * The journey tier: the whole product in Chromium. Journeys share nothing but the machine, which they have one at a
 * time, but for the one that waits.
 */
export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  projects: [
    { name: "patient", testMatch: patient, workers: 1 },
    { name: "busy", testMatch: "*.spec.ts", testIgnore: patient, workers: 1 },
  ],
  workers: 2,
  fullyParallel: false,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  retries: 0,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [["list"], ["json"]] : [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    // What does not come says where, and does not use up the time of the whole test.
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    launchOptions: {
      ...(process.env.PLUMBLINE_CHROMIUM ? { executablePath: process.env.PLUMBLINE_CHROMIUM } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
