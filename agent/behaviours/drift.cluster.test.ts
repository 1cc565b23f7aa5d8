import { expect, it } from "vitest";
import { configMap, eventually, openWorld, outcomeOf } from "./test-world.ts";

it("a hand edit and a removal are put back at once, not at the next interval, and told with who and when", async () => {
  const world = await openWorld({ environments: { production: { interval: "1h" } } });
  const first = await world.commit({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });
  await world.start();
  await world.converged(first);

  await world.kube.patch("ConfigMap/a", { data: { color: "red" } });
  const edited = await world.sync({ trigger: "drift" });
  expect(edited).toMatchObject({ outcome: "succeeded", revision: first });
  expect(edited.objects.map(({ ref, action }) => `${ref.name} ${action}`)).toEqual(["a configured"]);
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "blue" });
  const told = world.server.state.environments
    .get(world.nameOf("production"))
    ?.reports.flatMap(({ resources }) => resources)
    .find(({ sync }) => sync === "Modified");
  expect(told).toMatchObject({
    cause: "drift",
    changes: [{ path: "data.color", desired: "blue", observed: "red", by: { manager: "kubectl-edit" } }],
  });

  await world.kube.delete("ConfigMap/b");
  const removed = await eventually(() =>
    world.syncs().find((sync) => outcomeOf(sync, "ConfigMap/b") === "created" && sync.trigger === "drift"),
  );
  expect(removed.outcome).toBe("succeeded");
  expect(await world.kube.has("ConfigMap/b")).toBe(true);
});
