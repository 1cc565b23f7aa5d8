import { createHash } from "node:crypto";
import type { Octokit } from "@octokit/rest";

/** An answer that was given before, and the tag by which the host tells whether it still holds. */
type Kept = { etag: string; url: string; link: string | undefined; body: string };

const MOST_TOKENS = 50;
const MOST_ANSWERS = 200;
const MOST_BYTES = 1 << 20;
const MOST_OF_ONE = MOST_BYTES / 8;

/** What one token was answered, the longest unused first; never more than its share. */
class Answers {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  find(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
    }
    return kept;
  }

  keep(key: string, answer: Kept) {
    this.#drop(key);
    if (answer.body.length > MOST_OF_ONE) return;
    this.#kept.set(key, answer);
    this.#bytes += answer.body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= MOST_BYTES && this.#kept.size <= MOST_ANSWERS) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string) {
    this.#bytes -= this.#kept.get(key)?.body.length ?? 0;
    this.#kept.delete(key);
  }
}

const tokens = new Map<string, Answers>();

function answersOf(holder: string): Answers {
  const name = createHash("sha256").update(holder).digest("hex");
  const answers = tokens.get(name) ?? new Answers();
  tokens.delete(name);
  tokens.set(name, answers);
  if (tokens.size > MOST_TOKENS) tokens.delete(tokens.keys().next().value ?? "");
  return answers;
}

/**
 * Has a client ask for what it was answered before with that answer's ETag: where the host says that it still holds
 * (304, which costs nothing of its rate limit), the former answer is the answer. `holder` names the one token, or the
 * one installation, whose answers these are; no other is ever asked about or served with them.
 */
export function askConditionally(client: Octokit, holder: string): void {
  const answers = answersOf(holder);
  client.hook.wrap("request", async (request, options) => {
    const { method, url, headers } = client.request.endpoint(options);
    if (method !== "GET" || options.headers?.["if-none-match"] !== undefined) return request(options);
    const key = `${headers.accept ?? ""} ${url}`;
    const known = answers.find(key);
    // The hooks below are bound to these very options.
    if (known) options.headers = { ...options.headers, "if-none-match": known.etag };
    try {
      const response = await request(options);
      const { etag, link } = response.headers;
      const body =
        etag && response.status === 200 && isJson(response.data) ? JSON.stringify(response.data) : null;
      if (etag && body !== null) answers.keep(key, { etag, url: response.url, link, body });
      return response;
    } catch (error) {
      if (!known || (error as { status?: unknown }).status !== 304) throw error;
      const { response } = error as { response?: { headers?: Record<string, string> } };
      const { link } = known;
      return {
        status: 200,
        url: known.url,
        headers: { ...response?.headers, etag: known.etag, ...(link === undefined ? {} : { link }) },
        data: JSON.parse(known.body),
      };
    }
  });
}

const isJson = (data: unknown) => typeof data === "object" && data !== null && !(data instanceof ArrayBuffer);
