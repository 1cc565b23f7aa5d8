import { expect, it } from "vitest";
import { parse } from "yaml";
import { Declaration, publicDeclaration } from "../../agent/declaration.ts";
import { declaredValues } from "./declared-values.ts";

const declaration = Declaration.parse({
  name: "production",
  repository: { url: "https://git.example.com/fleet.git", ref: "release/1.2" },
  path: "environments/production",
  mode: "sync",
  namespace: "shop",
  prune: false,
  renderer: "helm",
  progressDeadline: "90s",
  remoteSuspend: false,
  dependsOn: ["base"],
  serviceAccountName: "deployer",
  windows: [
    {
      kind: "deny",
      schedule: "0 18 * * 5",
      duration: "62h",
      timezone: "Europe/Vienna",
      reason: "weekend: rest",
    },
  ],
  labels: { tier: "1", "example.com/team": "quotes & orders" },
});

/** What the page knows is what the agent tells of a declaration. */
function shown(of: Declaration) {
  const told = publicDeclaration(of, "plumbline");
  const { serviceAccount, namespace, name, ref, path, mode, repository, ...declared } = told;
  return {
    ...{ name, ref, path, mode, repository: { url: repository } },
    declared: { ...declared, namespace: namespace ?? null, serviceAccount: serviceAccount ?? null },
  };
}

it("writes values that declare the same environment again", () => {
  for (const one of [
    declaration,
    Declaration.parse({ name: "dev", repository: { url: "https://git.example.com/a" } }),
  ]) {
    const again = Declaration.parse(parse(declaredValues(shown(one))).environments[0]);
    expect(publicDeclaration(again, "plumbline")).toEqual(publicDeclaration(one, "plumbline"));
  }
});

it("stays one environment whatever its names hold", () => {
  const hostile = { ...shown(declaration), path: 'a"\n  - name: other', ref: "x: y # z" };
  const { environments } = parse(declaredValues(hostile));
  expect(environments).toHaveLength(1);
  expect(environments[0]).toMatchObject({ path: hostile.path, repository: { ref: hostile.ref } });
});
