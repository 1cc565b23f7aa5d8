import type { AuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { env } from "../env.ts";
import { recordSignIn } from "./record-sign-in.ts";
import { createSession, endSession } from "./sessions.ts";
import { signInWithIdentity, signInWithPassword } from "./sign-in.ts";

type Profile = {
  id: number | string;
  login: string;
  name?: string | null;
  avatar_url?: string;
  verified_email?: string | null;
};

/** Which ways to sign in this installation offers; the sign-in page shows these. */
export function signInMethods(): { github: boolean; password: boolean } {
  return { github: Boolean(env().GITHUB_CLIENT_ID && env().GITHUB_CLIENT_SECRET), password: true };
}

/** next-auth's options for one request; the signed cookie names a row of `sessions`, which decides. */
export function authOptions(request: { userAgent: string | null; address: string | null }): AuthOptions {
  return {
    secret: env().PLUMBLINE_SECRET,
    session: { strategy: "jwt", maxAge: 30 * 86_400 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [...(signInMethods().github ? [github()] : []), password(request.address)],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== "github") return true;
        const { id, login, name, avatar_url, verified_email } = profile as unknown as Profile;
        const person = await signInWithIdentity({
          provider: new URL(env().GITHUB_WEB_URL).host,
          accountId: String(id),
          login,
          name: name || login,
          email: verified_email ?? null,
          avatarUrl: avatar_url ?? null,
        });
        user.id = person.id;
        return true;
      },
      async jwt({ token, user, account }) {
        if (!user) return token;
        const { userAgent, address } = request;
        const sessionId = await createSession({ userId: user.id, userAgent });
        const details = {
          method: account?.provider ?? "password",
          userAgent: userAgent?.slice(0, 300) ?? null,
        };
        await recordSignIn({ userId: user.id, action: "member.signed-in", address, details });
        return { sessionId, userId: user.id };
      },
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url, baseUrl }) =>
        url.startsWith("/") && !url.startsWith("//")
          ? `${baseUrl}${url}`
          : new URL(url).origin === baseUrl
            ? url
            : baseUrl,
    },
    events: {
      async signOut({ token }) {
        const { sessionId, userId } = token as { sessionId?: string; userId?: string };
        if (!sessionId || !userId) return;
        await endSession({ sessionId, userId });
        await recordSignIn({ userId, action: "member.signed-out", address: request.address });
      },
    },
  };
}

function password(address: string | null) {
  return Credentials({
    id: "password",
    name: "E-mail and password",
    credentials: {
      email: { label: "E-mail", type: "email" },
      password: { label: "Password", type: "password" },
    },
    authorize: async (given) =>
      given
        ? signInWithPassword({ email: given.email ?? "", password: given.password ?? "", address })
        : null,
  });
}

function github(): OAuthConfig<Profile> {
  const { GITHUB_WEB_URL: web, GITHUB_API_URL: api, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = env();
  return {
    id: "github",
    name: "GitHub",
    type: "oauth",
    clientId: GITHUB_CLIENT_ID,
    clientSecret: GITHUB_CLIENT_SECRET,
    authorization: { url: `${web}/login/oauth/authorize`, params: { scope: "read:user user:email" } },
    token: `${web}/login/oauth/access_token`,
    checks: ["state"],
    userinfo: {
      url: `${api}/user`,
      async request({ tokens }) {
        const headers = {
          authorization: `Bearer ${tokens.access_token}`,
          accept: "application/vnd.github+json",
        };
        const answer = await fetch(`${api}/user`, { headers, signal: AbortSignal.timeout(15_000) });
        if (!answer.ok)
          throw new Error(`${api}/user answered ${answer.status} when asked who is signing in.`);
        return { ...(await answer.json()), verified_email: await verifiedEmail(api, headers) };
      },
    },
    profile: (profile) => ({ id: String(profile.id), name: profile.name || profile.login }),
  };
}

/** The primary address, only if GitHub has verified it: an invitation is accepted by holding it. */
async function verifiedEmail(api: string, headers: Record<string, string>): Promise<string | null> {
  const answer = await fetch(`${api}/user/emails`, { headers, signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) return null;
  const emails = (await answer.json()) as { email: string; primary: boolean; verified: boolean }[];
  const verified = emails.filter((one) => one.verified);
  return (verified.find((one) => one.primary) ?? verified[0])?.email ?? null;
}
