import { gzipSync } from "node:zlib";
import type { BrowserContext, Page } from "@playwright/test";
import { median } from "./numbers.ts";

/** What the first visit of a page transfers and how soon its largest part is painted. Bytes. */
export type Visit = {
  scriptTransferred: number;
  scriptDecoded: number;
  /** The rows and facts of the page: React's payload in the document, and JSON. */
  data: number;
  dataCompressed: number;
  document: number;
  documentTransferred: number;
  lcpMs: number;
};

/** Opens a page for the first time, as nobody had been here before, and counts what comes. */
export async function firstVisit(context: BrowserContext, url: string): Promise<Visit> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const kinds = new Map<string, { type: string; mime: string; decoded: number; transferred: number }>();
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    kinds.set(requestId, { type, mime: response.mimeType, decoded: 0, transferred: 0 });
  });
  session.on("Network.dataReceived", ({ requestId, dataLength }) => {
    const one = kinds.get(requestId);
    if (one) one.decoded += dataLength;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const one = kinds.get(requestId);
    if (one) one.transferred = encodedDataLength;
  });
  const json: Promise<string>[] = [];
  page.on("response", (response) => {
    if (
      new URL(response.url()).pathname.startsWith("/api/") &&
      /json/.test(response.headers()["content-type"] ?? "")
    )
      json.push(response.text().catch(() => ""));
  });
  const answer = await page.goto(url, { waitUntil: "load" });
  const html = (await answer?.text()) ?? "";
  const lcpMs = await largestPaint(page);
  // A page that says what is wrong is small and quick, and none of those that are measured.
  if ((await page.getByText("This page could not be made").count()) > 0)
    throw new Error(`${url}: this page could not be made`);
  await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
  const flight = [...html.matchAll(/self\.__next_f\.push\((\[[\s\S]*?\])\)<\/script>/g)].map(([, text]) =>
    String((JSON.parse(text!) as unknown[])[1] ?? ""),
  );
  const data = [...flight, ...(await Promise.all(json))].join("");
  const sum = (type: string, what: "decoded" | "transferred") =>
    [...kinds.values()].filter((one) => one.type === type).reduce((total, one) => total + one[what], 0);
  const visit = {
    scriptTransferred: sum("Script", "transferred"),
    scriptDecoded: sum("Script", "decoded"),
    data: Buffer.byteLength(data),
    dataCompressed: gzipSync(data).byteLength,
    document: sum("Document", "decoded"),
    documentTransferred: sum("Document", "transferred"),
    lcpMs,
  };
  await page.close();
  return visit;
}

/** The largest contentful paint so far, once nothing larger has come for half a second. */
function largestPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let last = 0;
        let timer = setTimeout(() => resolve(last), 2000);
        new PerformanceObserver((list) => {
          last = list.getEntries().at(-1)?.startTime ?? last;
          clearTimeout(timer);
          timer = setTimeout(() => resolve(last), 500);
        }).observe({ type: "largest-contentful-paint", buffered: true });
      }),
  );
}

/** Several first visits; the medians. */
export async function visits(
  visit: () => Promise<BrowserContext>,
  url: string,
  times: number,
): Promise<Visit> {
  const all: Visit[] = [];
  for (let n = 0; n < times; n += 1) {
    const context = await visit();
    all.push(await firstVisit(context, url));
    await context.close();
  }
  const of = (key: keyof Visit) => median(all.map((one) => one[key]));
  return Object.fromEntries(Object.keys(all[0]!).map((key) => [key, of(key as keyof Visit)])) as Visit;
}
