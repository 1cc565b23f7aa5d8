import { type Transaction, withoutOrganization } from "../db.ts";
import { env } from "../env.ts";
import { open } from "../secrets.ts";

/** The GitHub App that Plumbline acts as. */
export type App = {
  appId: number;
  slug: string;
  clientId: string;
  clientSecret: string;
  /** PEM. */
  privateKey: string;
  /** Null where it has no webhook, or GITHUB_WEBHOOK_SECRET says it. */
  webhookSecret: string | null;
};

/** Under what the App's secrets are sealed: an App's secrets open for no other. */
export const appContext = (webUrl: string, appId: number) => `github-app:${webUrl}:${appId}`;

/** The App: as configured, else as created from the dashboard; null where there is none. */
export async function findApp(tx: Transaction): Promise<App | null> {
  const all = env();
  const { GITHUB_APP_ID: appId, GITHUB_APP_SLUG: slug, GITHUB_APP_PRIVATE_KEY: privateKey } = all;
  const { GITHUB_APP_CLIENT_ID: clientId, GITHUB_APP_CLIENT_SECRET: clientSecret } = all;
  if (appId && slug && privateKey && clientId && clientSecret)
    return { appId, slug, privateKey, clientId, clientSecret, webhookSecret: null };
  const row = await tx.githubApp.findUnique({ where: { webUrl: all.GITHUB_WEB_URL } });
  if (!row) return null;
  const id = Number(row.appId);
  const secrets: Pick<App, "clientSecret" | "privateKey" | "webhookSecret"> = JSON.parse(
    open(row.secretsEncrypted, appContext(row.webUrl, id)),
  );
  return { appId: id, slug: row.slug, clientId: row.clientId, ...secrets };
}

const shared = globalThis as typeof globalThis & {
  plumblineWebhookSecret?: { of: string; secret: string | null; until: number };
};
const REMEMBERED_MS = 30_000;

/** What webhooks may be signed with; the App's is asked for twice a minute at most. */
export async function webhookSecrets(): Promise<string[]> {
  const { GITHUB_WEBHOOK_SECRET, DATABASE_URL } = env();
  let known = shared.plumblineWebhookSecret;
  if (!known || known.until < Date.now() || known.of !== DATABASE_URL) {
    const app = await withoutOrganization(findApp);
    known = { of: DATABASE_URL, secret: app?.webhookSecret ?? null, until: Date.now() + REMEMBERED_MS };
    shared.plumblineWebhookSecret = known;
  }
  return [GITHUB_WEBHOOK_SECRET, known.secret].filter((secret): secret is string => Boolean(secret));
}
