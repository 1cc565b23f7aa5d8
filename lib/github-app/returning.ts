import type { Context } from "../auth/context.ts";
import { signedInBy } from "../auth/cookie.ts";
import type { SignedIn } from "../auth/sessions.ts";
import { env } from "../env.ts";
import { failureOf } from "../http/respond.ts";
import { endFlow, type Purpose } from "./flow.ts";
import { type GithubReturn, RETURN_COOKIE } from "./schemas.ts";

type Work = (call: { ctx: Context; code: string }) => Promise<string>;

/**
 * A route that GitHub sends a browser back to: checks and spends the state, does the work, and leads to the
 * page Repositories with what came of it.
 */
export function returningRoute(
  works: Partial<Record<Purpose, Work>>,
): (request: Request) => Promise<Response> {
  const purposes = Object.keys(works) as Purpose[];
  return async (request) => {
    const query = new URL(request.url).searchParams;
    const state = query.get("state") ?? "";
    const address = request.headers.get("x-plumbline-address");
    let slug = "";
    try {
      const signedIn = await signedInBy(request.headers.get("cookie"));
      // Where to say it, not yet whether to believe it.
      slug = slugOf(signedIn, state.slice(0, 36));
      const { ctx, purpose } = await endFlow({ signedIn, state, purposes, address });
      const code = query.get("code");
      if (!code) return away(slug, { problem: declined(query, purpose) });
      return away(slug, { done: (await works[purpose]?.({ ctx, code })) ?? "" });
    } catch (error) {
      return away(slug, { problem: failureOf(error).body.error.message });
    }
  };
}

/** Without a code nobody has agreed to anything: an owner may have been asked to install the App first. */
function declined(query: URLSearchParams, purpose: Purpose): string {
  if (purpose === "identity") return "GitHub sent no code, so that nothing was connected. Begin again.";
  return query.get("setup_action") === "request"
    ? "The account's owner was asked on GitHub to install the App. Once that is done, choose “Connect what it is installed on”."
    : "GitHub sent no code: choose “Connect what it is installed on” to go on, or begin again.";
}

const slugOf = (signedIn: SignedIn | null, id: string) =>
  signedIn?.organizations.find((one) => one.id === id)?.slug ?? "";

function away(slug: string, said: GithubReturn): Response {
  const path = slug ? `/${encodeURIComponent(slug)}/repositories` : "/";
  const headers = new Headers({ location: `${env().PLUMBLINE_URL}${path}`, "cache-control": "no-store" });
  // Not in the address: a link could make the page say anything.
  const value = encodeURIComponent(JSON.stringify(said));
  headers.append("set-cookie", `${RETURN_COOKIE}=${value}; Path=${path}; Max-Age=30; HttpOnly; SameSite=Lax`);
  return new Response(null, { status: 303, headers });
}
