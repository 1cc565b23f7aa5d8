import { expect, it } from "vitest";
import { configMap, eventually, openWorld } from "./test-world.ts";

it("looks at once when told that Git has moved, however long its interval", async () => {
  const world = await openWorld({ environments: { production: { interval: "1h" } } });
  await world.begin({ "app/a.yaml": configMap("a") });
  await eventually(() => world.server.listeners() > 0);

  const sync = await world.follow({ "app/a.yaml": configMap("a", { color: "green" }) });
  expect(sync.trigger).toBe("commit");
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "green" });
});
