import { describe, expect, it } from "vitest";
import {
  chart,
  declared,
  helm,
  type Manifest,
  minimal,
  podOf,
  template,
  the,
  withEnvironment,
} from "./test-chart.ts";

describe("the pod", () => {
  it("runs as nobody, on a root file system that cannot be written, without capabilities", async () => {
    const pod = podOf(await template(minimal));
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(pod.containers).toHaveLength(1);
    expect(pod.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const writable = pod.containers[0].volumeMounts.filter(
      ({ readOnly }: { readOnly?: boolean }) => !readOnly,
    );
    expect(writable.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual([
      "/var/lib/plumbline",
      "/tmp",
    ]);
    expect(pod).not.toHaveProperty("hostNetwork");
  });

  it("holds every Git credential once, where the declarations look for it", async () => {
    const names = ["my.git.secret", "my-git-secret", "fleet-git", "fleet-git", `long${".x".repeat(100)}`];
    const environments = names.map((credentialsSecret, index) => ({
      name: `environment-${index}`,
      repository: { url: "https://git.example.com/x", credentialsSecret },
    }));
    const manifests = await template({ ...minimal, environments });
    const pod = podOf(manifests);
    for (const { repository } of declared(manifests).environments ?? []) {
      const mounts = pod.containers[0].volumeMounts.filter(
        ({ mountPath }: { mountPath: string }) => mountPath === repository.credentials,
      );
      expect(mounts).toMatchObject([{ readOnly: true }]);
      const volume = pod.volumes.find(({ name }: { name: string }) => name === mounts[0].name);
      expect(`/etc/plumbline/git/${volume.secret.secretName}`).toBe(repository.credentials);
      expect(volume.name).toMatch(/^[a-z0-9-]{1,63}$/);
    }
    const volumes = pod.volumes.map(({ name }: { name: string }) => name);
    expect(new Set(volumes).size).toBe(volumes.length);
    expect(volumes.filter((name: string) => name.startsWith("git-"))).toHaveLength(4);
  });

  it("takes the token from a Secret of yours, and then makes none", async () => {
    const controlPlane = { url: "https://p.example", existingSecret: { name: "mine", key: "agent.token" } };
    const manifests = await template({ controlPlane, maskKeySecret: "my-mask" });
    expect(manifests.filter(({ kind }) => kind === "Secret")).toEqual([]);
    const pod = podOf(manifests);
    const env = Object.fromEntries(
      pod.containers[0].env.map(({ name, value }: Record<string, string>) => [name, value]),
    );
    expect(env.PLUMBLINE_TOKEN_FILE).toBe("/etc/plumbline/token/agent.token");
    const secrets = pod.volumes.flatMap(
      ({ secret }: { secret?: { secretName: string } }) => secret?.secretName ?? [],
    );
    expect(secrets).toEqual(["mine", "my-mask"]);
  });

  it("keeps the token out of everything but its Secret", async () => {
    const manifests = await template({ controlPlane: { url: "https://p.example", token: " pl_agent_1 \n" } });
    const secret = the("Secret", manifests, "-token");
    expect(Buffer.from(secret.data.token, "base64").toString()).toBe("pl_agent_1");
    const others = JSON.stringify(manifests.filter((one) => one !== secret));
    expect(others).not.toContain("pl_agent_1");
  });

  it("trusts an authority of yours and goes through a proxy, but never to the Kubernetes API", async () => {
    const controlPlane = { ...minimal.controlPlane, caSecret: "own-ca" };
    const pod = podOf(
      await template({ controlPlane, proxy: { https: "http://proxy:3128", except: "git.internal,.local" } }),
    );
    const { env, volumeMounts } = pod.containers[0];
    expect(env).toContainEqual({ name: "PLUMBLINE_CA_FILE", value: "/etc/plumbline/ca/ca.crt" });
    expect(env).toContainEqual({ name: "HTTPS_PROXY", value: "http://proxy:3128" });
    expect(env).toContainEqual({
      name: "NO_PROXY",
      value: "$(KUBERNETES_SERVICE_HOST),kubernetes.default.svc,git.internal,.local",
    });
    expect(volumeMounts).toContainEqual({ name: "ca", mountPath: "/etc/plumbline/ca", readOnly: true });
    expect(pod.volumes).toContainEqual({ name: "ca", secret: { secretName: "own-ca" } });
  });

  it("keeps its data where persistence is asked for, and asks for no volume where it is not", async () => {
    const dataOf = (manifests: Manifest[]) =>
      podOf(manifests).volumes.find(({ name }: { name: string }) => name === "data");
    const kept = await template({
      ...minimal,
      persistence: { enabled: true, size: "5Gi", storageClass: "fast" },
    });
    const claim = the("PersistentVolumeClaim", kept);
    expect(claim.spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "5Gi" } },
      storageClassName: "fast",
    });
    expect(dataOf(kept)).toEqual({ name: "data", persistentVolumeClaim: { claimName: claim.metadata.name } });
    const lost = await template(minimal);
    expect(dataOf(lost)).toEqual({ name: "data", emptyDir: {} });
    expect(lost.map(({ kind }) => kind)).not.toContain("PersistentVolumeClaim");
  });

  it("goes where it is told to", async () => {
    const where = {
      nodeSelector: { disk: "ssd" },
      tolerations: [{ key: "infra", operator: "Exists" }],
      affinity: { podAntiAffinity: {} },
      priorityClassName: "high",
      imagePullSecrets: [{ name: "pull" }],
    };
    expect(podOf(await template({ ...minimal, ...where }))).toMatchObject(where);
  });
});

describe("notes", () => {
  const notes = async (values: object) => {
    const text = await helm(
      ["install", "agent", chart, "--dry-run=client", "--namespace", "plumbline"],
      values,
    );
    return text.slice(text.indexOf("NOTES:"));
  };

  it("say what is followed, what may be done, and where to look", async () => {
    const observing = await notes(withEnvironment({ path: "environments/production" }));
    expect(observing).toContain(
      "production: https://git.example.com/fleet main environments/production (observe)",
    );
    expect(observing).toContain("It only observes");
    expect(observing).toContain("kubectl -n plumbline logs deploy/agent-plumbline-agent");
    const syncing = await notes({ ...withEnvironment({ mode: "sync" }), rbac: { namespaces: ["quotes"] } });
    expect(syncing).toContain("create, patch and delete in quotes, and nowhere else");
    expect(await notes(minimal)).toContain("It follows no environment yet.");
    expect(observing).not.toContain(minimal.controlPlane.token);
  });
});
