import { describe, expect, it } from "vitest";
import { publicDeclaration } from "../agent/declaration.ts";
import { declared, type Manifest, minimal, podOf, template, the, withEnvironment } from "./test-chart.ts";

const verbsOf = (manifests: Manifest[]) =>
  manifests.flatMap(({ rules = [] }) => rules.flatMap(({ verbs }: { verbs: string[] }) => verbs));

describe("rights", () => {
  it("observing renders no verb but those that read", async () => {
    const manifests = await template(withEnvironment({}));
    expect(new Set(verbsOf(manifests))).toEqual(new Set(["get", "list", "watch"]));
    expect(manifests.filter(({ kind }) => kind === "Role")).toEqual([]);
  });

  it("observing gets nothing by name but one namespace, so that no subresource can be called", async () => {
    const { rules } = the("ClusterRole", await template(minimal));
    const gets = rules.filter(
      ({ verbs, nonResourceURLs }: Record<string, string[]>) => verbs?.includes("get") && !nonResourceURLs,
    );
    expect(gets).toEqual([
      { apiGroups: [""], resources: ["namespaces"], resourceNames: ["kube-system"], verbs: ["get"] },
    ]);
  });

  it("one environment in mode sync lets the agent write in the whole cluster, but for what nobody should", async () => {
    const verbs = new Set(verbsOf(await template(withEnvironment({ mode: "sync" }))));
    expect(verbs).toEqual(new Set(["get", "list", "watch", "create", "patch", "delete"]));
  });

  it("with rbac.namespaces it may write there only", async () => {
    const manifests = await template({
      ...withEnvironment({ mode: "sync" }),
      rbac: { namespaces: ["quotes", "claims", "quotes"] },
    });
    expect(
      the("ClusterRole", manifests).rules.flatMap(({ verbs }: { verbs: string[] }) => verbs),
    ).not.toContain("create");
    const roles = manifests.filter(({ kind }) => kind === "Role");
    expect(roles.map(({ metadata }) => metadata.namespace)).toEqual(["quotes", "claims"]);
    const bindings = manifests.filter(({ kind }) => kind === "RoleBinding");
    expect(bindings.map(({ metadata }) => metadata.namespace)).toEqual(["quotes", "claims"]);
    const account = the("ServiceAccount", manifests).metadata;
    for (const { subjects } of bindings)
      expect(subjects).toEqual([
        { kind: "ServiceAccount", name: account.name, namespace: account.namespace },
      ]);
  });

  it("with rbac.namespaces, an agent that only observes may write nowhere", async () => {
    const manifests = await template({ ...withEnvironment({}), rbac: { namespaces: ["quotes"] } });
    expect(verbsOf(manifests)).not.toContain("patch");
  });

  it("nothing escalates, binds or impersonates, unless it is told that it may grant", async () => {
    const values = withEnvironment({ mode: "sync" });
    expect(verbsOf(await template(values))).not.toContain("escalate");
    const granting = await template({ ...values, rbac: { grantRoles: true } });
    expect(the("ClusterRole", granting).rules.at(-1)).toEqual({
      apiGroups: ["rbac.authorization.k8s.io"],
      resources: ["roles", "clusterroles"],
      verbs: ["escalate", "bind"],
    });
    expect(verbsOf(await template({ ...withEnvironment({}), rbac: { grantRoles: true } }))).not.toContain(
      "bind",
    );
  });

  describe("applying as a service account of the environment's", () => {
    const rolesOf = (manifests: Manifest[]) =>
      manifests
        .filter(({ kind }) => kind === "Role")
        .map(({ metadata, rules }) => ({ in: metadata.namespace, rules }));
    const impersonating = (namespace: string, ...resourceNames: string[]) => ({
      in: namespace,
      rules: [{ apiGroups: [""], resources: ["serviceaccounts"], resourceNames, verbs: ["impersonate"] }],
    });
    const repository = { url: "https://git.example.com/fleet" };

    it("lets the agent be these accounts and no other, and write nothing itself", async () => {
      const environments = [
        { name: "a", mode: "sync", repository, namespace: "team-a", serviceAccountName: "deployer" },
        { name: "b", mode: "sync", repository, namespace: "team-a", serviceAccountName: "builder" },
        { name: "c", mode: "sync", repository, namespace: "team-a", serviceAccountName: "deployer" },
        {
          ...{ name: "d", mode: "sync", repository, namespace: "team-d" },
          ...{ serviceAccountName: "deployer", serviceAccountNamespace: "accounts" },
        },
        { name: "e", mode: "sync", repository, serviceAccountName: "deployer" },
        { name: "f", mode: "observe", repository, namespace: "team-f", serviceAccountName: "deployer" },
      ];
      const manifests = await template({ ...minimal, environments, rbac: { namespaces: ["quotes"] } });
      expect(rolesOf(manifests)).toEqual([
        impersonating("accounts", "deployer"),
        impersonating("plumbline", "deployer"),
        impersonating("team-a", "builder", "deployer"),
      ]);
      expect(new Set(verbsOf(manifests))).toEqual(new Set(["get", "list", "watch", "impersonate"]));
      const account = the("ServiceAccount", manifests).metadata;
      for (const { subjects } of manifests.filter(({ kind }) => kind === "RoleBinding"))
        expect(subjects).toEqual([
          { kind: "ServiceAccount", name: account.name, namespace: account.namespace },
        ]);
    });

    it("names each account in the namespace where the agent looks for it", async () => {
      const environment = { name: "a", mode: "sync", repository, serviceAccountName: "deployer" };
      for (const more of [{}, { namespace: "team-a" }, { serviceAccountNamespace: "accounts" }]) {
        const manifests = await template({ ...minimal, environments: [{ ...environment, ...more }] });
        const [one] = declared(manifests).environments ?? [];
        expect(publicDeclaration(one!, "plumbline").serviceAccount).toBe(
          `${rolesOf(manifests)[0]?.in}/deployer`,
        );
      }
    });

    it("leaves the agent its own rights where another environment is applied without one", async () => {
      const environments = [
        { name: "a", mode: "sync", repository, namespace: "team-a", serviceAccountName: "deployer" },
        { name: "b", mode: "sync", repository, namespace: "team-b" },
      ];
      const manifests = await template({ ...minimal, environments, rbac: { namespaces: ["team-b"] } });
      expect(rolesOf(manifests).map(({ in: namespace }) => namespace)).toEqual(["team-a", "team-b"]);
      expect(
        the("ClusterRole", manifests).rules.flatMap(({ verbs }: { verbs: string[] }) => verbs),
      ).not.toContain("impersonate");
    });
  });

  it("rules of yours replace its own, but for what it always needs", async () => {
    const readRules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["list", "watch"] }];
    const writeRules = [
      { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "create", "patch", "delete"] },
    ];
    const { rules } = the(
      "ClusterRole",
      await template({ ...withEnvironment({ mode: "sync" }), rbac: { readRules, writeRules } }),
    );
    expect(rules.slice(2)).toEqual([...readRules, ...writeRules]);
  });

  it("rights of yours alone, and a ServiceAccount of yours", async () => {
    const manifests = await template({
      ...minimal,
      rbac: { create: false },
      serviceAccount: { create: false, name: "mine" },
    });
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(["ConfigMap", "Deployment", "Secret", "Secret"]);
    expect(podOf(manifests).serviceAccountName).toBe("mine");
  });
});

