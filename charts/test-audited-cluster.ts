import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "#e2e/stack/processes.ts";
import { ensureEngines } from "#scripts/engines/engines.ts";
import { startCluster } from "#scripts/kube/cluster.ts";

/** One request as kube-apiserver's audit log tells it. */
export type Call = {
  verb: string;
  requestURI: string;
  user: { username: string };
  impersonatedUser?: { username: string };
  responseStatus?: { code: number; message?: string };
  annotations?: Record<string, string>;
};

/** A real control plane that writes down every request, and who made it. */
export type AuditedCluster = Awaited<ReturnType<typeof startAuditedCluster>>;

/** Starts a cluster of its own, since kube-apiserver audits only what it was told to when it started. */
export async function startAuditedCluster() {
  const dir = mkdtempSync(join(tmpdir(), "plumbline-audited-"));
  const policy = join(dir, "audit-policy.yaml");
  const auditLog = join(dir, "audit", "log");
  mkdirSync(join(dir, "audit"));
  const rules = [{ level: "Metadata", omitStages: ["RequestReceived"] }];
  writeFileSync(policy, JSON.stringify({ apiVersion: "audit.k8s.io/v1", kind: "Policy", rules }));
  const engines = await ensureEngines(() => undefined);
  const cluster = await startCluster({
    dir: join(dir, "cluster"),
    name: "audited",
    apiserverFlags: [`--audit-policy-file=${policy}`, `--audit-log-path=${auditLog}`],
    log: () => undefined,
  });
  const kubectl = (args: string[], input?: string) =>
    run([engines.kubectl, "--kubeconfig", cluster.kubeconfigPath, ...args], { input });
  return {
    ...{ dir, cluster, engines, kubectl },
    /** Reads objects as the cluster's owner. */
    async read(...args: string[]) {
      return JSON.parse(await kubectl(["get", ...args, "-o", "json"]));
    },
    /** All requests of one user so far. */
    callsOf(username: string): Call[] {
      const lines = existsSync(auditLog) ? readFileSync(auditLog, "utf8").split("\n") : [];
      // The last line may still be on its way.
      const calls = lines.slice(0, -1).map((line) => JSON.parse(line) as Call);
      return calls.filter(({ user }) => user.username === username);
    },
    async stop() {
      await cluster.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
