import type { z } from "zod";
import type { Context } from "../auth/context.ts";
import { signedInBy } from "../auth/cookie.ts";
import { contextFor } from "../auth/organization-context.ts";
import type { SignedIn } from "../auth/sessions.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { failureOf } from "./respond.ts";

const maxBodyBytes = 256 * 1024;

type Params = Record<string, string>;
type Arguments<I> = {
  params: Params;
  query: URLSearchParams;
  input: I;
  request: Request;
  address: string | null;
};
type Handler = (request: Request, next: { params: Promise<Params> }) => Promise<Response>;
type Inputs<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : undefined;

/** A route of one organization, `/api/organizations/[org]/…`: signs in, finds the membership, parses, runs the verb. */
export function organizationRoute<S extends z.ZodType | undefined = undefined>(
  run: (call: Arguments<Inputs<S>> & { ctx: Context }) => Promise<unknown>,
  input?: S,
): Handler {
  return answer(input, async (call) => {
    const signedIn = await signedInBy(call.request.headers.get("cookie"));
    return run({ ...call, ctx: contextFor(signedIn, call.params.org ?? "", call.address) });
  });
}

/** A route for anybody signed in. */
export function personRoute<S extends z.ZodType | undefined = undefined>(
  run: (call: Arguments<Inputs<S>> & { signedIn: SignedIn }) => Promise<unknown>,
  input?: S,
): Handler {
  return answer(input, async (call) => {
    const signedIn = await signedInBy(call.request.headers.get("cookie"));
    if (!signedIn)
      throw new AppError(
        "unauthenticated",
        "You are not signed in, or your session has ended. Sign in again.",
      );
    return run({ ...call, signedIn });
  });
}

/** A route for anybody. */
export function publicRoute<S extends z.ZodType | undefined = undefined>(
  run: (call: Arguments<Inputs<S>>) => Promise<unknown>,
  input?: S,
): Handler {
  return answer(input, run);
}

function answer<S extends z.ZodType | undefined>(
  schema: S | undefined,
  run: (call: Arguments<Inputs<S>>) => Promise<unknown>,
): Handler {
  return async (request, { params }) => {
    try {
      if (request.method !== "GET" && request.method !== "HEAD") refuseForeign(request);
      const input = (schema ? schema.parse(await readJson(request)) : undefined) as Inputs<S>;
      const query = new URL(request.url).searchParams;
      const data = await run({ request, input, query, params: await params, address: addressOf(request) });
      if (data instanceof Response) return data;
      return Response.json({ ok: true, data: data ?? null }, { headers: { "cache-control": "no-store" } });
    } catch (error) {
      const { status, body } = failureOf(error);
      return Response.json(body, { status, headers: { "cache-control": "no-store" } });
    }
  };
}

/** A browser says where a write comes from; only our own pages may send one with the person's cookie. */
function refuseForeign(request: Request) {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const ours = [request.headers.get("host"), new URL(env().PLUMBLINE_URL).host];
  const sameHost = origin !== null && URL.canParse(origin) && ours.includes(new URL(origin).host);
  if (site === "same-origin" || (site === null && sameHost)) return;
  throw new AppError(
    "forbidden",
    "This request did not come from Plumbline's own pages. Reload the page and try again.",
  );
}

async function readJson(request: Request): Promise<unknown> {
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > maxBodyBytes) {
      await reader?.cancel();
      throw new AppError("too-large", `The request is larger than ${maxBodyBytes / 1024} KiB.`);
    }
    chunks.push(part.value);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
  } catch (cause) {
    throw new AppError("invalid", "The request's body is not JSON.", { cause });
  }
}

/** Set by server.ts from the connection itself; whatever a client sends under this name is dropped there. */
function addressOf(request: Request): string | null {
  return request.headers.get("x-plumbline-address");
}
