import { expect, it } from "vitest";
import { configMap, eventually, manifest, messageOf, openWorld } from "./test-world.ts";

it("says which quota stopped an apply in the middle, keeps what was applied, and ends it when there is room", async () => {
  const world = await openWorld();
  const quota = (most: string) =>
    manifest({
      ...{ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "few", namespace: world.namespace } },
      spec: { hard: { "count/configmaps": most } },
    });
  await world.kube.apply(JSON.parse(quota("4")));
  await eventually(async () => {
    const status = (await world.kube.get("ResourceQuota/few"))?.status as { used?: object } | undefined;
    return status?.used;
  });
  const names = ["a", "b", "c", "d", "e", "f"];
  await world.commit(Object.fromEntries(names.map((name) => [`app/${name}.yaml`, configMap(name)])));
  await world.start();
  // Each object alone would fit, which is what a dry run is asked; together they do not.
  const failed = await world.sync({ outcome: "failed" });
  expect(failed.message).toMatch(/exceeded quota: few/);
  const actions = failed.objects.map(({ action }) => action);
  expect(actions).toContain("created");
  expect(actions).toContain("failed");
  const [refused] = failed.objects.filter(({ action }) => action === "failed");
  expect(messageOf(failed, `ConfigMap/${refused?.ref.name}`)).toMatch(/exceeded quota/);

  await world.kube.apply(JSON.parse(quota("40")));
  await world.sync({ trigger: "retry", outcome: "succeeded" });
  for (const name of names) expect(await world.kube.has(`ConfigMap/${name}`)).toBe(true);
});
