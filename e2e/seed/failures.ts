import pg from "pg";
import type { Agent } from "#lib/auth/agent-tokens.ts";
import { refuseReport } from "#lib/environments/refuse-report.ts";
import { AppError } from "#lib/errors.ts";
import { tick } from "#lib/jobs/clock.ts";
import { establish, planHeartbeats, planWaitingCluster } from "./establish.ts";
import { connectRepositories, settleDeliveries } from "./outside.ts";
import { planRollback } from "./rollbacks.ts";
import { broken, handEdit, refused, type Situation, sick, unreadable } from "./situations.ts";
import { day, hour, minute } from "./time.ts";
import type { World } from "./world.ts";

const fetchRefused = broken({
  stage: "fetch",
  reason: "AuthenticationFailed",
  message:
    "github.com refuses the deploy key for family-insurance/documents; give the agent a key that may read it.",
});
const renderFailed = broken({
  stage: "render",
  reason: "KustomizeFailed",
  message:
    "deploy/eu-west-1-dev/kustomization.yaml: json: cannot unmarshal string into Go struct field Kustomization.replicas",
  file: "deploy/eu-west-1-dev/kustomization.yaml",
  line: 14,
});
const forbidden = refused(
  "Forbidden",
  'the agent may not patch deployments.apps in "pricing": give its service account the role plumbline-apply there',
);

const situations: Record<string, Situation> = {
  "eu-west-1-prod/quotes": { since: 3 * day, plan: handEdit },
  "eu-west-1-dev/claims": { since: 50 * minute, plan: renderFailed },
  "eu-west-1-dev/documents": { since: 2 * hour, plan: fetchRefused },
  "eu-west-1-staging/documents": { since: 2 * hour, plan: fetchRefused },
  "eu-west-1-prod/documents": { since: 2 * hour, plan: fetchRefused },
  "eu-west-1-prod/pricing": { since: 5 * hour, plan: forbidden },
  "eu-central-1-prod/pricing": { since: 5 * hour, plan: forbidden },
  "eu-west-1-prod/identity": {
    since: 22 * minute,
    plan: sick("identity", "0 of 6 pods are ready: ImagePullBackOff, the registry answers 401"),
  },
  "eu-west-1-prod/storefront": {
    since: 20 * minute,
    plan: sick("storefront", "6 of 6 pods are in CrashLoopBackOff: exit code 1"),
  },
  "eu-west-1-prod/notifications": { since: 6 * hour, plan: unreadable("Ingress", "ingresses") },
  "eu-central-1-prod/notifications": { since: 6 * hour, plan: unreadable("Ingress", "ingresses") },
  "eu-west-1-prod/claims": { since: 6 * hour, plan: unreadable("Ingress", "ingresses") },
  "eu-west-1-staging/notifications": { since: 26 * hour, plan: unreadable("Secret", "secrets") },
  "eu-central-1-prod/storefront": {
    since: 19 * minute,
    plan: sick("storefront", "5 of 6 pods are in CrashLoopBackOff: exit code 1"),
  },
};
const silentSince: Record<string, number> = { "us-east-1-prod": 5 * hour, tools: 3 * day };

