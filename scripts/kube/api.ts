import { setTimeout as pause } from "node:timers/promises";
import { Agent, request } from "undici";

/** A few raw calls to one kube-apiserver, enough to start it and see that it is ready. */
export interface KubeApi {
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, object: object): Promise<{ status: number; body: unknown }>;
  delete(path: string): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** Connects to a kube-apiserver with a bearer token. */
export function connect(server: string, caData: string, token: string): KubeApi {
  const dispatcher = new Agent({ connect: { ca: caData }, headersTimeout: 10_000, bodyTimeout: 10_000 });
  const call = async (method: "GET" | "POST" | "DELETE", path: string, object?: object) => {
    const response = await request(`${server}${path}`, {
      method,
      dispatcher,
      headers: { authorization: `Bearer ${token}`, ...(object && { "content-type": "application/json" }) },
      body: object && JSON.stringify(object),
    });
    const text = await response.body.text();
    const isJson = String(response.headers["content-type"]).startsWith("application/json");
    return { status: response.statusCode, body: isJson ? (JSON.parse(text) as unknown) : text };
  };
  return {
    get: (path) => call("GET", path),
    post: (path, object) => call("POST", path, object),
    delete: (path) => call("DELETE", path),
    close: () => dispatcher.destroy(),
  };
}

/** Polls until `check` answers true; `assertAlive` may throw to give up early. A check that throws counts as "not yet". */
export async function waitUntil(
  what: string,
  deadlineMs: number,
  assertAlive: () => void,
  check: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  let last: unknown;
  while (Date.now() < deadline) {
    assertAlive();
    try {
      if (await check()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await pause(50);
  }
  throw new Error(`${what}: not so after ${deadlineMs / 1000} s.`, { cause: last });
}
