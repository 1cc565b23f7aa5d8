import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import pg from "pg";
import sharp from "sharp";
import type { SeededControlPlane } from "./control-plane.ts";
import { type Ask, type Visit, visitsOf } from "./pages.ts";

/** A Friday evening: the same on every machine and in every year, so that pictures are, too. */
export const present = new Date("2026-11-27T17:20:00.000Z");
const themes = ["light", "dark"] as const;
const widths = [1440, 390] as const;
const heights = { 1440: 1000, 390: 844 };
const tallest = { 1440: 1300, 390: 1600 };

type Width = (typeof widths)[number];

/**
 * Makes pictures of the pages whose name holds `only`, in every theme and width, into
 * `folder/<page>-<theme>-<width>.webp`; answers what was wrong with the pages it saw.
 */
export async function makeScreenshots(call: {
  seeded: SeededControlPlane;
  browser: Browser;
  folder: string;
  only: string;
  say: (line: string) => void;
}): Promise<string[]> {
  const { browser, seeded, folder, only, say } = call;
  if (!only) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const visits = visitsOf(await remarkable(seeded)).filter(({ name }) => name.includes(only));
  const problems: string[] = [];
  for (const width of widths) {
    const pages = new Map<Visit["who"], Page>();
    for (const visit of visits) {
      if (!pages.has(visit.who)) pages.set(visit.who, await openPage(seeded, browser, visit.who, width));
      const page = pages.get(visit.who)!;
      const wrong = await visited(page, visit, width);
      for (const theme of themes)
        await picture(page, theme, width, join(folder, `${visit.name}-${theme}-${width}.webp`));
      problems.push(...wrong.map((one) => `${visit.path}, ${width} wide: ${one}`));
    }
    for (const page of pages.values()) await page.context().close();
    say(`${visits.length} pages, ${width} wide`);
  }
  return problems;
}

async function openPage(
  seeded: SeededControlPlane,
  browser: Browser,
  who: Visit["who"],
  width: Width,
): Promise<Page> {
  const viewport = { width, height: heights[width] };
  const context = await seeded.open(browser, who, { viewport, reducedMotion: "reduce" });
  return context.newPage();
}

/** Opens a page and waits until it is all there; answers what is wrong with it. */
async function visited(page: Page, visit: Visit, width: Width): Promise<string[]> {
  const errors: string[] = [];
  const onError = (error: Error) => errors.push(error.message);
  page.on("pageerror", onError);
  await page.setViewportSize({ width, height: heights[width] });
  const answer = await page.goto(visit.path, { waitUntil: "load" });
  await page
    .locator("h1")
    .first()
    .waitFor({ timeout: 20_000 })
    .catch(() => errors.push("has no heading"));
  // Once its scripts are awake: what waits for them looks different before.
  const awake = () =>
    Object.keys(document.querySelector("h1") ?? {}).some((key) => key.startsWith("__reactFiber"));
  await page.waitForFunction(awake, undefined, { timeout: 20_000 }).catch(() => errors.push("never woke up"));
  await page
    .locator("[aria-busy=true], [role=status][aria-label=Loading]")
    .first()
    .waitFor({ state: "detached", timeout: 10_000 })
    .catch(() => errors.push("is still loading after ten seconds"));
  await page.evaluate(() => document.fonts.ready);
  if (answer && answer.status() >= 400) errors.push(`answered ${answer.status()}`);
  const { height, overflow } = await page.evaluate(() => {
    const { scrollHeight, scrollWidth, clientWidth } = document.documentElement;
    return { height: scrollHeight, overflow: scrollWidth - clientWidth };
  });
  if (overflow > 0) errors.push(`scrolls sideways by ${overflow} px`);
  const enough = Math.min(tallest[width], Math.max(heights[width], height));
  if (enough !== heights[width]) await page.setViewportSize({ width, height: enough });
  page.off("pageerror", onError);
  return errors;
}

async function picture(page: Page, theme: (typeof themes)[number], width: Width, file: string) {
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name;
  }, theme);
  const png = await page.screenshot({ animations: "disabled", caret: "hide" });
  const quality = width === 390 ? 52 : 42;
  await sharp(png).webp({ quality, effort: 4, smartSubsample: true }).toFile(file);
}

/** Clusters and pull requests worth a picture, by what is remarkable about them. */
export async function remarkable({
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
