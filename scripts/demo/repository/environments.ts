/** An environment that the demo's agents declare, in terms of the agent's environments file. */
export interface DemoEnvironment {
  name: string;
  cluster: "eu-west-1-prod" | "eu-west-1-staging";
  path: string;
  namespace: string;
  mode: "observe" | "sync";
  renderer: "kustomize" | "yaml" | "helm";
  helm?: { releaseName: string; valuesFiles: string[] };
}

const overlay = (name: string, cluster: DemoEnvironment["cluster"]): DemoEnvironment => ({
  name,
  cluster,
  path: `environments/${name}`,
  namespace: name,
  mode: "sync",
  renderer: "kustomize",
});

/** The environments of the demo repository and the clusters they live on. */
export const demoEnvironments: DemoEnvironment[] = [
  overlay("production", "eu-west-1-prod"),
  {
    name: "payments",
    cluster: "eu-west-1-prod",
    path: "charts/payments",
    namespace: "payments",
    mode: "sync",
    renderer: "helm",
    helm: { releaseName: "payments", valuesFiles: ["payments/production.yaml"] },
  },
  {
    name: "platform",
    cluster: "eu-west-1-prod",
    path: "platform",
    namespace: "platform",
    mode: "observe",
    renderer: "yaml",
  },
  overlay("staging", "eu-west-1-staging"),
  overlay("dev", "eu-west-1-staging"),
];
