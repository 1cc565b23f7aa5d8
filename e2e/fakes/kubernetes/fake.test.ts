import { kubernetesContract } from "./contract.ts";
import { startFakeKubernetes } from "./start.ts";

kubernetesContract(async () => {
  const fake = await startFakeKubernetes({ name: "contract", podReadyMs: 20 });
  return { kubeconfigPath: fake.kubeconfigPath, compact: fake.compact, stop: fake.stop };
});
