import { encode } from "next-auth/jwt";
import { createSession } from "../auth/sessions.ts";
import { env } from "../env.ts";

/** A session of a person's own, and what their browser sends: our cookie beside another one. */
export async function signIn(userId: string): Promise<{ sessionId: string; cookie: string }> {
  const sessionId = await createSession({ userId, userAgent: null });
  const token = await encode({ token: { sessionId, userId }, secret: env().PLUMBLINE_SECRET });
  return { sessionId, cookie: `theme=dark; next-auth.session-token=${token}` };
}