describe("names", () => {
  const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
  const name = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
  const everything = {
    ...withEnvironment({ mode: "sync" }),
    persistence: { enabled: true },
    rbac: { namespaces: ["quotes"] },
    metrics: {
      serviceMonitor: { enabled: true },
      prometheusRule: { enabled: true },
      dashboard: { enabled: true },
    },
  };

  it.for([
    ["agent", "plumbline", {}],
    ["plumbline-agent", "plumbline", {}],
    ["a".repeat(53), "n".repeat(63), {}],
    [`${"a".repeat(46)}.b.c.d`, "plumbline", {}],
    ["agent", "plumbline", { fullnameOverride: `${"f".repeat(62)}.tail` }],
    ["agent", "plumbline", { fullnameOverride: "g".repeat(63) }],
  ] as const)("of release %s in %s are valid with %o", async ([release, namespace, overrides]) => {
    const manifests = await template({ ...everything, ...overrides }, release, namespace);
    for (const { kind, metadata, subjects, roleRef } of manifests) {
      if (!kind.includes("Role")) expect(metadata.name).toMatch(name);
      else expect(metadata.name).not.toMatch(/[/%]/);
      for (const value of Object.values(metadata.labels ?? {}))
        expect(value).toMatch(/^[A-Za-z0-9._-]{1,63}$/);
      if (roleRef)
        expect(subjects[0]).toMatchObject({
          name: the("ServiceAccount", manifests).metadata.name,
          namespace,
        });
    }
    const pod = podOf(manifests);
    for (const volume of pod.volumes) expect(volume.name).toMatch(label);
    const made = new Set(manifests.map(({ metadata }) => metadata.name));
    for (const { secret, configMap, persistentVolumeClaim } of pod.volumes)
      for (const used of [secret?.secretName, configMap?.name, persistentVolumeClaim?.claimName])
        if (used) expect(made).toContain(used);
  });

  it("two releases share no object of the whole cluster, nor of a namespace both may write to", async () => {
    const idsOf = async (release: string, namespace: string) =>
      (await template(everything, release, namespace)).map(
        ({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`,
      );
    const pairs = [
      ["agent", "a"],
      ["agent", "b"],
      ["b-agent", "a"],
      ["agent", "a-b"],
      ["a".repeat(53), "c"],
      ["a".repeat(52), "c"],
    ] as const;
    const all = (await Promise.all(pairs.map(([release, namespace]) => idsOf(release, namespace)))).flat();
    expect(new Set(all).size).toBe(all.length);
  });
});
