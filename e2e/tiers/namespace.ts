import { type ExecFileException, execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import type { ClusterTier } from "./cluster.ts";

/** A namespace of one test's own in the tier's cluster. */
export interface TestNamespace extends ClusterTier {
  name: string;
  /** Runs kubectl in this namespace as its owner and answers what it wrote; throws with what it complained about. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
}

/** Runs a test's body in a namespace made for it, and removes the namespace after. */
export async function withNamespace<T>(body: (namespace: TestNamespace) => Promise<T>): Promise<T> {
  const namespace = await createNamespace();
  try {
    return await body(namespace);
  } finally {
    await namespace.kubectl(["delete", "namespace", namespace.name, "--wait=false"]);
  }
}

/** Makes a namespace that lives as long as the tier, for tests that share one. */
export async function createNamespace(): Promise<TestNamespace> {
  const tier = inject("cluster");
  const name = `test-${randomBytes(4).toString("hex")}`;
  const flags = ["--kubeconfig", tier.kubeconfigPath, "--namespace", name];
  const kubectl = (args: readonly string[], stdin?: string) =>
    run(tier.engines.kubectl, [...flags, ...args], stdin);
  await kubectl(["create", "namespace", name]);
  return { ...tier, name, kubectl };
}

function run(command: string, args: string[], stdin = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { maxBuffer: 64 << 20 },
      (error: ExecFileException | null, stdout, stderr) => {
        if (error)
          reject(
            new Error(`kubectl ${args.slice(4).join(" ")}: ${stderr || error.message}${stdout}`, {
              cause: error,
            }),
          );
        else resolve(stdout);
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin);
  });
}
