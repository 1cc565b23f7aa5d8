import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type Engines, ensureEngines } from "#scripts/engines/engines.ts";
import { startCluster } from "#scripts/kube/cluster.ts";
import { isLeftOut } from "#scripts/tiers/left-out.ts";

/** What tests of the cluster tier get: one real control plane that they share, and the engines. */
export interface ClusterTier {
  /** May do everything. */
  kubeconfigPath: string;
  server: string;
  adminToken: string;
  /** The API's certificate authority, PEM. */
  caData: string;
  engines: Engines;
}

declare module "vitest" {
  export interface ProvidedContext {
    cluster: ClusterTier;
  }
}

const log = (line: string) => console.log(`cluster tier: ${line}`);

/** Starts one cluster for the whole tier. Fails when it cannot, unless PLUMBLINE_SKIP_TIERS names `cluster`. */
export default async function setUpClusterTier(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  if (isLeftOut("cluster")) {
    log("SKIPPED, because PLUMBLINE_SKIP_TIERS says so: nothing below ran against a Kubernetes API.");
    // Matches no name: the tests stay in the report, as skipped.
    project.config.testNamePattern = /(?!)/;
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "plumbline-cluster-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const engines = await ensureEngines(log);
    const cluster = await startCluster({ dir: folder, name: "tests", log });
    const { kubeconfigPath, server, adminToken, caData } = cluster;
    project.provide("cluster", { kubeconfigPath, server, adminToken, caData, engines });
    return async () => {
      await cluster.stop();
      await removeFolder();
    };
  } catch (error) {
    await removeFolder();
    const wayOut = "To leave this tier out, say so: PLUMBLINE_SKIP_TIERS=cluster.";
    throw new Error(`The cluster tier could not start: ${(error as Error).message}\n${wayOut}`, {
      cause: error,
    });
  }
}
