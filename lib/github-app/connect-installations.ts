import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import {
  exchangeCode,
  findInstallation,
  GitHostError,
  listReachedRepositories,
  parseRepositoryUrl,
} from "../git-hosts/index.ts";
import { isOwnGithub } from "../repositories/open-host.ts";
import { type App, findApp } from "./find-app.ts";
import { beginFlow } from "./flow.ts";
import { installationProblem } from "./rules.ts";
import type { ConnectAppInput, GithubAddress } from "./schemas.ts";

const redirectUri = () => `${env().PLUMBLINE_URL}/api/github/installed`;

/** Begins a way to GitHub to connect repositories through the App. Needs admin. */
export async function startConnecting({
  ctx,
  input,
}: {
  ctx: Context;
  input: ConnectAppInput;
}): Promise<GithubAddress> {
  requireRole(ctx, "admin");
  return withOrganization(ctx.organizationId, async (tx) => {
    const { slug, clientId } = await getApp(tx);
    const state = await beginFlow(tx, ctx, "connect");
    const { GITHUB_WEB_URL } = env();
    const query = input.install
      ? new URLSearchParams({ state })
      : new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri(), state });
    const path = input.install ? `/apps/${slug}/installations/new` : "/login/oauth/authorize";
    return { url: `${GITHUB_WEB_URL}${path}?${query}` };
  });
}

/**
 * Connects the organization's repositories that an installation of the App reaches. An installation's number
 * proves nothing, so none is taken from the browser: GitHub is asked, as the person who came back, which
 * repositories both the App and they reach, and only those that they may push to themselves are connected.
 * `ctx` is of the flow that began it. Answers their names.
 */
export async function finishConnecting({ ctx, code }: { ctx: Context; code: string }): Promise<string[]> {
  requireRole(ctx, "admin");
  const { organizationId } = ctx;
  const { GITHUB_API_URL: apiUrl, GITHUB_WEB_URL: webUrl } = env();
  const { app, repositories } = await withOrganization(organizationId, async (tx) => ({
    app: await getApp(tx),
    repositories: await tx.repository.findMany({ where: { organizationId } }),
  }));
  const { clientId, clientSecret } = app;
  const claimed = await said(async () => {
    const person = await exchangeCode(
      { apiUrl },
      { webUrl, clientId, clientSecret, code, redirectUri: redirectUri() },
    );
    if (!person) throw new AppError("invalid", "GitHub does not know this code (any more). Begin again.");
    return listReachedRepositories({ apiUrl }, person.token);
  });
  const byName = new Map(
    claimed.filter(({ canPush }) => canPush).map((one) => [one.fullName.toLowerCase(), one]),
  );
  const found = repositories.flatMap((repository) => {
    const reached = byName.get(fullNameOf(repository.url));
    return reached ? [{ repository, reached }] : [];
  });
  if (found.length === 0)
    throw new AppError(
      "invalid",
      "The App reaches none of this organization's repositories that you may push to. Install it where they are, or have somebody do this who may push to them.",
    );
  const problems = new Map<number, string | null>();
  for (const id of new Set(found.map(({ reached }) => reached.installationId)))
    problems.set(id, await problemOf(app, id));
  for (const { repository, reached } of found)
    await connect(ctx, repository, reached, problems.get(reached.installationId) ?? null);
  return found.map(({ repository }) => repository.name);
}

/** Asks GitHub, as the App, what is wrong with an installation; null where nothing is. */
export async function problemOf(app: App, installationId: number): Promise<string | null> {
  const { GITHUB_API_URL: apiUrl } = env();
  return installationProblem(await said(() => findInstallation({ apiUrl }, app, installationId)), app.slug);
}

function connect(
  { organizationId, actor, address }: Context,
  repository: { id: string; name: string },
  reached: { installationId: number; repositoryId: number },
  problem: string | null,
): Promise<void> {
  const { id: repositoryId, name } = repository;
  return withOrganization(organizationId, async (tx) => {
    const data = {
      ...{ tokenEncrypted: null, installationId: reached.installationId },
      ...{ hostRepositoryId: reached.repositoryId, createdBy: actor.name },
    };
    await tx.gitInstallation.upsert({
      where: { organizationId_repositoryId: { organizationId, repositoryId } },
      update: data,
      create: { organizationId, repositoryId, ...data },
    });
    await tx.repository.update({
      where: { organizationId_id: { organizationId, id: repositoryId } },
      data: { connection: problem ? "failing" : "connected", connectionMessage: problem },
    });
    await appendAudit(tx, {
      ...{ organizationId, actor, address, action: "repository.connected" },
      subject: { kind: "repository", id: repositoryId, name },
      details: { by: "github-app", installation: reached.installationId },
    });
    await notifyLive(tx, organizationId, [{ topic: "repository", id: repositoryId }]);
  });
}

function fullNameOf(url: string): string {
  if (!isOwnGithub(url)) return "";
  const { owner, name } = parseRepositoryUrl(url);
  return `${owner}/${name}`.toLowerCase();
}

async function getApp(tx: Transaction): Promise<App> {
  const app = await findApp(tx);
  if (!app) throw new AppError("not-found", "There is no GitHub App here yet; connect with a token instead.");
  return app;
}

async function said<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof GitHostError)) throw cause;
    throw new AppError(cause.retryable ? "unavailable" : "invalid", `${cause.message}. ${cause.nextStep}`, {
      cause,
    });
  }
}
