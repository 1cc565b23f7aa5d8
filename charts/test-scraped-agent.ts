import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent } from "../agent/agent.ts";
import { readConfig } from "../agent/config.ts";
import { type Exposition, scrape } from "../agent/metrics/test-exposition.ts";
import { eventually, startTestControlPlane } from "../agent/test-control-plane.ts";
import { startGitServer } from "../agent/test-git-server.ts";
import { startFakeKubernetes } from "../e2e/fakes/kubernetes/start.ts";

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

/**
 * What a running agent answers to Prometheus once it has seen all there is to tell of: an environment that was
 * converged, one that differs, and one whose files cannot be read.
 */
export async function scrapeAgent(): Promise<Exposition> {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-scraped-"));
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const kubernetes = await startFakeKubernetes({ name: "scraped" });
    closing.push(kubernetes.stop);
    const git = await startGitServer(folder);
    closing.push(git.close);
    const server = await startTestControlPlane();
    closing.push(server.close);
    const files = { "good/a.yaml": configMap("good"), "absent/a.yaml": configMap("absent") };
    git.commit({ ...files, "bad/a.yaml": "kind: [" }, "First");
    const environment = (name: string, mode: string) => ({
      ...{ name, mode, path: name, interval: "1h" },
      repository: { url: git.url },
    });
    const environments = [
      environment("good", "sync"),
      environment("absent", "observe"),
      environment("bad", "sync"),
    ];
    const file = join(folder, "environments.yaml");
    writeFileSync(file, JSON.stringify({ environments }));
    const config = readConfig({
      PLUMBLINE_URL: server.url,
      PLUMBLINE_TOKEN: "test-token",
      PLUMBLINE_ENVIRONMENTS_FILE: file,
      PLUMBLINE_DATA_DIR: join(folder, "agent"),
      PLUMBLINE_LOG_LEVEL: "fatal",
      PLUMBLINE_HEALTH_PORT: "0",
      KUBECONFIG: kubernetes.kubeconfigPath,
    });
    const agent = await startAgent(config);
    closing.push(() => agent.stop());
    const port = agent.healthPort!;
    const wanted = [
      'plumbline_environment_state{environment="good",state="Converged"}',
      'plumbline_syncs_total{environment="good",outcome="succeeded"}',
      'plumbline_environment_diverged{environment="absent"}',
      'plumbline_environment_problem{environment="bad",stage="render"}',
      'plumbline_sync_failing{environment="bad"}',
      "plumbline_control_plane_connected",
    ];
    return await eventually(async () => {
      const seen = await scrape(port);
      const all = wanted.every((one) => seen.series.get(one) === 1) && seen.text.includes("accepted");
      return all ? seen : null;
    });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
