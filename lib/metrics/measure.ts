import type { ServerResponse } from "node:http";
import { AGENT_API } from "../protocol/version.ts";
import { openStreams, reportDuration, requestDuration, webhooks } from "./registry.ts";

/** The gateway's routes; anything else is `other`, so that a stranger cannot make labels. */
const routes = new Map([
  [`${AGENT_API}/session`, "session"],
  [`${AGENT_API}/reports`, "reports"],
  [`${AGENT_API}/manifests`, "manifests"],
  [`${AGENT_API}/hints`, "hints"],
  ["/api/events", "events"],
  ["/api/webhooks/github", "webhook"],
]);

/** Measures one request to the gateway until its answer is out; `streaming` says that it has become a stream. */
export function measureRequest(
  pathname: string,
  response: ServerResponse,
): { streaming: (kind: "agent" | "browser") => void } {
  const route = routes.get(pathname) ?? "other";
  const begun = performance.now();
  let kind: "agent" | "browser" | null = null;
  let closed = false;
  response.once("close", () => {
    closed = true;
    if (kind) return openStreams.dec({ kind });
    const code = response.writableFinished ? response.statusCode : 499;
    requestDuration.observe({ route, code }, (performance.now() - begun) / 1000);
  });
  return {
    streaming(of) {
      if (closed) return;
      kind = of;
      openStreams.inc({ kind });
    },
  };
}

/** Runs what records one report, and counts what it answers. */
export async function measureReport<T extends { result: { status: string } }>(
  record: () => Promise<T>,
): Promise<T> {
  const end = reportDuration.startTimer();
  try {
    const recorded = await record();
    end({ result: recorded.result.status });
    return recorded;
  } catch (error) {
    end({ result: "failed" });
    throw error;
  }
}

/** Runs what takes one webhook, and counts what became of it. */
export async function measureWebhook<T extends { status: string }>(take: () => Promise<T>): Promise<T> {
  try {
    const taken = await take();
    webhooks.inc({ result: taken.status });
    return taken;
  } catch (error) {
    webhooks.inc({ result: "refused" });
    throw error;
  }
}
