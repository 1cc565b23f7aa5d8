import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import {
  api,
  commit as commitFiles,
  connectStandIn,
  opened,
  owner,
  repo,
  token,
} from "#e2e/fakes/github/contract-setup.ts";
import { listAlerts } from "#lib/alerts/list-alerts.ts";
import { setAlertPolicy } from "#lib/alerts/policy.ts";
import { enterSession } from "#lib/clusters/enter-session.ts";
import { createChannel } from "#lib/notifications/create-channel.ts";
import { listDeliveries } from "#lib/notifications/list-deliveries.ts";
import type { AlertMessage } from "#lib/notifications/message.ts";
import { createRule } from "#lib/notifications/rule-verbs.ts";
import { RuleKind } from "#lib/notifications/schemas.ts";
import type { Report } from "#lib/protocol/report.ts";
import { connectRepository } from "#lib/repositories/connect-repository.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";
import { openTestDatabase } from "#lib/testing/database.ts";
import { commit, makeEnvironment, makeTenant, report } from "#lib/testing/tenant.ts";
import { botToken, startHook, startRelay, startSlack } from "./receivers.ts";

const root = join(import.meta.dirname, "..", "..");
const remindEveryMs = 12_000;

test("an episode that spans a killed worker and receivers that are away is told everywhere, as often as promised", {
  timeout: 300_000,
}, async () => {
  const github = await connectStandIn();
  const [hook, relay, slack] = [await startHook(), await startRelay(), await startSlack()];
  opened.push(hook.close, relay.close, slack.close);
  const variables = {
    GITHUB_WEB_URL: github.webUrl,
    GITHUB_API_URL: github.apiUrl,
    SMTP_URL: relay.url,
    SMTP_FROM: "Plumbline <alerts@example.com>",
    SLACK_API_URL: slack.apiUrl,
    PLUMBLINE_ALLOW_PRIVATE_ADDRESSES: "127.0.0.0/8",
    // Three of them without a word and the agent counts as silent: more than a crowded machine makes it wait.
    REPORT_INTERVAL_MS: "4000",
  };
  const database = await openTestDatabase(variables);
  opened.push(database.close);
  const { DATABASE_URL, PLUMBLINE_URL, PLUMBLINE_SECRET } = database.env;
  const worker = startWorkerWith({ ...variables, DATABASE_URL, PLUMBLINE_URL, PLUMBLINE_SECRET });

  const { ctx } = await makeTenant("Acme");
  const place = await makeEnvironment(ctx, "eu-1", "production", {
    repository: github.cloneUrl(owner, repo),
  });
  const [repository] = (await listRepositories({ ctx })).repositories;
  await connectRepository({ ctx, input: { repositoryId: repository!.id, token } });
  const policy = {
    diffAlertAfterMs: 10_000,
    remindEveryMs: null,
    settleMs: 1000,
    suspendedTooLongMs: 60_000,
  };
  await setAlertPolicy({ ctx, input: { environmentId: null, policy } });
  // Shorter than anybody may ask for.
  await database.owner.query("update alert_policies set remind_every_ms = $1, suspended_too_long_ms = 2000", [
    remindEveryMs,
  ]);
  const { signingSecret } = await makeChannels(ctx, hook.url, slack);

  const first = commit("first");
  first.revision = await commitFiles({ "environments/production/a.yaml": "a: 1\n" }, "first");
  const second = commit("second");
  second.revision = await commitFiles({ "environments/production/a.yaml": "a: 2\n" }, "second");
  const agent = startAgent(place, first);
  opened.push(agent.stop);
  const kinds = async () => (await listAlerts({ ctx })).alerts.map(({ kind }) => kind).toReversed();
  const log = async () => (await listDeliveries({ ctx })).deliveries;

  await worker.start();
  await agent.say({});
  // A commit that cannot be applied; then everybody is away.
  const problem = {
    stage: "apply" as const,
    reason: "Forbidden",
    message: "May not write Deployment/quotes.",
  };
  const stuck = { problem: { ...problem, since: new Date().toISOString(), retryable: true } };
  await agent.say({ head: second, comparedRevision: first.revision, ...stuck });
  await expect.poll(async () => (await log()).filter(({ status }) => status === "delivered").length).toBe(10);
  for (const { state } of [hook, relay, slack]) state.down = true;
  github.fail({ route: "/statuses/", status: 502, times: 2 });
  await worker.kill();
  await worker.start();
  await expect.poll(async () => (await kinds()).includes("diff")).toBe(true);
  await expect
    .poll(async () => (await log()).filter(({ problem }) => problem !== null).length)
    .toBeGreaterThanOrEqual(4);
  for (const { state } of [hook, relay, slack]) state.down = false;
  await expect.poll(async () => (await kinds()).filter((kind) => kind === "diff").length).toBe(2);
  await agent.say({ head: second, comparedRevision: second.revision, problem: null });
  await expect.poll(async () => (await kinds()).includes("converged")).toBe(true);
  const allDelivered = async () => (await log()).every(({ status }) => status === "delivered");
  await expect.poll(allDelivered).toBe(true);
  await agent.say({ suspended: { reason: "incident 7", owner: "Ada", until: null, by: "person" } });
  await expect.poll(async () => (await kinds()).includes("suspended-too-long")).toBe(true);
  await agent.say({ suspended: null });
  await agent.stop();
  await expect.poll(async () => (await kinds()).includes("agent-silent")).toBe(true);
  await expect.poll(allDelivered).toBe(true);
  await worker.kill();

  const promised = [
    "change-committed",
    "failed",
    "diff",
    "diff",
    "converged",
    "suspended-too-long",
    "agent-silent",
  ];
  expect(await kinds()).toEqual(promised);
  const { alerts } = await listAlerts({ ctx });
  const ids = alerts.map(({ id }) => id).toReversed();
  const [diff, reminder] = alerts.filter(({ kind }) => kind === "diff").toReversed();
  expect(Date.parse(diff!.at) - Date.parse(diff!.since!)).toBe(policy.diffAlertAfterMs);
  expect(Date.parse(reminder!.at) - Date.parse(diff!.at)).toBe(remindEveryMs);

  const verified = hook.received.map(
    ({ headers, body }) =>
      new Webhook(signingSecret!).verify(body, headers as Record<string, string>) as { data: AlertMessage },
  );
  expect(hook.received.map(({ headers }) => headers["webhook-id"])).toEqual(ids);
  expect(JSON.stringify(verified)).toContain("May not write Deployment/quotes.");

  expect(relay.mails).toHaveLength(promised.length);
  const mailed = relay.mails.map((mail) => /^Message-ID:\s*<alert-([0-9a-f-]+)@/im.exec(mail)?.[1]);
  expect(mailed).toEqual(ids);

  const titles = alerts.map(({ title }) => title).toReversed();
  const byHook = await slack.messagesIn("general");
  expect(byHook.map(({ text }) => text?.split("\n")[0])).toEqual(titles);
  const byBot = await slack.messagesIn("alerts");
  const roots = byBot.filter(({ thread_ts, ts }) => !thread_ts || thread_ts === ts);
  expect(roots.map(({ text }) => text?.split("\n")[0])).toEqual([titles[0], ...titles.slice(5)]);
  const thread = await slack.repliesTo("alerts", roots[0]!.ts!);
  expect(thread.map(({ text }) => text?.split("\n")[0])).toEqual(titles.slice(0, 5));

  const statuses = await api.repos.listCommitStatusesForRef({ owner, repo, ref: second.revision });
  expect(statuses.data.map(({ state, context }) => [state, context]).toReversed()).toEqual(
    ["pending", "failure", "failure", "failure", "success"].map((state) => [state, "plumbline/production"]),
  );
});

