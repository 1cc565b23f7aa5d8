import { expect, it } from "vitest";
import { eventually, manifest, openWorld } from "./test-world.ts";

const secret = (value: string) =>
  manifest({ apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, stringData: { password: value } });

it("applies Secrets and heals them, and no value of theirs is in anything it tells", async () => {
  const world = await openWorld();
  await world.begin({ "app/db.yaml": secret("correct-horse-battery") });
  await world.follow({ "app/db.yaml": secret("tr0ub4dor-and-3") });
  await world.kube.patch("Secret/db", { stringData: { password: "by-hand-9f8e7d6c" } });
  await world.sync({ trigger: "drift", outcome: "succeeded" });

  const now = (await world.kube.get("Secret/db"))?.data as { password: string };
  expect(Buffer.from(now.password, "base64").toString()).toBe("tr0ub4dor-and-3");
  await eventually(() => world.server.state.manifests.size > 0);
  const told = world.server.state.bodies.join("\n");
  expect(told).toContain("password");
  for (const value of ["correct-horse-battery", "tr0ub4dor-and-3", "by-hand-9f8e7d6c"]) {
    expect(told).not.toContain(value);
    expect(told).not.toContain(Buffer.from(value).toString("base64"));
  }
});
