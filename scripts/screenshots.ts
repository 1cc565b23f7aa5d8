import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { makeScreenshots, sizeOf } from "#e2e/seed/screenshots.ts";
import { type Variant, variants } from "#e2e/seed/seed.ts";
import { ensureChromium } from "./engines/chromium.ts";
import { onStopSignal, Running } from "./processes/running.ts";

const folder = join(import.meta.dirname, "..", "docs", "screenshots");
const say = (line: string) => console.log(`plumbline: ${line}`);
const { values } = parseArgs({
  options: {
    variant: { type: "string" },
    only: { type: "string" },
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
  for (const variant of wanted as Variant[])
    problems.push(
      ...(await makeScreenshots({ browser, variant, folder: values.folder, only: values.only, say })),
    );
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
