import { expect, it } from "vitest";
import { configMap, openWorld, outcomeOf } from "./test-world.ts";

it("applies and changes an object of 900 kB", async () => {
  const world = await openWorld();
  const text = (letter: string) => `${letter.repeat(99)}\n`.repeat(9000);
  await world.begin({ "app/big.yaml": configMap("big", { text: text("a") }) });

  const sync = await world.follow({ "app/big.yaml": configMap("big", { text: text("b") }) });
  expect(outcomeOf(sync, "ConfigMap/big")).toBe("configured");
  expect((await world.kube.get("ConfigMap/big"))?.data).toEqual({ text: text("b") });
});
