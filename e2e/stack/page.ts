import type { Page } from "@playwright/test";

/** Goes to an address and waits until what it asks for by itself is there. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settled(page);
}

/** Waits until a page has its sentence and nothing of it is still loading; its stream of events never ends. */
export async function settled(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(
    () => document.querySelector('[aria-busy="true"], [role="status"][aria-label="Loading"]') === null,
  );
  await page.evaluate(() => document.fonts.ready);
}
