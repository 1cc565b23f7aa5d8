import { expect, it } from "vitest";
import { configMap, eventually, openWorld } from "./test-world.ts";

it("a second writer that never stops: backs off, names both, and leaves the rest of the object's environment alone", async () => {
  const world = await openWorld();
  const first = await world.commit({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });
  await world.start();
  await world.converged(first);
  let fighting = true;
  const other = (async () => {
    while (fighting) {
      const data = (await world.kube.get("ConfigMap/a"))?.data as { color?: string } | undefined;
      if (data?.color !== "red")
        await world.kube.patch("ConfigMap/a", { data: { color: "red" } }, { manager: "kube-janitor" });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();

  try {
    const problem = await world.problem("Contested");
    for (const word of [`ConfigMap ${world.namespace}/a`, "data.color", "plumbline", "kube-janitor"])
      expect(problem.message).toContain(word);
    expect(problem).toMatchObject({ stage: "apply", retryable: true, ref: { name: "a" } });
    await eventually(() => world.state() === "Diverged failed drift");
    const heals = () => world.syncs().filter(({ trigger }) => trigger === "drift").length;
    // Each putting back but the last was undone before it was seen: superseded by the next one.
    await eventually(() => heals() >= 4);
    const before = heals();
    // Somebody else's edit of another object is put back all the same, and the contested one is not.
    await world.kube.patch("ConfigMap/b", { data: { color: "red" } });
    await eventually(async () => {
      const data = (await world.kube.get("ConfigMap/b"))?.data as { color?: string };
      return data.color === "blue";
    });
    await eventually(() => heals() === before + 1);
    expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "red" });
  } finally {
    fighting = false;
    await other;
  }
});
