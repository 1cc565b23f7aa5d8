import { expect, type Page, test } from "@playwright/test";
import pg from "pg";
import { type SeededControlPlane, startSeeded } from "./seed/control-plane.ts";
import { open } from "./stack/page.ts";

let seeded: SeededControlPlane;
let owner: pg.Client;
test.beforeAll(async () => {
  test.setTimeout(600_000);
  seeded = await startSeeded({ variant: "plenty" });
  owner = new pg.Client({ connectionString: seeded.ownerUrl });
  await owner.connect();
});
test.afterAll(async () => {
  await owner?.end();
  await seeded?.stop();
});

/** Makes an environment drift, or converge, as a recorded report does: the row, and the event that tells of it. */
async function become(state: "Diverged" | "Converged", row: Row) {
  const { rowCount } = await owner.query(
    `with changed as (
      update environments e set state = $3, causes = $4::text[], state_since = now(), summary = $5
      from clusters c where c.id = e.cluster_id and e.organization_id = $1 and e.name || ' ' || c.name = $2 returning e.id)
    select pg_notify('plumbline', jsonb_build_object('kind', 'live', 'organizationId', $1::text,
      'events', jsonb_build_array(jsonb_build_object('topic', 'environment', 'id', id)))::text) from changed`,
    [
      seeded.organizationId,
      `${row.name} ${row.cluster}`,
      state,
      state === "Diverged" ? ["drift"] : [],
      state === "Diverged" ? "ConfigMap/by-hand level info → debug, by kubectl edit" : "",
    ],
  );
  expect(rowCount).toBe(1);
}

type Row = { name: string; cluster: string; top: number };

/** The rows that are drawn, from top to bottom, each with its place in the window. */
const rowsOf = (page: Page) =>
  page.getByRole("main").evaluate((main) =>
    [...main.querySelectorAll("tr[data-row]:not([aria-busy])")].map((row): Row => {
      const link = row.querySelector("a[href*='/environments/']")!;
      const [cluster, name] = new URL((link as HTMLAnchorElement).href).pathname.split("/").slice(-2);
      return { name: name!, cluster: cluster!, top: Math.round(row.getBoundingClientRect().top) };
    }),
  );

test("what changes is marked where it stands; nothing moves under the pointer until one asks for it", async ({
  browser,
}) => {
  const context = await seeded.open(browser);
  const page = await context.newPage();
  // Which rows were marked, in their order.
  await page.addInitScript(() => {
    const marked: string[] = [];
    Object.assign(globalThis, { marked });
    addEventListener("animationstart", ({ target, animationName }) => {
      if (animationName !== "mark") return;
      const link = (target as Element).closest("tr")?.querySelector("a[href*='/environments/']");
      if (link)
        marked.push(new URL((link as HTMLAnchorElement).href).pathname.split("/").slice(-2).join("/"));
    });
  });
  await open(page, `/${seeded.slug}`);
  const list = page.getByRole("table", { name: "Environments" });
  await list.scrollIntoViewIfNeeded();
  const pointed = list.locator("tr[data-row]").nth(3);
  await pointed.hover();
  const before = await rowsOf(page);
  const wrong = before[0]!;
  const badge = (row: Row) =>
    list
      .locator("tr[data-row]")
      .filter({ has: page.locator(`a[href$="/environments/${row.cluster}/${row.name}"]`) });
  await expect(badge(wrong)).not.toContainText("Converged");
  // The last of the same group: its place is behind all that need a look.
  const well = before.findLast(({ cluster }) => cluster === wrong.cluster)!;
  await expect(badge(well)).toContainText("Converged");

  await test.step("a row changes in its place, is marked, and the order waits", async () => {
    await become("Converged", wrong);
    await expect(badge(wrong)).toContainText("Converged");
    await expect
      .poll(() => page.evaluate(() => (globalThis as unknown as { marked: string[] }).marked))
      .toEqual([`${wrong.cluster}/${wrong.name}`]);
    await become("Diverged", well);
    await expect(page.getByRole("button", { name: /changed, refresh the order$/ })).toBeVisible();
    expect(await rowsOf(page)).toEqual(before);
  });

  await test.step("asked for, the order is the new one", async () => {
    const refresh = page.getByRole("button", { name: /changed, refresh the order$/ });
    const placeOf = (row: Row, rows: Row[]) =>
      rows.findIndex(({ name, cluster }) => name === row.name && cluster === row.cluster);
    // What came while the order was read waits for another press.
    await expect(async () => {
      if (await refresh.isVisible()) await refresh.click();
      const now = await rowsOf(page);
      expect(placeOf(wrong, now)).not.toBe(0);
      expect(placeOf(well, now)).toBeLessThan(placeOf(well, before));
    }).toPass({ timeout: 30_000 });
  });

  await test.step("where nobody points at the list, it is taken over by itself", async () => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.evaluate(() => scrollTo(0, 0));
    await page.mouse.move(5, 5);
    const shown = await rowsOf(page);
    await become("Diverged", wrong);
    await expect
      .poll(async () => (await rowsOf(page)).map(({ name, cluster }) => `${cluster}/${name}`))
      .not.toEqual(shown.map(({ name, cluster }) => `${cluster}/${name}`));
    await expect(page.getByRole("button", { name: /changed, refresh the order$/ })).toHaveCount(0);
  });
  await context.close();
});

