import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import { Agent, request } from "undici";
import { mayReach } from "./addresses.ts";

const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 10_000;

/** What came back, at most 64 kB of it; or why nothing did, in a sentence that names the host and nothing secret. */
export type Answer =
  | { ok: true; status: number; headers: Record<string, string>; body: string }
  | { ok: false; problem: string; retryable: boolean };

/** One request to an address that somebody typed in. */
export type GuardedRequest = {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Inside networks, addresses and hosts that may be reached: PLUMBLINE_ALLOW_PRIVATE_ADDRESSES. */
  allowed: readonly string[];
  /** For all of it, name resolution included; 10 s when left out. */
  timeoutMs?: number;
  /** The system's resolver when left out. */
  resolve?: (host: string) => Promise<{ address: string; family: number }[]>;
};

/** Thrown into the connection by the check of what a name resolved to. */
class RefusedAddress extends Error {}

/**
 * Posts once, without following a redirect and without a proxy. The name is resolved once, every address it has is
 * checked, and the connection is made to one of exactly those: a name that changes its mind meanwhile gains nothing.
 */
export async function guardedPost(asked: GuardedRequest): Promise<Answer> {
  const url = new URL(asked.url);
  const problem = refusalOfUrl(url, asked.allowed);
  if (problem) return { ok: false, problem, retryable: false };
  const agent = new Agent({
    pipelining: 0,
    connect: { lookup: checkedLookup(asked), allowH2: false, timeout: asked.timeoutMs ?? TIMEOUT_MS },
    // A connection of its own for each message: none is kept open to a receiver, or shared between organizations.
    connections: 1,
  });
  const signal = AbortSignal.timeout(asked.timeoutMs ?? TIMEOUT_MS);
  try {
    const { statusCode, headers, body } = await request(url, {
      method: "POST",
      dispatcher: agent,
      headers: { "user-agent": "plumbline", ...asked.headers },
      body: asked.body,
      signal,
    });
    const text = await readAtMost(body, MAX_BYTES);
    if (statusCode >= 300 && statusCode < 400) return redirected(url.host, statusCode);
    return { ok: true, status: statusCode, headers: flat(headers), body: text };
  } catch (error) {
    return failureOf(error, url.host, signal.aborted);
  } finally {
    await agent.destroy();
  }
}

/** Why an address cannot be posted to whatever it resolves to; null where only the resolution can tell. */
export function refusalOfUrl(url: URL, allowed: readonly string[]): string | null {
  const host = bare(url.hostname);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return `${url.protocol} is not an address of the web: use https://.`;
  if (isIP(host) && !mayReach(host, host, allowed)) return inside(url.host);
  // Unencrypted only to what the operator has named: a signature does not keep a message secret.
  const named =
    allowed.includes(host) || host === "localhost" || (isIP(host) > 0 && !mayReach(host, host, []));
  if (url.protocol === "http:" && !named) return `${url.host} would be posted to unencrypted: use https://.`;
  return null;
}

function checkedLookup({ allowed, resolve = resolveAll }: GuardedRequest): LookupFunction {
  return (host, options, done) => {
    resolve(host).then(
      (found) => {
        const refused = found.length === 0 || found.some(({ address }) => !mayReach(address, host, allowed));
        const first = found[0];
        if (refused || !first) done(new RefusedAddress(host), [], 0);
        else if (options.all) done(null, found, 0);
        else done(null, first.address, first.family);
      },
      (error) => done(error, [], 0),
    );
  };
}

const resolveAll = (host: string) => lookup(host, { all: true });
const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, "");
const inside = (host: string) =>
  `${host} is an inside address, which Plumbline does not post to; whoever operates Plumbline can name it in PLUMBLINE_ALLOW_PRIVATE_ADDRESSES.`;

function redirected(host: string, status: number): Answer {
  const problem = `${host} answered ${status}, a redirect, which is not followed: give the channel the final address.`;
  return { ok: false, problem, retryable: false };
}

/** What came of an answer's body: its status stands whether or not the rest of it arrives. */
async function readAtMost(body: AsyncIterable<Uint8Array>, bytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of body) {
      parts.push(part);
      length += part.byteLength;
      // Leaving the loop destroys the rest of the answer.
      if (length >= bytes) break;
    }
  } catch {
    // Cut off or too slow.
  }
  return Buffer.concat(parts).subarray(0, bytes).toString("utf8");
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]),
  );
}

function failureOf(error: unknown, host: string, timedOut: boolean): Answer {
  // With several addresses tried, what refused or failed stands inside.
  const causes = error instanceof AggregateError ? error.errors : [error];
  if (causes.some((cause) => cause instanceof RefusedAddress))
    return { ok: false, problem: inside(host), retryable: false };
  if (timedOut)
    return { ok: false, problem: `${host} did not answer in time; it is tried again.`, retryable: true };
  const code = causes
    .map((cause) => (cause as { code?: unknown }).code)
    .find((each) => typeof each === "string");
  return { ok: false, problem: sentenceOf(host, String(code ?? "")), retryable: true };
}

function sentenceOf(host: string, code: string): string {
  if (code === "ENOTFOUND") return `${host} is not a name that resolves: check the channel's address.`;
  if (code === "EAI_AGAIN") return `${host} could not be resolved just now; it is tried again.`;
  if (code === "ECONNREFUSED")
    return `${host} refused the connection: check that the receiver runs; it is tried again.`;
  if (/CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO_|EPROTO/.test(code))
    return `${host} has no certificate that can be trusted (${code}): give it one for this name.`;
  return `${host} could not be reached${code ? ` (${code})` : ""}; it is tried again.`;
}
