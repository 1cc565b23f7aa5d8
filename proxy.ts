import { type NextRequest, NextResponse } from "next/server";
import { env } from "#lib/env.ts";

/**
 * Gives each page its own nonce: no script runs that this server did not send. Style attributes are
 * allowed (a plumb line is positioned by them); style elements need the nonce like scripts do.
 */
export function proxy(request: NextRequest) {
  const nonce = btoa(crypto.randomUUID());
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    // A GitHub App is created by posting its manifest there.
    `form-action 'self' ${new URL(env().GITHUB_WEB_URL).origin}`,
    "frame-ancestors 'none'",
  ].join("; ");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  // Where somebody who has to sign in first wanted to go.
  request.nextUrl.searchParams.delete("_rsc");
  headers.set("x-path", request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = { matcher: ["/((?!api/|_next/static|_next/image|favicon.ico|icon.svg).*)"] };
