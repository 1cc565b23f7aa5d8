import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { type SeededControlPlane, startSeeded } from "./seed/control-plane.ts";
import { type Visit, visitsOf } from "./seed/pages.ts";
import { present, remarkable } from "./seed/screenshots.ts";
import type { Variant } from "./seed/seed.ts";
import { open, settled } from "./stack/page.ts";

const sizes = { 1440: { width: 1440, height: 900 }, 390: { width: 390, height: 844 } };

/** What axe calls serious or critical, a sentence for each element. */
async function grave(page: Page, only?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (only ? axe.withRules(only) : axe).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary?.replaceAll("\n", " ")}`),
    );
}

/** Looks at what is on the screen: in light with every rule, wide and narrow; in dark with that of colours. */
async function look(page: Page, name: string) {
  for (const width of [1440, 390] as const) {
    await page.setViewportSize(sizes[width]);
    // Colours are of the theme, not of the width.
    for (const colorScheme of width === 1440 ? (["light", "dark"] as const) : (["light"] as const)) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
      const found = await grave(page, colorScheme === "dark" ? ["color-contrast"] : undefined);
      expect.soft(found, `${name}, ${width} wide, ${colorScheme}`).toEqual([]);
    }
  }
}

for (const variant of ["plenty", "nothing"] satisfies Variant[])
  test.describe(`with ${variant}`, () => {
    let seeded: SeededControlPlane;
    let visits: Visit[];
    test.beforeAll(async () => {
      test.setTimeout(600_000);
      seeded = await startSeeded({ variant, now: present, frozen: true });
      visits = visitsOf(await remarkable(seeded));
    });
    test.afterAll(() => seeded?.stop());

    test("axe finds nothing serious on any page", async ({ browser }) => {
      test.setTimeout(1_200_000);
      const contexts = new Map<Visit["who"], BrowserContext>();
      for (const { name, path, who } of visits) {
        if (!contexts.has(who)) contexts.set(who, await seeded.open(browser, who, { colorScheme: "light" }));
        const page = await contexts.get(who)!.newPage();
        await page.goto(path);
        await settled(page);
        await look(page, name);
        await page.close();
      }
      for (const context of contexts.values()) await context.close();
    });

    test("nor in what opens over a page", async ({ browser }) => {
      const context = await seeded.open(browser, "member", { colorScheme: "light" });
      const page = await context.newPage();
      await open(page, `/${seeded.slug}`);
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
      await look(page, "the palette");
      await page.keyboard.type("quotes");
      await expect(
        page
          .getByRole("dialog")
          .getByText(/Environments|Nothing here/)
          .first(),
      ).toBeVisible();
      await look(page, "the palette with results");
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
      await look(page, "the sheet of keys");
      await page.keyboard.press("Escape");
      await page.setViewportSize(sizes[390]);
      await page.getByRole("button", { name: "Menu" }).press("Enter");
      await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
      expect(await grave(page), "the menu").toEqual([]);
      await page.setViewportSize(sizes[1440]);
      if (variant === "plenty")
        for (const name of ["Roll back…", "Suspend…"]) {
          await open(page, `/${seeded.slug}/environments/eu-west-1-prod/quotes`);
          const button = page.getByRole("main").getByRole("button", { name, exact: true });
          if ((await button.count()) === 0) continue;
          await button.press("Enter");
          await expect(page.getByRole("dialog")).toBeVisible();
          await look(page, name);
        }
      await context.close();
    });
  });

test("axe is asked, and answers: a page with faults has them told", async ({ page }) => {
  await page.setContent(
    '<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"><p style="color:#ccc;background:#fff">pale</p></main></html>',
  );
  const found = await grave(page);
  expect(found.join("\n")).toMatch(/image-alt/);
  expect(found.join("\n")).toMatch(/color-contrast/);
});
