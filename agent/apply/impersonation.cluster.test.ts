import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Cluster, connect } from "../cluster/index.ts";
import { restrictedAccount } from "../cluster/test-restricted.ts";
import type { KubeObject } from "../object.ts";
import { applySet } from "./index.ts";

const namespace = `impersonation-${process.pid}`;
const settings: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace },
};

describe("an agent with few rights", () => {
  let admin: Cluster;
  let agent: Cluster;
  let folder: string;
  beforeAll(async () => {
    const { kubeconfigPath, server, adminToken, caData } = inject("cluster");
    admin = await connect({ kubeconfig: kubeconfigPath });
    const metadata = { name: namespace };
    await admin.apply(
      { apiVersion: "v1", kind: "Namespace", metadata },
      { fieldManager: "test", force: true },
    );
    folder = await mkdtemp(join(tmpdir(), "plumbline-impersonation-"));
    const on = { url: server, token: adminToken, caData };
    const { kubeconfig } = await restrictedAccount(admin, on, namespace, folder);
    agent = await connect({ kubeconfig });
  });
  afterAll(async () => {
    await admin.delete({ group: "", version: "v1", kind: "Namespace", namespace: "", name: namespace });
    await Promise.all([agent.close(), admin.close()]);
    await rm(folder, { recursive: true });
  });
  const apply = (account?: { namespace: string; name: string }) =>
    applySet(agent, {
      ...{ environment: "shop", objects: [{ object: settings }], previousInventory: [], prune: true },
      account,
    });

  test("that may not act as the declared account says what it lacks", async () => {
    const { problem, applied } = await apply({ namespace, name: "deployer" });
    expect(applied).toBe(false);
    expect(problem).toMatchObject({ stage: "validate", reason: "ImpersonationForbidden", next: "retry" });
    expect(problem?.message).toContain(`may not act as the service account ${namespace}/deployer`);
    expect(problem?.message).toContain(
      `impersonate serviceaccounts "deployer" in the namespace ${namespace}`,
    );
  });

  test("that acts as nobody else is refused in its own name", async () => {
    const { problem } = await apply();
    expect(problem).toMatchObject({ stage: "validate", reason: "Forbidden" });
    expect(problem?.message).toContain(`system:serviceaccount:${namespace}:restricted`);
  });

  test("may act as an account with the one right to impersonate it, and has its groups then", async () => {
    const rbac = "rbac.authorization.k8s.io";
    const grant = async (name: string, rules: object[], subject: object) => {
      const as = { fieldManager: "test", force: true };
      const metadata = { name, namespace };
      const roleRef = { apiGroup: rbac, kind: "Role", name };
      await admin.apply({ apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules } as KubeObject, as);
      await admin.apply(
        {
          apiVersion: `${rbac}/v1`,
          kind: "RoleBinding",
          metadata,
          roleRef,
          subjects: [subject],
        } as KubeObject,
        as,
      );
    };
    const agentItself = { kind: "ServiceAccount", name: "restricted", namespace };
    const accounts = { apiGroups: [""], resources: ["serviceaccounts"], resourceNames: ["deployer"] };
    await grant("impersonates", [{ ...accounts, verbs: ["impersonate"] }], agentItself);
    const writes = { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "patch"] };
    const group = `system:serviceaccounts:${namespace}`;
    await grant("writes", [writes], { kind: "Group", apiGroup: rbac, name: group });
    await expect
      .poll(async () => (await apply({ namespace, name: "deployer" })).problem?.message, { timeout: 20_000 })
      .toBeUndefined();
  });
});
