import { expect, type Page, test } from "@playwright/test";
import { parallel } from "../agent/apply/parallel.ts";
import { links, packed, payloads } from "./hostile/corpus.ts";
import { dealer, poison } from "./hostile/poison.ts";
import { type Deed, found, policyFaults, watch } from "./hostile/watch.ts";
import { type SeededControlPlane, startSeeded } from "./seed/control-plane.ts";
import { visitsOf } from "./seed/pages.ts";
import { present, remarkable } from "./seed/screenshots.ts";
import { settled } from "./stack/page.ts";

/** A page of an organization has far fewer rows than there are texts, so that each field gets all of them in turn. */
const rounds = 3;
const texts = packed();

let seeded: SeededControlPlane;
test.beforeAll(async () => {
  test.setTimeout(600_000);
  seeded = await startSeeded({ variant: "plenty", now: present, frozen: true });
});
test.afterAll(() => seeded?.stop());

test("the corpus is public, and larger than two hundred", () => {
  expect(payloads().length).toBeGreaterThanOrEqual(200);
  const all = texts.join(" ");
  expect(payloads().filter((payload) => payload.length < 700 && !all.includes(payload))).toEqual([]);
});

/** Opens what a page keeps closed: every tab, every fold. */
async function openAll(page: Page) {
  for (const tab of await page.getByRole("tab").all()) {
    await tab.click();
    await settled(page);
  }
  // Not by a press: what opens may lie over the next.
  await page.locator("details").evaluateAll((folds) => {
    for (const fold of folds.slice(0, 20)) (fold as HTMLDetailsElement).open = true;
  });
  await settled(page);
}

test("hostile texts in every field: nothing runs, nothing leaves, no link bites", async ({ browser }) => {
  test.setTimeout(900_000);
  const context = await seeded.open(browser, "member");
  const deeds = await watch(context, seeded.url);
  const faults: string[] = [];
  const nonces = new Set<string>();
  let pages = 0;
  let shown = 0;
  const look = async (path: string) => {
    const page = await context.newPage();
    const answer = await page.goto(path);
    const policy = answer?.headers()["content-security-policy"];
    faults.push(...policyFaults(policy).map((fault) => `${path}: ${fault}`));
    nonces.add(/'nonce-([^']+)'/.exec(policy ?? "")?.[1] ?? "");
    pages += 1;
    if ((answer?.status() ?? 500) >= 500) faults.push(`${path}: answered ${answer?.status()}`);
    await settled(page);
    if (await page.getByRole("heading", { name: "This page could not be made." }).count())
      faults.push(`${path}: could not be made`);
    await openAll(page);
    faults.push(...(await found(page, seeded.url)).map((fault) => `${path}: ${fault}`));
    if ((await page.getByRole("main").textContent())?.includes("alert(")) shown += 1;
    await page.close();
  };
  for (let round = 0; round < rounds; round += 1) {
    const addresses = round === rounds - 1;
    const ids = await remarkable(seeded);
    const fields = await poison({ ...seeded, deal: dealer(texts, round * 7), addresses });
    if (round === 0) expect(fields).toEqual(expect.arrayContaining(EXPECTED));
    // The tabs of an environment are opened on its page; only the graph has an address that no tab leads to.
    const paths = visitsOf(ids)
      .filter(({ path }) => !path.includes("?tab=") || path.includes("view=graph"))
      .filter(({ path, who }) => who === "member" && !(addresses && path.includes("/environments/")))
      .map(({ path }) => path);
    // A page waits more than it computes.
    await parallel(paths, 2, look);
    const page = await context.newPage();
    if (addresses) {
      await page.goto(`/${seeded.slug}/clusters`);
      const path = await hrefOf(page);
      if (path) await look(path);
    }
    await page.goto(`/${seeded.slug}`);
    await settled(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("alert");
    await expect(page.getByRole("option").first()).toContainText(/alert/i);
    faults.push(...(await found(page, seeded.url)).map((fault) => `palette: ${fault}`));
    await page.close();
  }
  expect(faults).toEqual([]);
  expect(deeds).toEqual([]);
  // They were there to be seen, and each page had a nonce of its own.
  expect(shown).toBeGreaterThan(pages / 2);
  expect(nonces.size).toBe(pages);
});

/** An environment's page, where its name and its cluster's are hostile. */
const hrefOf = (page: Page) =>
  page.locator('main a[href*="/environments/"]').first().getAttribute("href", { timeout: 10_000 });

/** Fields that people write or that come from repositories, clusters and webhooks: none of them may be left out. */
const EXPECTED = [
  ..."environments.labels environments.path environments.ref environments.reason environments.summary".split(
    " ",
  ),
  ..."environments.problem environments.suspended environments.held_reason repositories.url".split(" "),
  ..."repositories.name revisions.subject revisions.author revisions.author_email resources.ref".split(" "),
  ..."resources.changes resources.health_reason resources.source syncs.message syncs.objects".split(" "),
  ..."divergences.summary pull_requests.reason pull_requests.url pull_requests.problem".split(" "),
  ..."audit_events.details audit_events.actor_name audit_events.subject_name alerts.message".split(" "),
  ..."notification_channels.name notification_channels.config mutes.reason users.name".split(" "),
  ..."clusters.agent_version organizations.name".split(" "),
];

test("the watch can tell: a page that writes texts as they come is caught in every way", async ({
  browser,
}) => {
  const context = await seeded.open(browser, "member");
  const deeds = await watch(context, seeded.url);
  const unsafe = async (policy: string | null): Promise<{ deeds: Deed[]; faults: string[] }> => {
    deeds.length = 0;
    const page = await context.newPage();
    await page.route("**/unsafe", (route) =>
      route.fulfill({
        contentType: "text/html; charset=utf-8",
        headers: policy ? { "content-security-policy": policy } : {},
        body: `<!doctype html><title>unsafe</title><main><img src="https://evil.example/x.png" onerror="alert(1)">${payloads()
          .filter((payload) => !/<(?:plaintext|xmp|noscript|iframe|textarea|title|style|!--)/i.test(payload))
          .map((payload) => `<div>${payload}</div><a href="${payload.replaceAll('"', "&quot;")}">go</a>`)
          .join("\n")}</main>`,
      }),
    );
    await page.goto(`${seeded.url}/unsafe`, { waitUntil: "domcontentloaded" });
    await expect.poll(() => deeds.length).toBeGreaterThan(2);
    const faults = await found(page, seeded.url).catch(() => ["the page was left"]);
    await page.close();
    return { deeds: [...deeds], faults };
  };

  const open = await unsafe(null);
  const told = (of: Deed[]) => of.map(({ what }) => what).join("\n");
  expect(told(open.deeds)).toContain("ran a script: alert()");
  expect(told(open.deeds)).toContain("asked https://evil.example/x.png");
  expect(open.faults.join("\n")).toMatch(/onerror|the page was left/);
  for (const link of links.slice(0, 1)) expect(open.faults.join("\n")).toContain(link);

  const answer = await context.request.get(`${seeded.url}/${seeded.slug}`);
  const policy = answer.headers()["content-security-policy"]!;
  const held = await unsafe(policy);
  expect(told(held.deeds)).not.toContain("ran a script");
  expect(told(held.deeds)).toContain("the policy stopped");

  expect(policyFaults(policy)).toEqual([]);
  expect(policyFaults(undefined)).toHaveLength(1);
  expect(policyFaults(policy.replace("script-src ", "script-src 'unsafe-inline' "))).toHaveLength(1);
  await context.close();
});
