import { expect, it } from "vitest";
import { parse } from "yaml";
import { rightInWords, ruleGranting } from "./rules.ts";

const right = { group: "networking.k8s.io", resource: "ingresses", namespaces: ["quotes"], objects: 2 };

it("writes the rule that grants a right, as RBAC has it, whatever a cluster's names hold", () => {
  expect(parse(ruleGranting(right))).toEqual([
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["list", "watch"] },
  ]);
  const hostile = { group: "", resource: 'x"]\n- apiGroups: ["*"' };
  expect(parse(ruleGranting(hostile))).toEqual([
    { apiGroups: [""], resources: [hostile.resource], verbs: ["list", "watch"] },
  ]);
});

it("names a right and where it is lacked", () => {
  expect(rightInWords(right)).toBe("ingresses.networking.k8s.io in quotes");
  expect(rightInWords({ ...right, group: "", namespaces: ["a", "b"] })).toBe("ingresses in a and b");
  expect(rightInWords({ ...right, namespaces: ["a", "b", "c", "d"] })).toBe(
    "ingresses.networking.k8s.io in a, b and 2 more",
  );
  expect(rightInWords({ ...right, namespaces: [] })).toBe("ingresses.networking.k8s.io");
});
