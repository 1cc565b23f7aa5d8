import type { BrowserContext } from "@playwright/test";

/** What the browser notes, in milliseconds of the clock that all of this machine share. */
export type Noted = { kind: "event" | "fetched" | "painted"; at: number; mark?: string };

/**
 * Has every page of the context note when a live event came, when an answer to a question about environments was
 * read, and when the frame in which a text first stood on the page had been drawn.
 */
export async function noteIn(context: BrowserContext, hear: (noted: Noted) => void): Promise<void> {
  await context.exposeBinding("__noted", (_, noted: Noted) => hear(noted));
  await context.addInitScript(() => {
    const tell = (kind: string, mark?: string) =>
      (globalThis as unknown as { __noted(noted: object): void }).__noted({
        kind,
        mark,
        at: performance.timeOrigin + performance.now(),
      });
    const Original = globalThis.EventSource;
    globalThis.EventSource = class extends Original {
      constructor(url: string | URL, options?: EventSourceInit) {
        super(url, options);
        this.addEventListener("message", () => tell("event"));
      }
    };
    const ask = globalThis.fetch;
    globalThis.fetch = async (...call) => {
      const answer = await ask(...call);
      if (!String(call[0]).includes("/environments/")) return answer;
      const text = await answer.clone().text();
      for (const [mark] of text.matchAll(/by-hand-\d+/g)) tell("fetched", mark);
      return answer;
    };
    const painted = new Set<string>();
    const look = () => {
      for (const [mark] of (document.querySelector("main")?.textContent ?? "").matchAll(/by-hand-\d+/g)) {
        if (painted.has(mark)) continue;
        painted.add(mark);
        // After the next frame has been handed over, and not before it.
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => tell("painted", mark);
          channel.port2.postMessage(null);
        });
      }
    };
    addEventListener("DOMContentLoaded", () =>
      new MutationObserver(look).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      }),
    );
  });
}
