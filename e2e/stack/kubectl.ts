import { run } from "./processes.ts";
import type { Stack } from "./stack.ts";

/** Runs kubectl on the stack's cluster as a person with a terminal does. */
export function kubectl(
  stack: Stack,
  args: string[],
  options: { env?: Record<string, string>; input?: string } = {},
): Promise<string> {
  return run([stack.engines.kubectl, "--kubeconfig", stack.cluster.kubeconfigPath, ...args], options);
}

/** `kubectl edit` with a sed expression in place of a person's editor. */
export async function editByHand(
  stack: Stack,
  namespace: string,
  object: string,
  sed: string,
): Promise<void> {
  await kubectl(stack, ["-n", namespace, "edit", object], { env: { KUBE_EDITOR: `sed -i '${sed}'` } });
}
