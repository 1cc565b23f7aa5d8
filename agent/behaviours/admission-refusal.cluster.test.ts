import { expect, it } from "vitest";
import { configMap, eventually, openWorld } from "./test-world.ts";

const group = "admissionregistration.k8s.io/v1";

it("names the admission policy that refuses an object, and applies nothing", async () => {
  const world = await openWorld();
  const name = `colors-${world.suffix}`;
  const here = { matchLabels: { "kubernetes.io/metadata.name": world.namespace } };
  const rule = {
    apiGroups: [""],
    apiVersions: ["v1"],
    operations: ["CREATE", "UPDATE"],
    resources: ["configmaps"],
  };
  await world.kube.apply({
    ...{ apiVersion: group, kind: "ValidatingAdmissionPolicy", metadata: { name, namespace: "" } },
    spec: {
      matchConstraints: { namespaceSelector: here, resourceRules: [rule] },
      validations: [{ expression: "object.data.color != 'red'", message: "Red is for alarms." }],
    },
  });
  await world.kube.apply({
    ...{ apiVersion: group, kind: "ValidatingAdmissionPolicyBinding", metadata: { name, namespace: "" } },
    spec: { policyName: name, validationActions: ["Deny"] },
  });
  const red = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "probe" }, data: { color: "red" } };
  await eventually(async () => String(await world.kube.apply(red).catch(String)).includes("Red is"), 60_000);

  await world.commit({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b", { color: "red" }) });
  await world.start();
  const problem = await world.problem();
  expect(problem).toMatchObject({ stage: "validate", file: "app/b.yaml", ref: { name: "b" } });
  expect(problem.message).toContain(name);
  expect(problem.message).toContain("Red is for alarms");
  expect(await world.kube.has("ConfigMap/a")).toBe(false);
  await world.kube.delete(`ValidatingAdmissionPolicyBinding/${name}`);
  await world.kube.delete(`ValidatingAdmissionPolicy/${name}`);
});
