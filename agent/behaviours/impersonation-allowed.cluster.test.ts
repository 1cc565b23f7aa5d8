import { expect, it } from "vitest";
import { grant } from "./test-grants.ts";
import { configMap, openWorld, outcomeOf } from "./test-world.ts";

it("applies and prunes what the service account may write, and not a byte in another namespace", async () => {
  const world = await openWorld({
    environments: { production: { serviceAccountName: "deployer" } },
    proxy: true,
  });
  await grant(world, "deployer", ["configmaps"], ["create", "patch", "delete"]);
  await world.begin({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });
  const sync = await world.follow({ "app/b.yaml": null });
  expect(outcomeOf(sync, "ConfigMap/b")).toBe("pruned");
  expect(await world.kube.has("ConfigMap/b")).toBe(false);

  await world.commit({ "app/elsewhere.yaml": configMap("elsewhere", {}, { namespace: "default" }) });
  const problem = await world.problem("Forbidden");
  expect(problem.message).toContain("in the namespace default");
  expect(await world.kube.has("ConfigMap/elsewhere", "default")).toBe(false);
});
