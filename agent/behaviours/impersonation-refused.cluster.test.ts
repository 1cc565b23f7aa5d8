import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("applies as the declared service account, and says which right that lacks", async () => {
  const world = await openWorld({ environments: { production: { serviceAccountName: "deployer" } } });
  await world.kube.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "deployer" } });
  const revision = await world.commit({ "app/settings.yaml": configMap("settings") });
  await world.start();
  const sync = await world.sync({ revision, outcome: "refused" });
  expect(sync.message).toContain(`The service account ${world.namespace}/deployer`);
  expect(sync.message).toContain(
    `it lacks the right to create and patch configmaps in the namespace ${world.namespace}`,
  );
  expect(await world.problem("Forbidden")).toMatchObject({ stage: "validate", ref: { name: "settings" } });
  expect(await world.kube.has("ConfigMap/settings")).toBe(false);
});
