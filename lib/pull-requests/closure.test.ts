import { expect, test } from "vitest";
import { blastRadius, ownFiles, pathAsInputs, readsFile, restoredPaths } from "./closure.ts";

test("what decides how a directory is read is restored with what was read", () => {
  expect(restoredPaths(["base/kustomization.yaml", "env/kustomization.yml"], "env")).toEqual([
    "base/Kustomization",
    "base/kustomization.yaml",
    "base/kustomization.yml",
    "env/Chart.yaml",
    "env/Kustomization",
    "env/kustomization.yaml",
    "env/kustomization.yml",
  ]);
  expect(restoredPaths(["env/"], "./env/")).toEqual(["env/"]);
  expect(restoredPaths(["one.yaml"], "one.yaml")).toEqual(["one.yaml"]);
});

test("a directory that is read whole reads every file below it, and none beside it", () => {
  const inputs = new Set(["charts/shop/", "values.yaml"]);
  expect(readsFile(inputs, "charts/shop/templates/a.yaml")).toBe(true);
  expect(readsFile(inputs, "values.yaml")).toBe(true);
  expect(readsFile(inputs, "charts/shop-two/a.yaml")).toBe(false);
  expect(readsFile(new Set(["/"]), "anything")).toBe(true);
  expect(readsFile(new Set(["base"]), "base/a.yaml")).toBe(false);
});

test("a change reaches whoever reads one of its files, and the rest is nobody else's", () => {
  const readers = [
    { id: "staging", inputs: ["base/a.yaml", "staging/"], recorded: true },
    { id: "dev", inputs: ["dev/"], recorded: true },
  ];
  const files = ["base/a.yaml", "base/b.yaml", "production/c.yaml"];
  expect(blastRadius(files, readers)).toEqual([{ reader: readers[0], files: ["base/a.yaml"] }]);
  expect(ownFiles(files, readers)).toEqual(["base/b.yaml", "production/c.yaml"]);
});

test("where nothing was recorded, an environment's path stands for what it reads", () => {
  expect(pathAsInputs("./environments/dev/")).toEqual(["environments/dev", "environments/dev/"]);
  expect(pathAsInputs(".")).toEqual(["/"]);
});
