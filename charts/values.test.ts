import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  chart,
  declared,
  environment,
  helm,
  minimal,
  podOf,
  template,
  withEnvironment,
} from "./test-chart.ts";

describe("refuses, and says what is wrong where", () => {
  const refusals: [what: string, values: object, complaint: RegExp][] = [
    [
      "an address without encryption",
      { controlPlane: { ...minimal.controlPlane, url: "http://plumbline.example.com" } },
      /\/controlPlane\/url.*https:/,
    ],
    ["a missing address", { controlPlane: { token: "t" } }, /\/controlPlane\/url/],
    [
      "an address with a credential in it",
      { controlPlane: { ...minimal.controlPlane, url: "https://me:pw@plumbline.example.com" } },
      /\/controlPlane\/url/,
    ],
    [
      "a missing token",
      { controlPlane: { url: "https://p.example" } },
      /controlPlane\.token is missing.*existingSecret\.name/,
    ],
    [
      "two tokens",
      { controlPlane: { ...minimal.controlPlane, existingSecret: { name: "mine" } } },
      /both set/,
    ],
    ["an unknown value", { ...minimal, mode: "observe" }, /additional properties 'mode' not allowed/],
    [
      "an unknown field of an environment",
      withEnvironment({ branch: "main" }),
      /\/environments\/0.*'branch'/,
    ],
    [
      "a file path instead of a Secret",
      withEnvironment({ repository: { ...environment.repository, credentials: "/tmp" } }),
      /\/environments\/0\/repository.*'credentials'/,
    ],
    [
      "a name that no address can hold",
      withEnvironment({ name: "Prod_EU" }),
      /\/environments\/0\/name.*Prod_EU/,
    ],
    [
      "an environment without a repository",
      { ...minimal, environments: [{ name: "production" }] },
      /\/environments\/0.*repository/,
    ],
    ["an unknown mode", withEnvironment({ mode: "apply" }), /\/environments\/0\/mode.*'observe', 'sync'/],
    ["an interval without a unit", withEnvironment({ interval: "30" }), /\/environments\/0\/interval/],
    [
      "an interval that is a number",
      withEnvironment({ interval: 30 }),
      /\/environments\/0\/interval.*string/,
    ],
    [
      "a time that is none",
      withEnvironment({ suspend: { reason: "r", owner: "o", until: "tomorrow" } }),
      /suspend\/until/,
    ],
    ["a pause that nobody owns", withEnvironment({ suspend: { reason: "r" } }), /suspend.*owner/],
    [
      "an environment declared twice",
      { ...minimal, environments: [environment, environment] },
      /production is declared twice/,
    ],
    [
      "a repository address with a credential in it",
      withEnvironment({ repository: { url: "https://me:pw@git.example.com/x" } }),
      /production has a credential in it.*credentialsSecret/,
    ],
    [
      "a repository address with a token in it",
      withEnvironment({ repository: { url: "https://ghp_1@git.example.com/x" } }),
      /production has a credential in it/,
    ],
    [
      "a repository without encryption",
      withEnvironment({ repository: { url: "http://git.example.com/x" } }),
      /production is http:\/\/, which is not encrypted/,
    ],
    ["a namespace that is none", { ...minimal, rbac: { namespaces: ["Quotes"] } }, /\/rbac\/namespaces\/0/],
    [
      "a rule without verbs",
      { ...minimal, rbac: { readRules: [{ apiGroups: [""], resources: ["pods"] }] } },
      /\/rbac\/readRules\/0.*verbs/,
    ],
    [
      "an environment that depends on one that is not declared",
      withEnvironment({ dependsOn: ["databases"] }),
      /production depends on databases, which is not declared here/,
    ],
    [
      "an environment that depends on itself",
      withEnvironment({ dependsOn: ["production"] }),
      /production depends on itself/,
    ],
    [
      "a window without an end",
      withEnvironment({ windows: [{ kind: "deny", schedule: "0 18 * * 5" }] }),
      /\/environments\/0\/windows\/0.*duration/,
    ],
    [
      "a schedule with another number of fields",
      withEnvironment({ windows: [{ kind: "deny", schedule: "0 0 18 * * 5", duration: "1h" }] }),
      /\/environments\/0\/windows\/0\/schedule/,
    ],
    [
      "a kind that is none",
      withEnvironment({ pruneKinds: ["batch/v1 Job"] }),
      /\/environments\/0\/pruneKinds\/0/,
    ],
    [
      "an answer to conflicts that there is not",
      withEnvironment({ onConflict: "ignore" }),
      /\/environments\/0\/onConflict.*'take', 'refuse'/,
    ],
    [
      "a service account that cannot exist",
      withEnvironment({ serviceAccountName: "system:admin" }),
      /\/environments\/0\/serviceAccountName/,
    ],
    [
      "an alert that there is not, to leave out",
      { ...minimal, metrics: { prometheusRule: { disabled: ["Everything"] } } },
      /\/metrics\/prometheusRule\/disabled\/0/,
    ],
    ["an unknown log level", { ...minimal, logLevel: "verbose" }, /\/logLevel/],
  ];
  it.for(refusals)("%s", async ([, values, complaint]) => {
    const message = await template(values).then(
      () => "rendered",
      (error: Error) => error.message.replaceAll(/\s+/g, " "),
    );
    expect(message).toMatch(complaint);
    expect(message).not.toMatch(/nil pointer|wrong type/);
  });

  it("never quotes a credential of a repository's address", async () => {
    const values = withEnvironment({ repository: { url: "https://me:hunter2@git.example.com/x" } });
    await expect(template(values)).rejects.not.toThrow(/hunter2/);
  });
});

describe("accepts", () => {
  it.for([
    "https://plumbline.example.com",
    "https://plumbline.example.com:8443/base",
    "http://localhost:4300",
    "http://127.0.0.1:4300/",
    "http://[::1]:4300",
  ])("a control plane at %s", async (url) => {
    const [variable] = podOf(await template({ controlPlane: { url, token: "t" } })).containers[0].env;
    expect(variable).toEqual({ name: "PLUMBLINE_URL", value: url });
  });

  it.for([
    "git@github.com:acme/fleet.git",
    "ssh://git@git.example.com:22/fleet",
    "http://127.0.0.1:3000/fleet",
    "https://git.example.com/a@b",
  ])("a repository at %s", async (url) => {
    expect(declared(await template(withEnvironment({ repository: { url } }))).environments).toMatchObject([
      { repository: { url } },
    ]);
  });

  it("the values that stand in its own example, and Helm's lint agrees", async () => {
    const values = readFileSync(join(chart, "ci/sync-values.yaml"), "utf8");
    expect(await helm(["lint", "--strict", chart], values)).toContain("0 chart(s) failed");
  });
});
