import { contextOf } from "./deploy-bot.ts";
import { runProgram } from "./run-program.ts";

type Container = { name: string; image: string; env?: { name: string; value?: string }[] };
type Deployment = {
  metadata: { name: string };
  spec: { replicas: number; template: { spec: { containers: Container[] } } };
};
/** An edit that somebody might make in a hurry: a strategic merge patch, and how one would tell of it. */
type Edit = { patch: object; told: string };

const editors: ((deployment: Deployment) => Edit | null)[] = [
  ({ metadata, spec }) => {
    const replicas = spec.replicas > 3 ? 1 : spec.replicas + 2;
    const told = `scaled Deployment ${metadata.name} from ${spec.replicas} to ${replicas} replicas`;
    return { patch: { spec: { replicas } }, told };
  },
  ({ metadata, spec }) => {
    const { name, image } = spec.template.spec.containers[0]!;
    const hotfix = `${image.replace(/-hotfix\.\d+$/, "")}-hotfix.${1 + Math.floor(Math.random() * 9)}`;
    const patch = inContainer({ name, image: hotfix });
    return hotfix === image
      ? null
      : { patch, told: `put ${hotfix} into Deployment ${metadata.name} (was ${image})` };
  },
  ({ metadata, spec }) => {
    const { name, env = [] } = spec.template.spec.containers[0]!;
    const variable = env.find((one) => one.value !== undefined);
    if (!variable) return null;
    const value =
      variable.name === "REQUEST_TIMEOUT" ? "90s" : `${variable.value!.replace(/-canary$/, "")}-canary`;
    if (value === variable.value) return null;
    const patch = inContainer({ name, env: [{ name: variable.name, value }] });
    return {
      patch,
      told: `set ${variable.name} of Deployment ${metadata.name} to "${value}" (was "${variable.value}")`,
    };
  },
];

const inContainer = (container: object) => ({ spec: { template: { spec: { containers: [container] } } } });

/**
 * Changes one Deployment of a namespace as `kubectl edit` does: a patch with the field manager `kubectl-edit`.
 * Another one each time. Answers what it did.
 */
export async function editByHand(
  kubectl: string,
  cluster: { kubeconfig: string; context?: string },
  namespace: string,
): Promise<string> {
  const run = (...args: string[]) =>
    runProgram(kubectl, [
      ...args,
      `--namespace=${namespace}`,
      "--kubeconfig",
      cluster.kubeconfig,
      ...contextOf(cluster),
    ]);
  const { items } = JSON.parse(await run("get", "deployments.apps", "--output=json")) as {
    items: Deployment[];
  };
  const possible = items.flatMap((deployment) =>
    editors.flatMap((editor) => {
      const edit = editor(deployment);
      return edit ? [{ deployment, edit }] : [];
    }),
  );
  const chosen = possible[Math.floor(Math.random() * possible.length)];
  if (!chosen)
    throw new Error(`${namespace} has no Deployment yet; wait until the demo's environments have converged.`);
  const { deployment, edit } = chosen;
  const patch = ["--type=strategic", "--field-manager=kubectl-edit", `--patch=${JSON.stringify(edit.patch)}`];
  await run("patch", "deployments.apps", deployment.metadata.name, ...patch);
  return edit.told;
}
