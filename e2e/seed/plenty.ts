import { createMute } from "#lib/alerts/mutes.ts";
import { establish, planHeartbeats, planWaitingCluster } from "./establish.ts";
import { connectRepositories, settleDeliveries } from "./outside.ts";
import { clean, planRollback } from "./rollbacks.ts";
import {
  broken,
  frozen,
  handEdit,
  moving,
  refused,
  type Situation,
  sick,
  suspended,
  waiting,
} from "./situations.ts";
import { day, hour, minute, second } from "./time.ts";
import type { World } from "./world.ts";

const situations: Record<string, Situation> = {
  "eu-west-1-prod/quotes": { since: 41 * minute, plan: handEdit },
  "us-east-1-prod/claims": {
    since: 130 * minute,
    plan: refused(
      "AdmissionDenied",
      'admission webhook "policy.family.example" denied the request: the image is not signed',
    ),
  },
  "us-east-1-prod/identity": {
    since: 38 * minute,
    plan: sick("identity", "2 of 6 pods are in CrashLoopBackOff: exit code 137 (OOMKilled)"),
  },
  "us-east-1-prod/storefront": { since: 31 * minute, plan: waiting },
  "eu-west-1-staging/documents": {
    since: 3 * hour,
    plan: sick("renderer", "The readiness probe fails: HTTP 503"),
  },
  "eu-west-1-dev/notifications": { since: 40 * second, plan: moving },
  "eu-west-1-staging/identity": {
    since: 5 * hour,
    plan: suspended("grace", "Migrating the session store by hand"),
  },
  "eu-central-1-prod/payments": { since: 2 * hour, plan: frozen },
  "eu-west-1-dev/pricing": {
    since: 4 * minute,
    plan: broken({
      stage: "fetch",
      reason: "RefNotFound",
      message:
        "The branch main is not in github.com/family-insurance/pricing any more; declare another ref, or push it again.",
    }),
  },
};

/** A believable organization on a working day. */
export async function seedPlenty(world: World): Promise<void> {
  const { now, timeline } = world;
  const begin = (key: string) => now - (situations[key]?.since ?? 0);
  await establish(world, (key) => begin(key) - 30 * minute);
  for (const [key, { plan }] of Object.entries(situations)) plan(world, world.environment(key), begin(key));

  const rollback = { number: null, by: "grace" };
  planRollback(world, {
    ...rollback,
    key: "eu-central-1-prod/pricing",
    at: now - 12 * day,
    number: 88,
    end: "proven",
    reason: "Quotes came out a cent short",
  });
  planRollback(world, {
    ...rollback,
    key: "eu-central-1-prod/documents",
    by: "farid",
    at: now - 9 * day,
    number: 31,
    end: "closed",
    reason: "Letters lost their header",
  });
  planRollback(world, {
    ...{
      key: "us-east-1-prod/quotes",
      by: "daniel",
      at: now - 3 * day,
      number: null,
      end: "failed",
      failure: "protected",
    },
    reason: "Rates for Texas are wrong",
    problem: "GitHub answered 422: Repository rule violations found: creations being restricted.",
  });
  planRollback(world, {
    ...rollback,
    key: "eu-west-1-prod/claims",
    at: now - 22 * hour,
    number: 214,
    end: "proven",
    reason: "Triage puts every claim into review",
  });
  planRollback(world, {
    ...rollback,
    key: "eu-west-1-prod/storefront",
    by: "elif",
    at: now - 50 * minute,
    number: 1290,
    end: "open",
    reason: "Checkout is slower by a second",
    host: clean,
  });
  planRollback(world, {
    ...{ key: "us-east-1-prod/notifications", by: "hana", at: now - 95 * minute, number: 403, end: "open" },
    reason: "Receipts arrive twice",
    host: { mergeable: "blocked", checks: "failing", approvals: [], changesRequestedBy: [] },
  });

  planWaitingCluster(world, "ap-south-1-prod", now - 25 * minute);
  timeline.at(now - 20 * hour, async () => {
    const environmentId = await world.environmentId("eu-west-1-dev/claims");
    const until = new Date(now + 2 * day).toISOString();
    await createMute({
      ctx: world.as("carmen"),
      input: { environmentId, reason: "Load test until Monday", until },
    });
  });
  timeline.at(now - 3 * minute, () => world.beginSession());
  planHeartbeats(world);
  await timeline.play();
  await connectRepositories(world, { observability: { connection: "none", connectionMessage: null } });
  await settleDeliveries(world);
}
