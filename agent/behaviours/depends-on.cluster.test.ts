import { expect, it } from "vitest";
import { patientDeployment } from "./test-patience.ts";
import { configMap, eventually, openWorld } from "./test-world.ts";

const rarely = { interval: "1h" };

it("is applied once what it depends on has converged: at that moment, and in order for each commit", async () => {
  const world = await openWorld({
    environments: {
      shop: { path: "shop", dependsOn: ["infra"], ...rarely },
      infra: { path: "infra", ...rarely },
    },
  });
  const infra = patientDeployment(world, "database");
  const first = await world.commit({
    "infra/database.yaml": infra.file(),
    "shop/a.yaml": configMap("shop-settings"),
  });
  await world.start();
  await eventually(() => world.resource("Deployment/database", "infra")?.sync === "Synced");
  await eventually(() => world.report("shop")?.waiting);
  expect(world.report("shop")?.waiting).toContain(`"${world.nameOf("infra")}"`);
  expect(world.state("shop")).toContain("Diverged pending");
  expect(await world.kube.has("ConfigMap/shop-settings")).toBe(false);
  await infra.allow();
  await world.converged(first, { environment: "shop" });
  expect(world.report("shop")?.waiting).toBeNull();

  const second = await world.commit({
    "infra/b.yaml": configMap("infra-settings"),
    "shop/a.yaml": configMap("shop-settings", { color: "green" }),
  });
  const [before, after] = [
    await world.converged(second, { environment: "infra" }),
    await world.converged(second, { environment: "shop" }),
  ];
  expect(Date.parse(after.startedAt)).toBeGreaterThanOrEqual(Date.parse(before.finishedAt));
});

it("goes on putting hand edits back while it waits", async () => {
  const world = await openWorld({
    environments: {
      shop: { path: "shop", dependsOn: ["infra"], ...rarely },
      infra: { path: "infra", ...rarely },
    },
  });
  const files = { "infra/a.yaml": configMap("infra-settings"), "shop/a.yaml": configMap("shop-settings") };
  const first = await world.commit(files);
  await world.start();
  await world.converged(first, { environment: "shop" });
  const infra = patientDeployment(world, "database");
  await world.commit({ "infra/database.yaml": infra.file(), "shop/b.yaml": configMap("later") });
  await eventually(() => world.report("shop")?.waiting);
  await world.kube.patch("ConfigMap/shop-settings", { data: { color: "red" } });
  await world.sync({ trigger: "drift", outcome: "succeeded" }, "shop");
  expect(await world.kube.has("ConfigMap/later")).toBe(false);
});

it("in a circle is applied by nobody, and each says which circle; mended, both converge", async () => {
  const world = await openWorld({
    environments: { a: { path: "a", dependsOn: ["b"] }, b: { path: "b", dependsOn: ["a"] } },
  });
  const first = await world.commit({ "a/a.yaml": configMap("a"), "b/b.yaml": configMap("b") });
  await world.start();
  const problem = await world.problem(undefined, "a");
  expect(problem).toMatchObject({ stage: "declare" });
  const [a, b] = [world.nameOf("a"), world.nameOf("b")];
  expect(problem.message).toContain(`${a} → ${b} → ${a}`);
  expect((await world.problem(undefined, "b")).message).toContain(`${b} → ${a} → ${b}`);
  await eventually(() => world.resource("ConfigMap/a", "a")?.sync === "Missing");
  expect([await world.kube.has("ConfigMap/a"), await world.kube.has("ConfigMap/b")]).toEqual([false, false]);

  world.declare({ a: { path: "a", dependsOn: ["b"] }, b: { path: "b" } });
  await world.converged(first, { environment: "a" });
  await world.converged(first, { environment: "b" });
});

it("on what nobody follows is a problem that names it", async () => {
  const world = await openWorld({ environments: { shop: { path: "shop", dependsOn: ["ghost"] } } });
  await world.commit({ "shop/a.yaml": configMap("a") });
  await world.start();
  expect((await world.problem()).message).toContain(`"${world.nameOf("ghost")}"`);
});
