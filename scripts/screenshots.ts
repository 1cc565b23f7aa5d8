import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { startSeeded } from "#e2e/seed/control-plane.ts";
import { makeScreenshots, present, sizeOf } from "#e2e/seed/screenshots.ts";
import { variants } from "#e2e/seed/seed.ts";
import { ensureChromium } from "./engines/chromium.ts";
import { onStopSignal, Running } from "./processes/running.ts";

const folder = join(import.meta.dirname, "..", "docs", "screenshots");
const say = (line: string) => console.log(`plumbline: ${line}`);
const { values } = parseArgs({
  options: {
    variant: { type: "string" },
    only: { type: "string", default: "" },
    folder: { type: "string", default: folder },
  },
});
const wanted = variants.filter((one) => values.variant === undefined || one === values.variant);

/** Pictures of every page, light and dark, wide and narrow, with plenty, nothing and failures. */
async function makeAll(running: Running): Promise<void> {
  if (wanted.length === 0) throw new Error(`--variant is one of ${variants.join(", ")}.`);
  const browser = await running.start(
    "Chromium",
    async () => {
      const args = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--font-render-hinting=none",
      ];
      return chromium.launch({ executablePath: await ensureChromium(say), args });
    },
    (one) => one.close(),
  );
  const problems: string[] = [];
  for (const variant of wanted) {
    const tell = (line: string) => say(`${variant}: ${line}`);
    const seeded = await running.start(
      `the control plane with ${variant}`,
      () => startSeeded({ variant, now: present, frozen: true, say: tell }),
      (one) => one.stop(),
    );
    const into = join(values.folder, variant);
    const found = await makeScreenshots({ seeded, browser, folder: into, only: values.only, say: tell });
    problems.push(...found.map((problem) => `${variant}: ${problem}`));
    await seeded.stop();
  }
  say(`${values.folder} holds ${(sizeOf(values.folder) / 1e6).toFixed(1)} MB`);
  for (const problem of problems) console.error(`plumbline: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

const running = new Running();
onStopSignal(() => running.interrupt());
try {
  await Promise.race([makeAll(running), running.ending]);
} catch (error) {
  console.error(`plumbline: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await running.stop();
  process.exit();
}
