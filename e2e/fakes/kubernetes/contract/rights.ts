import { expect, test } from "vitest";
import type { Bench } from "../contract-bench.ts";
import { mapAt, textAt } from "../json.ts";

const RBAC = "rbac.authorization.k8s.io";

/** A ServiceAccount may do what its roles say, can ask what that is, and is told what it lacks. */
export function rightsContract(bench: Bench): void {
  const robot = async (): Promise<{ namespace: string; token: string }> => {
    const { client } = bench;
    const namespace = await bench.namespace();
    const base = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await client.create(base, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "robot" } });
    const request = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 3600 },
    };
    const { body, status } = await client.create(`${base}/robot/token`, request);
    expect(status).toBe(201);
    const roles = `/apis/${RBAC}/v1/namespaces/${namespace}`;
    const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }];
    await client.create(`${roles}/roles`, {
      apiVersion: `${RBAC}/v1`,
      kind: "Role",
      metadata: { name: "read" },
      rules,
    });
    await client.create(`${roles}/rolebindings`, {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata: { name: "read" },
      roleRef: { apiGroup: RBAC, kind: "Role", name: "read" },
      subjects: [{ kind: "ServiceAccount", name: "robot", namespace }],
    });
    return { namespace, token: textAt(body, "status", "token") };
  };

  test("a token reads what its role allows and is refused the rest, with the reason", async () => {
    const { namespace, token } = await robot();
    const url = `/api/v1/namespaces/${namespace}/configmaps`;
    await expect
      .poll(async () => (await bench.client.send("GET", url, { token })).status, { timeout: 10_000 })
      .toBe(200);
    const refused = await bench.client.send("DELETE", `${url}/kube-root-ca.crt`, { token });
    expect(refused).toMatchObject({
      status: 403,
      body: {
        reason: "Forbidden",
        message: `configmaps "kube-root-ca.crt" is forbidden: User "system:serviceaccount:${namespace}:robot" cannot delete resource "configmaps" in API group "" in the namespace "${namespace}"`,
      },
    });
    const cluster = await bench.client.send("GET", "/apis/apps/v1/deployments", { token });
    expect(textAt(cluster.body, "message")).toMatch(
      /cannot list resource "deployments" in API group "apps" at the cluster scope$/,
    );
    expect((await bench.client.send("GET", "/version", { token })).status).toBe(200);
    expect((await bench.client.send("GET", url, { token: "not-a-token" })).status).toBe(401);
  });

  test("a token asks what it may do", async () => {
    const { namespace, token } = await robot();
    const ask = async (verb: string, resource: string): Promise<unknown> => {
      const spec = { resourceAttributes: { namespace, verb, resource } };
      const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec };
      const answer = await bench.client.send(
        "POST",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        { body, token },
      );
      return mapAt(answer.body, "status")?.allowed;
    };
    await expect.poll(() => ask("list", "configmaps"), { timeout: 10_000 }).toBe(true);
    expect(await ask("patch", "configmaps")).toBe(false);
    expect(await ask("get", "secrets")).toBe(false);
    const body = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectRulesReview",
      spec: { namespace },
    };
    const rules = await bench.client.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
      body,
      token,
    });
    expect(rules.body).toMatchObject({
      status: {
        resourceRules: expect.arrayContaining([
          expect.objectContaining({ verbs: ["get", "list", "watch"], resources: ["configmaps"] }),
        ]),
      },
    });
  });
}
