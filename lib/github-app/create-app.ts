import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { firstOrganization, isUniqueViolation, withOrganization } from "../db.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { appManifest, convertManifest, GitHostError } from "../git-hosts/index.ts";
import { seal } from "../secrets.ts";
import { appContext, findApp } from "./find-app.ts";
import { beginFlow } from "./flow.ts";
import type { AppForm, CreateAppInput, GithubAppSetting } from "./schemas.ts";

/** Whether there is a GitHub App, and whether this person may create one. Needs viewer. */
export async function getAppSetting({ ctx }: { ctx: Context }): Promise<GithubAppSetting> {
  requireRole(ctx, "viewer");
  const app = await withOrganization(ctx.organizationId, findApp);
  const url = app && `${env().GITHUB_WEB_URL}/apps/${app.slug}`;
  const first = (await firstOrganization()) === ctx.organizationId;
  return { url, slug: app?.slug ?? null, mayCreate: !app && first && ctx.role === "admin" };
}

/** Begins the creation of a GitHub App by manifest. Needs an admin of the first organization: the App serves all. */
export async function startAppCreation({
  ctx,
  input,
}: {
  ctx: Context;
  input: CreateAppInput;
}): Promise<AppForm> {
  await requireInstallationAdmin(ctx);
  const { GITHUB_WEB_URL, PLUMBLINE_URL } = env();
  const state = await withOrganization(ctx.organizationId, async (tx) => {
    if (await findApp(tx)) throw there();
    return beginFlow(tx, ctx, "create-app");
  });
  const at = input.owner ? `/organizations/${encodeURIComponent(input.owner)}` : "";
  return {
    action: `${GITHUB_WEB_URL}${at}/settings/apps/new?state=${encodeURIComponent(state)}`,
    manifest: JSON.stringify(appManifest(PLUMBLINE_URL)),
  };
}

/** Takes the App that GitHub has made, and keeps its secrets encrypted; `ctx` is of the flow that began it. */
export async function finishAppCreation({ ctx, code }: { ctx: Context; code: string }): Promise<void> {
  await requireInstallationAdmin(ctx);
  const { GITHUB_API_URL: apiUrl, GITHUB_WEB_URL: webUrl } = env();
  const made = await convertManifest({ apiUrl }, code).catch((cause: unknown) => {
    if (!(cause instanceof GitHostError)) throw cause;
    throw new AppError("invalid", `${cause.message}. Begin again on the page Repositories.`, { cause });
  });
  const { id: appId, slug, client_id: clientId } = made;
  const secrets = JSON.stringify({
    ...{ clientSecret: made.client_secret, privateKey: made.pem },
    webhookSecret: made.webhook_secret ?? null,
  });
  const { organizationId, actor, address } = ctx;
  await withOrganization(organizationId, async (tx) => {
    const secretsEncrypted = new Uint8Array(seal(secrets, appContext(webUrl, appId)));
    await tx.githubApp.create({
      data: { webUrl, appId, slug, clientId, secretsEncrypted, createdBy: actor.name },
    });
    const subject = { kind: "github-app", id: String(appId), name: slug };
    await appendAudit(tx, { organizationId, actor, address, action: "github-app.created", subject });
  }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? there() : error;
  });
}

async function requireInstallationAdmin(ctx: Context): Promise<void> {
  requireRole(ctx, "admin");
  if ((await firstOrganization()) !== ctx.organizationId)
    throw new AppError(
      "forbidden",
      "The GitHub App serves everybody on this Plumbline: only an admin of its first organization can create it.",
    );
}

const there = () => new AppError("conflict", "There is a GitHub App already; install that one.");
