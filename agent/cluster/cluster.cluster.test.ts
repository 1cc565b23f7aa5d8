import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { connect } from "./index.ts";
import { clusterContract } from "./test-contract/index.ts";
import { restrictedAccount } from "./test-restricted.ts";

clusterContract("real kube-apiserver", async () => {
  const { kubeconfigPath, server, adminToken, caData } = inject("cluster");
  const folder = await mkdtemp(join(tmpdir(), "plumbline-restricted-"));
  const admin = await connect({ kubeconfig: kubeconfigPath });
  return {
    kubeconfig: kubeconfigPath,
    simulated: false,
    restricted: (namespace) =>
      restrictedAccount(admin, { url: server, token: adminToken, caData }, namespace, folder),
    async stop() {
      await admin.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