async function makeChannels(
  ctx: Parameters<typeof createChannel>[0]["ctx"],
  url: string,
  slack: { idOf: (name: string) => string; hookUrl: string },
) {
  const inputs = [
    { kind: "webhook", name: "Hook", url },
    { kind: "email", name: "Mail", recipients: ["oncall@example.com"] },
    { kind: "slack-bot", name: "Bot", channel: slack.idOf("alerts"), token: botToken },
    { kind: "slack-webhook", name: "Slack", url: slack.hookUrl },
  ] as const;
  let signingSecret: string | null = null;
  for (const input of inputs) {
    const made = await createChannel({ ctx, input: input as Parameters<typeof createChannel>[0]["input"] });
    signingSecret ??= made.signingSecret;
    await createRule({
      ctx,
      input: {
        channelId: made.channel.id,
        environmentId: null,
        kinds: RuleKind.options.filter((kind) => kind !== "audit-anchor"),
      },
    });
  }
  return { signingSecret };
}

/** The worker role as a process of its own, which can be killed. */
function startWorkerWith(variables: Record<string, string>) {
  let child: ChildProcess | null = null;
  const kill = async () => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null) return;
    const gone = once(running, "exit");
    running.kill("SIGKILL");
    await gone;
  };
  opened.push(kill);
  const start = async () => {
    const environment = { PATH: process.env.PATH ?? "", ...variables, PLUMBLINE_ROLES: "worker", PORT: "0" };
    const started = spawn(process.execPath, ["server.ts"], {
      cwd: root,
      env: environment as unknown as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "inherit"],
    });
    child = started;
    for await (const line of started.stdout) if (String(line).includes("plumbline is up")) break;
    expect(started.exitCode).toBeNull();
  };
  return { start, kill };
}

/** Says the same again twice in each interval, as an agent does, until told something else. */
function startAgent(place: Awaited<ReturnType<typeof makeEnvironment>>, head: Report["head"] & object) {
  const stream = crypto.randomUUID();
  let sequence = 0;
  let said: Partial<Report> = { head };
  let stopped = false;
  let turn = Promise.resolve();
  const tell = async () => {
    sequence += 1;
    await enterSession({ agent: place.agent, session: place.session });
    const { result } = await place.send(report(place.name, stream, sequence, said));
    expect(result.status).toBe("accepted");
  };
  const timer = setInterval(() => {
    turn = turn.then(() => (stopped ? undefined : tell()));
  }, 500);
  return {
    say: (more: Partial<Report>) => {
      said = { ...said, ...more };
      turn = turn.then(tell);
      return turn;
    },
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await turn;
    },
  };
}
