import type { Page } from "@playwright/test";

/** Where one goes, by the link that is pressed; the overview's first row stands for any environment. */
const steps: { to: string; link: string }[] = [
  { to: "an environment", link: "main tr[data-row] a[href]" },
  { to: "clusters", link: 'nav a[href$="/clusters"]' },
  { to: "a cluster", link: 'main a[href*="/clusters/"]:not([href$="/connect"])' },
  { to: "repositories", link: 'nav a[href$="/repositories"]' },
  { to: "pull requests", link: 'nav a[href$="/pull-requests"]' },
  { to: "alerts", link: 'nav a[href$="/alerts"]' },
  { to: "figures", link: 'nav a[href$="/figures"]' },
  { to: "audit", link: 'nav a[href$="/audit"]' },
  { to: "members", link: 'nav a[href$="/members"]' },
  { to: "the matrix", link: 'nav a[href$="/matrix"]' },
  { to: "the overview", link: 'nav a[href$="/bench"]:not([aria-label])' },
];

export type Step = { to: string; ms: number; round: number };

/**
 * Walks through the product, each step from the press of a link until the page it leads to stands there: its title,
 * and no placeholder of what is still to come.
 */
export async function routeTimes(page: Page, rounds: number): Promise<Step[]> {
  const times: Step[] = [];
  for (let round = 0; round < rounds; round += 1)
    for (const { to, link } of steps) {
      const target = page.locator(link).first();
      await target.waitFor();
      // As a person's would be, the pointer is there a moment before it presses.
      await target.hover();
      await page.waitForTimeout(120);
      const ms = await page.evaluate(
        (selector) =>
          new Promise<number>((resolve, reject) => {
            // A page may bring a main part of its own.
            const main = () => document.querySelector("main")!;
            const element = document.querySelector<HTMLElement>(selector)!;
            const before = main().querySelector("h1");
            const text = before?.textContent;
            let pressed = 0;
            const isThere = () => {
              const title = main().querySelector("h1");
              return (
                title !== null &&
                (title !== before || title.textContent !== text) &&
                !main().querySelector('[aria-label="Loading"], [aria-busy="true"], .breathe.bg-line')
              );
            };
            const timer = setTimeout(
              () =>
                reject(
                  new Error(
                    `${selector}: the page did not come within 20 s, at ${location.pathname}: ${main().textContent.slice(0, 400)}`,
                  ),
                ),
              20_000,
            );
            const look = () => {
              if (!isThere()) return;
              observer.disconnect();
              clearTimeout(timer);
              requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed)));
            };
            const observer = new MutationObserver(look);
            observer.observe(document.body, {
              subtree: true,
              childList: true,
              characterData: true,
              attributes: true,
            });
            pressed = performance.now();
            element.click();
          }),
        link,
      );
      times.push({ to, ms, round });
      await page.waitForTimeout(300);
    }
  return times;
}
