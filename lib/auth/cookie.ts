import { decode } from "next-auth/jwt";
import { env } from "../env.ts";
import { findSession, type SignedIn } from "./sessions.ts";

const names = ["__Secure-next-auth.session-token", "next-auth.session-token"];

/** Who a request's `Cookie` header says it is from, checked against the sessions table; null where nobody. */
export async function signedInBy(cookieHeader: string | null | undefined): Promise<SignedIn | null> {
  const claim = await readClaim(cookieHeader ?? "");
  return claim && (await findSession(claim));
}

async function readClaim(header: string): Promise<{ sessionId: string; userId: string } | null> {
  const cookies = new Map(
    header.split(";").map((pair) => {
      const [name = "", ...value] = pair.trim().split("=");
      return [name, value.join("=")] as const;
    }),
  );
  const token = names.map((name) => cookies.get(name)).find(Boolean);
  if (!token) return null;
  const claims = await decode({ token, secret: env().PLUMBLINE_SECRET }).catch(() => null);
  const { sessionId, userId } = (claims ?? {}) as { sessionId?: unknown; userId?: unknown };
  return typeof sessionId === "string" && typeof userId === "string" ? { sessionId, userId } : null;
}
