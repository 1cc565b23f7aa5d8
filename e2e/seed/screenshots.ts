import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import pg from "pg";
import sharp from "sharp";
import { type SeededControlPlane, startSeeded } from "./control-plane.ts";
import { type Ask, type Visit, visitsOf } from "./pages.ts";
import type { Variant } from "./seed.ts";

/** A Friday evening: the same on every machine and in every year, so that pictures are, too. */
const present = new Date("2026-11-27T17:20:00.000Z");
const themes = ["light", "dark"] as const;
const widths = [1440, 390] as const;
const heights = { 1440: 1000, 390: 844 };
const tallest = { 1440: 1500, 390: 1800 };

/**
 * Makes pictures of the pages whose name holds `only`, in every theme and width, with one seeded variant, into
 * `folder/<variant>/<page>-<theme>-<width>.webp`; answers what was wrong with the pages it saw.
 */
export async function makeScreenshots(call: {
  browser: Browser;
  variant: Variant;
  folder: string;
  only?: string;
  say: (line: string) => void;
}): Promise<string[]> {
  const { browser, variant, folder, only = "", say } = call;
  const seeded = await startSeeded({ variant, now: present, frozen: true, say });
  const problems: string[] = [];
  const into = join(folder, variant);
  if (!only) rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  try {
    const visits = visitsOf(await remarkable(seeded)).filter(({ name }) => name.includes(only));
    for (const theme of themes)
      for (const width of widths) {
        const pages = new Map<Visit["who"], Page>();
        for (const visit of visits) {
          if (!pages.has(visit.who))
            pages.set(visit.who, await openPage(seeded, browser, visit.who, theme, width));
          const page = pages.get(visit.who)!;
          const file = join(into, `${visit.name}-${theme}-${width}.webp`);
          const problem = await picture(page, visit, width, file);
          if (problem) problems.push(`${variant} ${visit.name} ${theme} ${width}: ${problem}`);
        }
        for (const page of pages.values()) await page.context().close();
        say(`${variant}: ${visits.length} pages, ${theme}, ${width} wide`);
      }
  } finally {
    await seeded.stop();
  }
  return problems;
}

async function openPage(
  seeded: SeededControlPlane,
  browser: Browser,
  who: Visit["who"],
  colorScheme: (typeof themes)[number],
  width: (typeof widths)[number],
): Promise<Page> {
  const viewport = { width, height: heights[width] };
  const context = await seeded.open(browser, who, { viewport, colorScheme, reducedMotion: "reduce" });
  return context.newPage();
}

/** Takes one picture; answers what is wrong with the page. */
async function picture(page: Page, visit: Visit, width: (typeof widths)[number], file: string) {
  const errors: string[] = [];
  const onError = (error: Error) => errors.push(error.message);
  page.on("pageerror", onError);
  const answer = await page.goto(visit.path, { waitUntil: "load" });
  await page
    .locator("h1")
    .first()
    .waitFor({ timeout: 20_000 })
    .catch(() => errors.push("has no heading"));
  await page.evaluate(() => document.fonts.ready);
  // Until what the page asks for by itself has come and is painted; its stream of events never ends.
  await page
    .locator("[aria-busy=true], [role=status][aria-label=Loading]")
    .first()
    .waitFor({ state: "detached", timeout: 10_000 })
    .catch(() => errors.push("still busy"));
  await page.waitForLoadState("networkidle", { timeout: 1500 }).catch(() => {});
  const { height, overflow } = await page.evaluate(() => {
    const { scrollHeight, scrollWidth, clientWidth } = document.documentElement;
    return { height: scrollHeight, overflow: scrollWidth - clientWidth };
  });
  if (answer && answer.status() >= 400) errors.push(`answered ${answer.status()}`);
  if (overflow > 0) errors.push(`scrolls sideways by ${overflow} px`);
  await page.setViewportSize({ width, height: Math.min(tallest[width], Math.max(heights[width], height)) });
  const png = await page.screenshot({ animations: "disabled", caret: "hide" });
  await page.setViewportSize({ width, height: heights[width] });
  await sharp(png).webp({ quality: 55, effort: 5, smartSubsample: true }).toFile(file);
  page.off("pageerror", onError);
  return errors.join("; ");
}

/** Clusters and pull requests worth a picture, by what is remarkable about them. */
async function remarkable({
  slug,
  environments,
  ownerUrl,
  organizationId,
}: SeededControlPlane): Promise<Ask> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query("select set_config('plumbline.organization', $1, false)", [organizationId]);
    const firsts = async (sql: string) =>
      Object.fromEntries(
        (await owner.query<{ name: string; id: string }>(sql)).rows.map((row) => [row.name, row.id]),
      );
    const clusters = await firsts(`
      select distinct on (1) case when connected_at is null then 'waiting' when silent then 'silent'
        when invalid <> '[]' then 'invalid' else 'connected' end as name, id from clusters order by 1, name`);
    const pullRequests = await firsts(`
      select distinct on (1) case when proven then 'proven' else coalesce(failure, status) end as name, id
      from pull_requests order by 1, requested_at desc`);
    return { slug, environments, clusters, pullRequests };
  } finally {
    await owner.end();
  }
}

/** How large a folder of pictures is, in bytes. */
export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