/** The same organization on its worst day. */
export async function seedFailures(world: World, ownerUrl: string): Promise<void> {
  const { now, timeline } = world;
  const begin = (key: string) => now - (situations[key]?.since ?? silentSince[key.split("/")[0]!] ?? 0);
  await establish(world, (key) => begin(key) - 30 * minute, {
    "eu-west-1-dev": {
      invalid: [
        {
          name: "sandbox",
          message: 'environments[8].repository.ref: "feature/*" is a pattern; name one branch.',
        },
        {
          name: "preview-1180",
          message: "environments[9].helm.valuesFrom: the Secret preview/values is not there.",
        },
      ],
    },
  });
  for (const [key, { plan }] of Object.entries(situations)) plan(world, world.environment(key), begin(key));
  planFailedRollbacks(world);
  planWaitingCluster(world, "ap-south-1-prod", now - 2 * day);
  for (const [cluster, since] of Object.entries(silentSince))
    timeline.at(now - since, () => world.hear(cluster));
  timeline.at(now - 3 * minute, () => world.beginSession());
  timeline.at(now - 2 * minute, () => refuse(world, "eu-west-1-prod/payments"));
  planHeartbeats(world, (cluster) => cluster in silentSince);
  timeline.at(now - 500, () => refuse(world, "eu-central-1-prod/claims"));
  timeline.at(now, () => tick(new Date(now)));
  await timeline.play();
  await connectRepositories(world, {
    payments: {
      connection: "failing",
      connectionMessage: "GitHub refuses the token: it is wrong, expired or revoked.",
    },
    documents: {
      connection: "failing",
      connectionMessage: "The repository is archived: nothing can be pushed to it.",
    },
    observability: { connection: "none", connectionMessage: null },
  });
  await settleDeliveries(world, {
    "#on-call": {
      problem: "Slack answers invalid_auth: the token was revoked. Give the channel a new one.",
      gaveUp: true,
    },
    Pager: { problem: "pager.family.example answered 503. It is tried again.", gaveUp: false },
  });
  await tamper(world, ownerUrl);
}

async function refuse(world: World, key: string): Promise<void> {
  const { cluster, declared } = world.environment(key);
  const row = await world.write((tx) => tx.cluster.findFirstOrThrow({ where: { name: cluster.name } }));
  const agent: Agent = { organizationId: world.organizationId, clusterId: row.id, tokenId: row.id };
  const error = new AppError("invalid", "reports.0.resources.212.ref.name: at most 253 characters.");
  await refuseReport({ agent, error, read: { reports: [{ environment: declared.name }] } }).catch(
    (thrown) => {
      if (thrown !== error) throw thrown;
    },
  );
}

function planFailedRollbacks(world: World): void {
  const { now } = world;
  const failed = (key: string, hoursAgo: number, failure: string, problem: string, reason: string) =>
    planRollback(world, {
      key,
      at: now - hoursAgo * hour,
      by: "grace",
      number: null,
      end: "failed",
      failure,
      problem,
      reason,
    });
  failed(
    "eu-west-1-prod/payments",
    7,
    "unauthorized",
    "GitHub answered 401: Bad credentials.",
    "Instalments are rounded down",
  );
  failed(
    "eu-west-1-prod/claims",
    6.5,
    "rate-limited",
    "GitHub answered 403: API rate limit exceeded.",
    "The portal does not load",
  );
  failed(
    "eu-central-1-prod/notifications",
    30,
    "archived",
    "GitHub answered 403: Repository was archived so is read-only.",
    "Mails go to the wrong people",
  );
  failed(
    "eu-central-1-prod/identity",
    52,
    "unreachable",
    "GitHub did not answer within 15 s.",
    "Nobody can sign in",
  );
  planRollback(world, {
    ...{
      key: "eu-central-1-prod/quotes",
      at: now - 9 * hour,
      by: "hana",
      number: 517,
      end: "open",
      reason: "Quotes time out",
    },
    host: {
      mergeable: "conflicting",
      checks: "failing",
      approvals: [],
      changesRequestedBy: ["Björn Lindqvist"],
    },
  });
}

/** Somebody with the database's own password has changed who did what. */
async function tamper(world: World, ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query("select set_config('plumbline.organization', $1, false)", [world.organizationId]);
    const { rowCount } = await owner.query(
      `update audit_events set actor_name = 'Nobody' where organization_id = $1 and sequence = (
        select sequence from audit_events where organization_id = $1 and action = 'rollback.requested' order by sequence limit 1)`,
      [world.organizationId],
    );
    if (rowCount !== 1) throw new Error("The seed found no event to tamper with.");
  } finally {
    await owner.end();
  }
}
