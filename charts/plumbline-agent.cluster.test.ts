import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../agent/cluster/index.ts";
import { openTestGitHost } from "../agent/source/test-git-host.ts";
import { eventually, startTestControlPlane } from "../agent/test-control-plane.ts";
import { type AuditedCluster, type Call, startAuditedCluster } from "./test-audited-cluster.ts";
import { chart, helm } from "./test-chart.ts";
import { desiredState, filesOf } from "./test-desired-state.ts";
import { openRelease } from "./test-release.ts";

let world: AuditedCluster;
let git: Awaited<ReturnType<typeof openTestGitHost>>;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await startAuditedCluster();
  closing.push(world.stop);
  git = await openTestGitHost();
  git.password = "git-password";
  closing.push(() => git.close());
  // Nothing but what the strictest of the Pod Security Standards admits runs beside the agent.
  await world.kubectl(["create", "namespace", "plumbline"]);
  const strict = ["enforce", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
  await world.kubectl(["label", "namespace", "plumbline", ...strict]);
  const literals = ["--from-literal=username=reader", "--from-literal=password=git-password"];
  await world.kubectl(["create", "secret", "generic", "fleet.git", "--namespace", "plumbline", ...literals]);
});
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const allowed = (calls: Call[]) => calls.filter(({ responseStatus }) => responseStatus?.code !== 403);
const refused = (calls: Call[]) =>
  calls
    .filter(({ responseStatus }) => responseStatus?.code === 403 || responseStatus?.code === 401)
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`);

async function openEnvironment(name: string, mode: "observe" | "sync") {
  const server = await startTestControlPlane({ token: "plumbline-token" });
  closing.push(server.close);
  git.create(name);
  const release = openRelease(world, `${name}.1`);
  const values = {
    controlPlane: { url: server.url, token: "plumbline-token" },
    environments: [
      {
        name,
        repository: { url: git.url(name), credentialsSecret: "fleet.git" },
        path: "app",
        mode,
        interval: "1s",
        namespace: name,
      },
    ],
  };
  const recorded = () => server.state.environments.get(name);
  const resources = () => [...(recorded()?.resources.values() ?? [])];
  return {
    ...{ server, release, values, resources },
    problem: () => recorded()?.report.problem,
    syncs: () => [...server.state.syncs.values()],
    state: (kind: string) => resources().find(({ ref }) => ref.kind === kind),
    commit: (files: Record<string, string>) => git.commit(name, files),
    async calls() {
      return world.callsOf(await release.username());
    },
    /** Runs the agent, and waits for what it should tell; in vain, it says what the agent told instead. */
    async startAgent() {
      const agent = await release.startAgent();
      closing.push(() => agent.stop());
      const told = async (probe: () => boolean | Promise<boolean>) => {
        await eventually(probe, 60_000).catch((cause) => {
          const states = resources().map(
            ({ ref, sync, health, changes }) => `${ref.kind} ${sync} ${health} ${JSON.stringify(changes)}`,
          );
          const lines = [JSON.stringify(recorded()?.report.problem), ...states, agent.log().slice(-3000)];
          throw new Error(lines.join("\n"), { cause });
        });
      };
      return { ...agent, told };
    },
  };
}

describe("observing", () => {
  it("compares and tells of drift, and every call it makes is permitted and reads", async () => {
    const observed = await openEnvironment("observed", "observe");
    const parts = desiredState("observed");
    observed.commit(filesOf(parts));
    for (const name of ["namespace", "kind"]) await world.kubectl(["apply", "-f", "-"], parts[name]);
    const condition = "--for=condition=Established";
    await world.kubectl(["wait", condition, "crd/tariffs.observed.example.com", "--timeout=30s"]);
    const all = filesOf(parts)["app/all.yaml"];
    await world.kubectl(["apply", "--namespace", "observed", "-f", "-"], all);

    expect(await observed.release.install(observed.values)).toContain("It only observes");
    const agent = await observed.startAgent();
    await agent.told(
      () => observed.resources().length === 10 && observed.resources().every(({ sync }) => sync === "Synced"),
    );
    expect([await agent.probe("livenessProbe"), await agent.probe("readinessProbe")]).toEqual([200, 200]);
    await world.kubectl([
      "set",
      "image",
      "deployment/quotes",
      "quotes=quotes:hand",
      "--namespace",
      "observed",
    ]);
    await agent.told(() => observed.state("Deployment")?.cause === "drift");
    expect(observed.state("Deployment")?.changes).toMatchObject([
      { desired: "quotes:1", observed: "quotes:hand", by: { who: "kubectl set" } },
    ]);
    // A kind that comes later can be read, too.
    const later = desiredState("later");
    await world.kubectl(["apply", "-f", "-"], later.namespace);
    observed.commit(filesOf({ ...parts, kind2: later.kind!, tariff2: later.tariff! }));
    await world.kubectl(["apply", "-f", "-"], later.kind);
    const two = () => observed.resources().filter(({ ref }) => ref.kind === "CustomResourceDefinition");
    await agent.told(() => two().length === 2 && two().every(({ sync }) => sync === "Synced"));
    expect(observed.problem()).toBeNull();

    const calls = await observed.calls();
    expect(refused(calls)).toEqual([]);
    expect(allowed(calls).length).toBeGreaterThan(10);
    expect(new Set(calls.map(({ verb }) => verb))).toEqual(new Set(["get", "list", "watch"]));
    await agent.stop();
  });

  it("says of what it may not read that it does not know, and why", async () => {
    const narrowed = await openEnvironment("narrowed", "observe");
    const { settings = "", service = "" } = desiredState("narrowed");
    await world.kubectl(["create", "namespace", "narrowed"]);
    await world.kubectl(["apply", "--namespace", "narrowed", "-f", "-"], [settings, service].join("\n---\n"));
    narrowed.commit(filesOf({ settings, service }));
    const readRules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list", "watch"] }];
    await narrowed.release.install({ ...narrowed.values, rbac: { readRules } });
    const agent = await narrowed.startAgent();
    await agent.told(() => narrowed.state("Service")?.sync === "Unknown");
    expect(narrowed.state("ConfigMap")?.sync).toBe("Synced");
    expect(narrowed.state("Service")?.syncReason).toBe(
      "The agent lacks the permission to list and watch services in namespace narrowed.",
    );
    await agent.stop();
  });

  it("its token is refused every verb that writes, over every resource and subresource there is", async () => {
    const { release } = await openEnvironment("asked", "observe");
    await release.install({ controlPlane: { url: "https://p.example", token: "t" } });
    const kubeconfig = await release.kubeconfig();
    const can = await askedAs(kubeconfig);
    const writes = ["create", "update", "patch", "delete", "deletecollection"];
    const others = ["escalate", "bind", "impersonate", "approve", "sign", "attest", "use", "proxy", "*"];
    const resources = await everyResource();
    expect(resources.length).toBeGreaterThan(100);
    // Every user may ask what they may do.
    const selfReview = /^selfsubject(access|rules)?reviews\.(authorization|authentication)\.k8s\.io$/;
    const questions = resources.flatMap((resource) =>
      [...writes, ...others].map((verb) => ({ verb, resource })),
    );
    for (const resource of ["users", "groups", "serviceaccounts", "uids.authentication.k8s.io"])
      questions.push({ verb: "impersonate", resource });
    const granted = await can(questions);
    expect(granted.filter((one) => !selfReview.test(one.replace("create ", "")))).toEqual([]);

    // Reading by name is for one namespace: on a subresource it would run commands or open tunnels.
    const calling = resources.filter((resource) => /\/(exec|attach|portforward|proxy|log)\b/.test(resource));
    expect(calling.length).toBeGreaterThan(5);
    expect(await can(calling.flatMap((resource) => [{ verb: "get", resource }]))).toEqual([]);
    const reading = ["pods", "secrets", "deployments.apps", "customresourcedefinitions.apiextensions.k8s.io"];
    const reads = reading.flatMap((resource) => ["list", "watch"].map((verb) => ({ verb, resource })));
    expect(await can(reads)).toHaveLength(reads.length);

    const list = await world.kubectl(["auth", "can-i", "--list", "--kubeconfig", kubeconfig]);
    const rows = list
      .trim()
      .split("\n")
      .slice(1)
      .filter((row) => !/^selfsubject/.test(row));
    const verbs = rows.flatMap((row) => /\[([^\]]*)\]$/.exec(row.trim())?.[1]?.split(" ") ?? [row]);
    expect([...new Set(verbs)].sort()).toEqual(["get", "list", "watch"]);
    const write = ["create", "configmap", "mine", "--namespace", "default", "--kubeconfig", kubeconfig];
    await expect(world.kubectl(write)).rejects.toThrow(/forbidden.*cannot create resource "configmaps"/);
  });
});

describe("converging", () => {
  it("creates, changes, heals and prunes, and every call it makes is permitted", async () => {
    const synced = await openEnvironment("synced", "sync");
    const parts = desiredState("synced");
    synced.commit(filesOf(parts));
    expect(await synced.release.install(synced.values)).toContain("in the whole cluster");
    const agent = await synced.startAgent();
    await agent.told(
      () =>
        synced.resources().length === 10 &&
        synced.resources().every(({ sync }) => sync === "Synced") &&
        synced.state("Deployment")?.health === "Healthy" &&
        synced.syncs().length === 1,
    );
    synced.commit(filesOf(desiredState("synced", "quotes:2")));
    const imageOf = async () =>
      (await world.read("deployment", "quotes", "--namespace", "synced")).spec.template.spec.containers[0]
        .image;
    await agent.told(async () => (await imageOf()) === "quotes:2");
    await agent.told(() => synced.syncs().length === 2);
    await world.kubectl(["set", "image", "deployment/quotes", "quotes=quotes:hand", "--namespace", "synced"]);
    await agent.told(() => synced.syncs().some(({ trigger }) => trigger === "drift"));
    await agent.told(async () => (await imageOf()) === "quotes:2" && synced.syncs().length === 3);

    synced.commit(filesOf(desiredState("synced", "quotes:2"), ["service", "priority", "role", "tariff"]));
    await agent.told(() => synced.resources().length === 6 && synced.syncs().length === 4);
    const gone = ["service/quotes", "priorityclass/synced-first", "role/quotes", "tariff/standard"];
    const look = ["get", ...gone, "--namespace", "synced", "--ignore-not-found", "-o", "name"];
    expect(await world.kubectl(look)).toBe("");
    expect(synced.syncs().map(({ trigger, outcome }) => `${trigger} ${outcome}`)).toEqual([
      "start succeeded",
      "commit succeeded",
      "drift succeeded",
      "commit succeeded",
    ]);
    const calls = await synced.calls();
    expect(refused(calls)).toEqual([]);
    const used = new Set(calls.map(({ verb }) => verb));
    // `create` is asked for inside a patch that creates.
    expect(used).toEqual(new Set(["get", "list", "watch", "patch", "delete"]));
    await agent.stop();
    expect(JSON.stringify(synced.server.state.bodies)).not.toContain("s3cret-value");
  });

  it("in the namespaces it was given it converges; elsewhere it is refused, and says which permission it lacks", async () => {
    const fenced = await openEnvironment("fenced", "sync");
    const own = { namespace: "", settings: desiredState("fenced").settings! };
    await world.kubectl(["create", "namespace", "fenced"]);
    await world.kubectl(["create", "namespace", "outside"]);
    fenced.commit(filesOf(own, ["namespace"]));
    const rbac = { namespaces: ["fenced"] };
    expect(await fenced.release.install({ ...fenced.values, rbac })).toContain("in fenced, and nowhere else");
    const agent = await fenced.startAgent();
    await agent.told(() => fenced.state("ConfigMap")?.sync === "Synced");
    expect(refused(await fenced.calls())).toEqual([]);

    const stray = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "stray", namespace: "outside" } };
    fenced.commit(filesOf({ ...own, stray: JSON.stringify(stray) }, ["namespace"]));
    await agent.told(() => fenced.problem()?.reason === "Forbidden");
    expect(fenced.problem()).toMatchObject({
      ref: { kind: "ConfigMap", namespace: "outside", name: "stray" },
    });
    expect(fenced.problem()?.message).toMatch(
      /cannot patch resource "configmaps" in API group "" in the namespace "outside"/,
    );
    expect((await world.read("configmaps", "--namespace", "outside")).items).not.toMatchObject([
      { metadata: { name: "stray" } },
    ]);

    // What it lacked, granted by an upgrade, is used without a restart.
    const { release, values } = fenced;
    await release.install({ ...values, rbac: { namespaces: ["fenced", "outside"] } });
    await agent.told(() => fenced.problem() === null && fenced.resources().length === 2);
    await agent.stop();
  });

  it("applies as the account that the environment names, with its rights and none of its own", async () => {
    const lent = await openEnvironment("lent", "sync");
    const inside = ["--namespace", "lent"];
    await world.kubectl(["create", "namespace", "lent"]);
    for (const account of ["deployer", "owner"])
      await world.kubectl(["create", "serviceaccount", account, ...inside]);
    const verbs = "--verb=get,create,patch,delete";
    await world.kubectl(["create", "role", "deployer", verbs, "--resource=configmaps", ...inside]);
    const binding = ["--role=deployer", "--serviceaccount=lent:deployer"];
    await world.kubectl(["create", "rolebinding", "deployer", ...binding, ...inside]);
    const { settings = "", service = "" } = desiredState("lent");
    lent.commit(filesOf({ settings }));
    const [declared] = lent.values.environments;
    const environments = [{ ...declared, serviceAccountName: "deployer" }];
    const notes = await lent.release.install({ ...lent.values, environments });
    expect(notes).toContain("it may change nothing itself");
    const agent = await lent.startAgent();
    await agent.told(() => lent.state("ConfigMap")?.sync === "Synced");
    const calls = await lent.calls();
    expect(refused(calls)).toEqual([]);
    const writes = calls.filter(({ verb }) => !["get", "list", "watch"].includes(verb));
    expect(new Set(writes.map(({ impersonatedUser }) => impersonatedUser?.username))).toEqual(
      new Set(["system:serviceaccount:lent:deployer"]),
    );

    // What the account may not do is refused and said, though the agent could be given the right.
    lent.commit(filesOf({ settings, service }));
    await agent.told(() => lent.problem()?.reason === "Forbidden");
    expect(lent.problem()?.message).toMatch(/lent.*deployer|deployer.*lent/s);
    await agent.stop();

    const kubeconfig = await lent.release.kubeconfig();
    const may = (...question: string[]) =>
      world
        .kubectl(["auth", "can-i", ...question, "--kubeconfig", kubeconfig])
        .then((answer) => answer.trim() === "yes")
        .catch(() => false);
    expect(await may("impersonate", "serviceaccounts/deployer", ...inside)).toBe(true);
    expect(await may("impersonate", "serviceaccounts/owner", ...inside)).toBe(false);
    expect(await may("impersonate", "serviceaccounts/deployer", "--namespace", "default")).toBe(false);
    for (const verb of ["get", "create", "patch", "delete"])
      expect(await may(verb, "configmaps", ...inside)).toBe(false);
  });

  it("is refused a Role that grants more than it has, until it is told that it may grant", async () => {
    const granting = await openEnvironment("granting", "sync");
    await world.kubectl(["create", "namespace", "granting"]);
    const rules = [{ apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["update"] }];
    const group = "rbac.authorization.k8s.io";
    const role = { apiVersion: `${group}/v1`, kind: "Role", metadata: { name: "leader" }, rules };
    const binding = {
      ...{ apiVersion: `${group}/v1`, kind: "RoleBinding", metadata: { name: "viewers" } },
      roleRef: { apiGroup: group, kind: "ClusterRole", name: "edit" },
      subjects: [{ kind: "ServiceAccount", name: "default", namespace: "granting" }],
    };
    granting.commit(filesOf({ role: JSON.stringify(role), binding: JSON.stringify(binding) }));
    const rbac = { namespaces: ["granting"] };
    await granting.release.install({ ...granting.values, rbac });
    const agent = await granting.startAgent();
    await agent.told(() => granting.problem()?.reason === "Forbidden");
    expect(granting.problem()?.message).toContain("attempting to grant RBAC permissions not currently held");
    await granting.release.install({ ...granting.values, rbac: { ...rbac, grantRoles: true } });
    await agent.told(() => granting.resources().every(({ sync }) => sync === "Synced"));
    expect(granting.resources()).toHaveLength(2);
    await agent.stop();
  });
});

describe("a release", () => {
  it("whatever its values are, the API server accepts all of it without a warning", async () => {
    const controlPlane = { url: "https://p.example", token: "t", caSecret: "own.ca" };
    const environments = ["my.git.secret", "other"].map((credentialsSecret, index) => ({
      name: `environment-${index}`,
      repository: { url: "https://git.example.com/x", credentialsSecret },
      mode: "sync",
    }));
    const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] }];
    const full = {
      ...{ controlPlane, environments },
      rbac: { namespaces: ["default"], readRules: rules, writeRules: rules },
      persistence: { enabled: true, storageClass: "standard" },
      proxy: { https: "http://proxy:3128", except: "a" },
      serviceAccount: { annotations: { a: "b" } },
      imagePullSecrets: [{ name: "pull" }],
      podAnnotations: { a: "1" },
      podLabels: { team: "quotes" },
      nodeSelector: { disk: "ssd" },
      tolerations: [{ key: "infra", operator: "Exists" }],
      priorityClassName: "system-cluster-critical",
    };
    for (const release of ["agent", "a".repeat(53), `${"a".repeat(46)}-1`])
      for (const values of [full, { controlPlane }]) {
        const rendered = await helm(["template", release, chart, "--namespace", "plumbline"], values);
        const flags = ["apply", "--dry-run=server", "--validate=strict", "--warnings-as-errors", "-f", "-"];
        const answer = await world.kubectl(flags, rendered);
        expect(
          answer
            .trim()
            .split("\n")
            .every((line) => /(created|configured|unchanged) \(server dry run\)$/.test(line)),
        ).toBe(true);
        expect(answer.match(/created/g)?.length).toBe(rendered.match(/^kind: /gm)?.length);
      }
  });

  it("keeps its mask key over upgrades, and leaves nothing else behind when it is uninstalled", async () => {
    const { release, values } = await openEnvironment("kept", "sync");
    await world.kubectl(["create", "namespace", "kept"]);
    const rbac = { namespaces: ["kept"] };
    await release.install({ ...values, rbac, persistence: { enabled: true } });
    const maskKey = async () => {
      const { items } = await world.read("secrets", "--namespace", "plumbline", "--selector", instance);
      return items.find(({ metadata }: { metadata: { name: string } }) => metadata.name.endsWith("-mask"))
        ?.data.key;
    };
    const instance = "app.kubernetes.io/instance=kept.1";
    const first = await maskKey();
    expect(Buffer.from(first, "base64").byteLength).toBeGreaterThanOrEqual(32);
    await release.install({ ...values, rbac, logLevel: "debug", persistence: { enabled: true } });
    expect(await maskKey()).toBe(first);

    await release.uninstall();
    const kinds = (await world.kubectl(["api-resources", "--verbs=list", "-o", "name"])).trim().split("\n");
    // Pods and what they own follow by garbage collection.
    const left = () =>
      world.kubectl(["get", kinds.join(","), "--all-namespaces", "--selector", instance, "-o", "name"]);
    await eventually(async () => (await left()).trim() === "secret/kept.1-plumbline-agent-mask", 60_000);
    await release.install({ ...values, rbac });
    expect(await maskKey()).toBe(first);
  });
});

/** Every resource and subresource that discovery names, as `plural.group/subresource`. */
async function everyResource(): Promise<string[]> {
  const raw = async (path: string) => JSON.parse(await world.kubectl(["get", "--raw", path]));
  const { groups } = await raw("/apis");
  const versions = groups.flatMap((group: { name: string; versions: { groupVersion: string }[] }) =>
    group.versions.map(({ groupVersion }) => ({ group: group.name, path: `/apis/${groupVersion}` })),
  );
  const names = [{ group: "", path: "/api/v1" }, ...versions].map(async ({ group, path }) => {
    const { resources } = await raw(path);
    return resources.map(({ name }: { name: string }) => {
      const [plural, ...subresource] = name.split("/");
      return [group ? `${plural}.${group}` : plural, ...subresource].join("/");
    });
  });
  return [...new Set((await Promise.all(names)).flat())];
}

/** Asks the API server as a kubeconfig's user; answers which of the questions it says yes to. */
async function askedAs(kubeconfig: string) {
  const cluster = await connect({ kubeconfig });
  closing.push(() => cluster.close());
  return async (questions: { verb: string; resource: string }[]): Promise<string[]> => {
    const answers = await Promise.all(
      questions.map(async ({ verb, resource }) => {
        const [type = "", subresource] = resource.split("/");
        const [plural = "", ...group] = type.split(".");
        const { allowed } = await cluster.canI({
          verb,
          group: group.join("."),
          resource: plural,
          subresource,
        });
        return allowed ? `${verb} ${resource}` : undefined;
      }),
    );
    return answers.filter((answer) => answer !== undefined);
  };
}
