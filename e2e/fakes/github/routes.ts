import { ApiFailure, type Host } from "./host.ts";
import type { HostedRepository } from "./hosted-repository.ts";

/** One API call as a route sees it. */
export interface Call {
  host: Host;
  repository: HostedRepository;
  /** What the route's groups caught, decoded. */
  params: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** Who is calling; null without a token. */
  login: string | null;
}

/** What a route answers. */
export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** One route below `/repos/<owner>/<name>`. */
export interface Route {
  method: string;
  pattern: RegExp;
  handle(call: Call): Promise<Answer> | Answer;
}

export const route = (method: string, pattern: RegExp, handle: Route["handle"]): Route => ({
  method,
  pattern,
  handle,
});

export const ok = (body: unknown): Answer => ({ status: 200, body });

export const created = (body: unknown): Answer => ({ status: 201, body });

/** A string of the request's body, or GitHub's 422 when it is not one. */
export function textField(call: Call, name: string): string {
  const value = call.body[name];
  if (typeof value !== "string") throw new ApiFailure(422, `Invalid request.\n\n"${name}" wasn't supplied.`);
  return value;
}

/** One page of a list, with GitHub's `link` header. */
export function paged<T>(call: Call, all: T[], shown: (item: T) => unknown): Answer {
  const size = Math.min(100, Math.max(1, Number(call.query.get("per_page") ?? 30) || 30));
  const page = Math.max(1, Number(call.query.get("page") ?? 1) || 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const at = (n: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(n));
    return `<${call.host.apiUrl}/?${query}>; rel="${rel}"`;
  };
  const links = page < last ? [at(page + 1, "next"), at(last, "last")] : [];
  return {
    status: 200,
    body: all.slice((page - 1) * size, page * size).map(shown),
    ...(links.length > 0 ? { headers: { link: links.join(", ") } } : {}),
  };
}
