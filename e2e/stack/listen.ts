import type { Page } from "@playwright/test";

/** Listens to a page from now on; answers address, headers and body of each response that came, on asking. */
export function listenTo(page: Page, origin: string): () => Promise<Map<string, string>> {
  const bodies = new Map<string, string>();
  const underWay = new Set<Promise<void>>();
  let number = 0;
  page.on("response", (response) => {
    if (!response.url().startsWith(origin) || response.url().includes("/api/events")) return;
    const place = `${++number} ${response.url()}`;
    const headers = JSON.stringify(response.headers());
    const reading = response
      .body()
      // Redirects have none, and a page that was left takes its unread ones with it.
      .catch(() => Buffer.alloc(0))
      .then((body) => {
        bodies.set(place, `${headers}\n${body.toString("utf8")}`);
        underWay.delete(reading);
      });
    underWay.add(reading);
  });
  return async () => {
    await Promise.all(underWay);
    return bodies;
  };
}

/** Reads the live events of an organization as the page's viewer does, until told to stop; answers what came. */
export async function liveEvents(page: Page, origin: string, organization: string) {
  const leaving = new AbortController();
  const cookies = (await page.context().cookies(origin)).map(({ name, value }) => `${name}=${value}`);
  const answer = await fetch(`${origin}/api/events?organization=${organization}`, {
    headers: { cookie: cookies.join("; ") },
    signal: leaving.signal,
  });
  if (!answer.ok || !answer.body) throw new Error(`The live events answered ${answer.status}`);
  let text = "";
  const reading = (async () => {
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })().catch(() => undefined);
  return async () => {
    leaving.abort();
    await reading;
    return text;
  };
}