/** Soon: before any clock would ask again (30 s and a minute). */
const soon = { timeout: 10_000 };

test("what happens while a page is made, asked for or left is on it when one comes", async ({ browser }) => {
  const context = await seeded.open(browser);
  const page = await context.newPage();
  const list = page.getByRole("table", { name: "Environments" });
  const rowAt = (row: Row) =>
    list
      .locator("tr[data-row]")
      .filter({ has: page.locator(`a[href$="/environments/${row.cluster}/${row.name}"]`) });
  const link = (row: Row) => rowAt(row).locator("a[href*='/environments/']").first();

  await open(page, `/${seeded.slug}`);
  const one = (await rowsOf(page))[0]!;
  // In sight, whatever its state.
  const alone = `/${seeded.slug}?q=${one.name}`;
  const environment = `/environments/${one.cluster}/${one.name}`;
  const title = page.getByRole("main").locator("h1");
  const elsewhere = page.getByRole("navigation").getByRole("link", { name: /^Clusters/ });

  await test.step("between the making of the page and the beginning of its stream", async () => {
    await become("Converged", one);
    await page.route("**/api/events?*", async (route) => {
      await become("Diverged", one);
      await route.continue();
    });
    await open(page, alone);
    await page.unroute("**/api/events?*");
    await expect(rowAt(one)).toContainText("info → debug", soon);
  });

  await test.step("between the asking for the page and the press of its link", async () => {
    // The list may just be taking over an order, and the row move away under the pointer.
    await expect(async () => {
      await page.mouse.move(5, 5);
      const asked = page.waitForResponse(
        (answer) => answer.url().includes(environment) && !answer.request().headers()["next-router-prefetch"],
        { timeout: 3000 },
      );
      await link(one).hover();
      await asked;
    }).toPass({ timeout: 30_000 });
    // The router reads it to its end, and never tells that it has.
    await page.waitForTimeout(1000);
    await become("Converged", one);
    await expect(rowAt(one)).toContainText("Converged", soon);
    await link(one).click();
    await expect(title).toContainText("is what Git says", soon);
  });

  await test.step("while one is at another page", async () => {
    await elsewhere.click();
    await expect(page).toHaveURL(/\/clusters$/);
    await become("Diverged", one);
    await page.waitForTimeout(500);
    await page.goBack();
    await page.goBack();
    await expect(page).toHaveURL(alone);
    await expect(rowAt(one)).toContainText("info → debug", soon);
  });
  await context.close();
});
