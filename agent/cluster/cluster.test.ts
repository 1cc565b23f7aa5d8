import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeKubernetes } from "../../e2e/fakes/kubernetes/start.ts";
import { connect } from "./index.ts";
import { clusterContract } from "./test-contract/index.ts";
import { restrictedAccount } from "./test-restricted.ts";

clusterContract("simulated", async () => {
  const fake = await startFakeKubernetes({ name: "contract", podReadyMs: 10 });
  const folder = await mkdtemp(join(tmpdir(), "plumbline-restricted-"));
  const admin = await connect({ kubeconfig: fake.kubeconfigPath });
  return {
    kubeconfig: fake.kubeconfigPath,
    simulated: true,
    expire: () => fake.compact(),
    restricted: (namespace) => restrictedAccount(admin, fake, namespace, folder),
    async stop() {
      await admin.close();
      await fake.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
