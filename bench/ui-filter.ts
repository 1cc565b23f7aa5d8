import type { Page } from "@playwright/test";

const words = [
  "production",
  "payments-12",
  "eu-west-1-prod-7",
  "team:team-3",
  "alice",
  "quote cache",
  "service-41",
  "rotate issuer",
];

/** From each keystroke in the overview's filter until the rows that match what is typed by then are painted, in ms. */
export async function filterTimes(page: Page, rounds: number): Promise<number[]> {
  await page.evaluate(() => {
    const found = window as unknown as { pressed: number; painted: (filter: string) => Promise<number> };
    const input = document.querySelector<HTMLInputElement>("main input[type=search]")!;
    input.addEventListener("keydown", (event) => {
      found.pressed = event.timeStamp;
    });
    found.painted = (filter) =>
      new Promise((resolve) => {
        const isThere = () => document.querySelector(`main [data-filter="${CSS.escape(filter)}"]`) !== null;
        const look = () => {
          if (!isThere()) return false;
          observer.disconnect();
          // The frame that shows it has been drawn when the task after it runs.
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - found.pressed)));
          return true;
        };
        const observer = new MutationObserver(look);
        observer.observe(document.querySelector("main")!, {
          subtree: true,
          childList: true,
          attributes: true,
        });
        look();
      });
  });
  const times: number[] = [];
  const input = page.locator("main input[type=search]");
  for (let round = 0; round < rounds; round += 1) {
    const word = words[round % words.length]!;
    await input.focus();
    for (let length = 1; length <= word.length; length += 1) {
      const typed = word.slice(0, length).trim();
      // A space at the end asks for nothing new.
      const asks = word[length - 1] !== " ";
      const filter = new URLSearchParams({ q: typed }).toString();
      await page.keyboard.press(word[length - 1]!);
      if (asks) times.push(await painted(page, filter));
    }
    await input.fill("");
    await page.locator('main [data-filter=""]').waitFor();
  }
  return times;
}

const painted = (page: Page, filter: string) =>
  page.evaluate(
    (text) => (window as unknown as { painted: (filter: string) => Promise<number> }).painted(text),
    filter,
  );
