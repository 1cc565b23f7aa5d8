import { describe, expect, test } from "vitest";
import { ApiError, apiErrorOf, briefly, toStageError, withoutValues } from "./api-error.ts";

const ref = { group: "apps", version: "v1", kind: "Deployment", namespace: "shop", name: "quotes" };

describe("an API server's refusal becomes a sentence that", () => {
  test("names the object, the field and what to do, and does not ask to be tried again", () => {
    const error = apiErrorOf(422, {
      reason: "Invalid",
      message:
        'Deployment.apps "quotes" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      details: {
        causes: [
          {
            field: "spec.replicas",
            message: "Invalid value: -1: must be greater than or equal to 0",
            reason: "FieldValueInvalid",
          },
        ],
      },
    });
    expect(toStageError("validate", error, ref)).toMatchObject({
      stage: "validate",
      reason: "Invalid",
      next: "stalled",
      at: { ref },
      message:
        "The API server refuses Deployment shop/quotes: spec.replicas: Invalid value: -1: must be greater than or equal to 0. Correct it in Git.",
    });
  });

  test.each([
    [403, "Forbidden", "retry"],
    [404, "NotFound", "retry"],
    [409, "Conflict", "retry"],
    [400, "Refused", "stalled"],
    [429, "Unavailable", "retry"],
    [500, "Unavailable", "retry"],
    [0, "Unavailable", "retry"],
  ] as const)("tells %s as %s, %s", (status, reason, next) => {
    const error = toStageError("apply", new ApiError(status, "Whatever", "it is so"), ref);
    expect(error).toMatchObject({ reason, next });
    expect(error.message).toContain("Deployment shop/quotes");
  });
});

describe("a message without values", () => {
  test.each([
    ['Invalid value: "canary": must be base64', "canary"],
    ['Invalid value: map[string]string{"a":"can"ary: x"}: must be short', "can"],
    ["illegal base64 data at 'canary'", "canary"],
    [".data.pin: expected string, got &value.valueUnstructured{Value:4711}", "4711"],
    [".stringData: expected map, got &{canary of two words}", "two words"],
    [".stringData: expected map, got canary", "canary"],
    ["json: cannot unmarshal number 4711.5 into Go value", "4711"],
    ["token Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5 refused", "Y2Fu"],
  ])("%s", (message, value) => {
    expect(withoutValues(message)).not.toContain(value);
  });
});

test("What is wrong with a field is told in a line, without the object that is quoted whole", () => {
  const cause = (message: string) => ({ field: "spec.template", reason: "FieldValueInvalid", message });
  expect(briefly(cause('Invalid value: {"a":{"b":[1]}}: field is immutable'))).toBe(
    "spec.template: Invalid value: (as in Git): field is immutable",
  );
  expect(briefly(cause('Invalid value: ["None"]: may not change once set'))).toBe(
    "spec.template: Invalid value: (as in Git): may not change once set",
  );
  expect(briefly(cause("Forbidden: spec is immutable\n  core.Spec{\n- a\n+ b"))).toBe(
    "spec.template: Forbidden: spec is immutable",
  );
  expect(briefly(cause("Invalid value: -1: must be greater than or equal to 0"))).toBe(
    "spec.template: Invalid value: -1: must be greater than or equal to 0",
  );
  expect(briefly({ ...cause("x".repeat(1000)), field: "" })).toHaveLength(400);
});
