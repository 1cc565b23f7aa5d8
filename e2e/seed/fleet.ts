import type { DeclaredEnvironment } from "#lib/protocol/declaration.ts";
import { declaration } from "#lib/testing/tenant.ts";
import type { Workload } from "./objects.ts";
import { day, hour } from "./time.ts";

/** A cluster, and how long after development a release comes there. */
export type SeedCluster = { name: string; stage: string; delayMs: number; kubernetes: string; agent: string };

export const clusters: SeedCluster[] = [
  { name: "eu-west-1-dev", stage: "dev", delayMs: 0, kubernetes: "v1.36.1", agent: "0.1.0" },
  { name: "eu-west-1-staging", stage: "staging", delayMs: 5 * hour, kubernetes: "v1.36.1", agent: "0.1.0" },
  { name: "eu-west-1-prod", stage: "production", delayMs: 26 * hour, kubernetes: "v1.35.4", agent: "0.1.0" },
  {
    name: "eu-central-1-prod",
    stage: "production",
    delayMs: 28 * hour,
    kubernetes: "v1.35.4",
    agent: "0.1.0",
  },
  { name: "us-east-1-prod", stage: "production", delayMs: 2 * day, kubernetes: "v1.35.4", agent: "0.0.9" },
  { name: "tools", stage: "production", delayMs: 12 * hour, kubernetes: "v1.34.7", agent: "0.1.0" },
];

/** An application, what it is made of, and where it runs. */
export type SeedRepository = {
  name: string;
  version: string;
  workloads: Workload[];
  on: string[];
  team: string;
};

const api = (name: string): Workload => ({ kind: "Deployment", name, replicas: 3, serves: true });
const worker = (name: string): Workload => ({ kind: "Deployment", name, replicas: 2, serves: false });
const store = (name: string, image: string): Workload => ({
  kind: "StatefulSet",
  name,
  replicas: 3,
  serves: true,
  image,
});
const job = (name: string): Workload => ({ kind: "CronJob", name, replicas: 1, serves: false });
const main = ["eu-west-1-dev", "eu-west-1-staging", "eu-west-1-prod", "eu-central-1-prod", "us-east-1-prod"];

export const repositories: SeedRepository[] = [
  {
    name: "quotes",
    version: "2.41",
    team: "pricing",
    on: main,
    workloads: [api("quotes"), worker("quotes-worker"), store("quotes-cache", "valkey:8.1.3")],
  },
  {
    name: "payments",
    version: "5.8",
    team: "money",
    on: main,
    workloads: [
      api("payments"),
      worker("ledger"),
      job("settlement"),
      store("payments-outbox", "nats:2.12.1"),
    ],
  },
  {
    name: "claims",
    version: "1.96",
    team: "claims",
    on: main,
    workloads: [api("claims"), worker("claims-triage"), api("claims-portal")],
  },
  {
    name: "pricing",
    version: "3.12",
    team: "pricing",
    on: main,
    workloads: [api("pricing"), job("rate-tables")],
  },
  {
    name: "documents",
    version: "0.74",
    team: "claims",
    on: main,
    workloads: [api("documents"), worker("renderer"), worker("virus-scan")],
  },
  {
    name: "identity",
    version: "4.3",
    team: "platform",
    on: main,
    workloads: [api("identity"), api("sessions")],
  },
  {
    name: "storefront",
    version: "12.5",
    team: "web",
    on: main,
    workloads: [api("storefront"), api("edge-cache")],
  },
  {
    name: "notifications",
    version: "1.20",
    team: "web",
    on: main,
    workloads: [api("notifications"), worker("mailer")],
  },
  {
    name: "observability",
    version: "7.2",
    team: "platform",
    on: ["tools", "eu-west-1-prod", "eu-central-1-prod", "us-east-1-prod"],
    workloads: [store("metrics", "prometheus:3.6.0"), api("dashboards"), worker("collector")],
  },
];

/** What the agent of a cluster is told to follow: the applications that run there, by their names. */
export function declaredOn(
  cluster: SeedCluster,
): { repository: SeedRepository; declared: DeclaredEnvironment }[] {
  return repositories
    .filter(({ on }) => on.includes(cluster.name))
    .map((repository) => ({ repository, declared: declare(repository, cluster) }));
}

function declare({ name, team }: SeedRepository, cluster: SeedCluster): DeclaredEnvironment {
  const observed = name === "quotes" && cluster.name === "eu-west-1-prod";
  const freeze = {
    kind: "deny" as const,
    schedule: "0 16 * * 5",
    durationMs: 64 * hour,
    timezone: "Europe/Berlin",
    reason: "No releases over the weekend",
  };
  return declaration(name, {
    repository: `https://github.com/family-insurance/${name}.git`,
    path: `deploy/${cluster.name}`,
    mode: observed ? "observe" : "sync",
    renderer: name === "observability" ? "helm" : "kustomize",
    namespace: name,
    labels: { stage: cluster.stage, team },
    ...(name === "storefront" && cluster.name !== "tools" ? { dependsOn: ["identity"] } : {}),
    ...(name === "payments" && cluster.stage === "production"
      ? { windows: [freeze], serviceAccount: "payments/deployer" }
      : {}),
  });
}
