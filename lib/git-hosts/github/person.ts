import { z } from "zod";
import { type AppHost, attempt } from "./app.ts";
import { createOctokit } from "./client.ts";

/** A token to act as a person; the App's end after some hours, and are renewed with their refresh token, each good once. */
export interface PersonToken {
  token: string;
  refreshToken: string | null;
  expiresAt: Date | null;
}

/** Who a token acts as. */
export interface Person {
  id: number;
  login: string;
}

type Client = { webUrl: string; clientId: string; clientSecret: string };

const Given = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive().optional(),
});

/** Exchanges the code that a person comes back with for a token to act as that person; null where GitHub knows it not. */
export function exchangeCode(
  host: AppHost,
  { code, redirectUri, ...client }: Client & { code: string; redirectUri: string },
): Promise<PersonToken | null> {
  return askForToken(host, client, "Asking GitHub who is connecting", { code, redirect_uri: redirectUri });
}

/** Renews a token that ends; null where GitHub takes the refresh token no more. */
export function refreshPersonToken(
  host: AppHost,
  { refreshToken, ...client }: Client & { refreshToken: string },
): Promise<PersonToken | null> {
  return askForToken(host, client, "Renewing a person's token", {
    grant_type: "refresh_token",
    refresh_token: refreshToken,
  });
}

function askForToken(
  host: AppHost,
  { webUrl, clientId, clientSecret }: Client,
  doing: string,
  asked: Record<string, string>,
): Promise<PersonToken | null> {
  const client = createOctokit(host, {}, `${host.apiUrl}/sign-in`);
  return attempt(doing, clientSecret, async () => {
    const { data } = await client.request(`POST ${webUrl}/login/oauth/access_token`, {
      headers: { accept: "application/json" },
      client_id: clientId,
      client_secret: clientSecret,
      ...asked,
    });
    // A wrong or used code is answered with 200 and an error.
    const given = Given.safeParse(data).data;
    if (!given) return null;
    const { access_token: token, refresh_token: refreshToken = null, expires_in: seconds } = given;
    return { token, refreshToken, expiresAt: seconds ? new Date(Date.now() + seconds * 1000) : null };
  });
}

/** Who a token acts as. */
export function readPerson(host: AppHost, token: string): Promise<Person> {
  const client = createOctokit(host, { auth: token }, `${host.apiUrl}/person`);
  return attempt("Asking GitHub who is connecting", token, async () => {
    const { id, login } = (await client.rest.users.getAuthenticated()).data;
    return { id, login };
  });
}

/** Has GitHub forget a token. */
export function revokePersonToken(
  host: AppHost,
  { clientId, clientSecret, token }: { clientId: string; clientSecret: string; token: string },
): Promise<void> {
  const client = createOctokit(host, {}, `${host.apiUrl}/sign-in`);
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  return attempt("Revoking a person's token", token, async () => {
    await client.request("DELETE /applications/{client_id}/token", {
      headers: { authorization: `Basic ${basic}` },
      client_id: clientId,
      access_token: token,
    });
  });
}
