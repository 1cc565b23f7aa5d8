import { expect, test } from "vitest";
import type { DesiredObject } from "../object.ts";
import { badWavesOf, stepsOf } from "./waves.ts";

const object = (kind: string, name: string, wave?: unknown): DesiredObject => ({
  object: {
    apiVersion:
      kind === "Deployment"
        ? "apps/v1"
        : kind === "CustomResourceDefinition"
          ? "apiextensions.k8s.io/v1"
          : "v1",
    kind,
    metadata: { name, ...(wave !== undefined && { annotations: { "plumbline.dev/wave": wave as string } }) },
  },
  source: { file: `${name}.yaml` },
});
const told = (objects: DesiredObject[]) =>
  stepsOf(objects).map(({ objects: step, ends }) => [
    step.map((one) => one.object.metadata.name),
    ends?.wave,
  ]);

test("Namespaces and CRDs come first whatever wave they name, then waves by number, each by kind", () => {
  const set = [
    object("Deployment", "web"),
    object("ConfigMap", "late", "10"),
    object("Deployment", "early", "-5"),
    object("ConfigMap", "early-settings", "-5"),
    object("CustomResourceDefinition", "crd", "20"),
    object("ConfigMap", "settings", "0"),
    object("Namespace", "space", "3"),
  ];
  expect(told(set)).toEqual([
    [["space"], undefined],
    [["crd"], undefined],
    [["early-settings"], undefined],
    [["early"], -5],
    [["settings"], undefined],
    [["web"], 0],
    [["late"], undefined],
  ]);
});

test("What ends a wave names all of its objects, and a single wave is not waited for", () => {
  const set = [object("ConfigMap", "a"), object("Deployment", "b"), object("ConfigMap", "c", "1")];
  const ends = stepsOf(set).flatMap((step) => step.ends ?? []);
  expect(ends.map(({ objects }) => objects.map((one) => one.object.metadata.name))).toEqual([["a", "b"]]);
  expect(
    stepsOf([object("ConfigMap", "a", "7"), object("Deployment", "b", "7")]).some(({ ends }) => ends),
  ).toBe(false);
  expect(stepsOf([])).toEqual([]);
});

test.each(["first", "1.5", "", " 1", "1e3", "0x1", "99999999999", 1, true])("%j is no wave", (wave) => {
  const [refused] = badWavesOf([object("ConfigMap", "a", wave), object("ConfigMap", "b", "1")]);
  expect(refused?.error).toMatchObject({ stage: "validate", reason: "InvalidWave", next: "stalled" });
  expect(refused?.error.message).toContain("ConfigMap a has the annotation plumbline.dev/wave");
  expect(refused?.error.at.file).toBe("a.yaml");
});

test.each(["0", "-1", "+2", "007", "123456789"])("%j is a wave", (wave) => {
  expect(badWavesOf([object("ConfigMap", "a", wave)])).toEqual([]);
});
