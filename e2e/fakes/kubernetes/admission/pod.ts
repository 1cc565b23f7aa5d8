import { isMap, type Json, type JsonMap, type KubeObject, listAt, mapAt, textAt } from "../json.ts";
import { randomSuffix } from "../names.ts";
import { ApiError } from "../status.ts";
import type { Store } from "../store.ts";

const TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What the default admission plugins add to a pod: account and token, priority, tolerations; then its status. */
export function admitPod(pod: KubeObject, store: Store): KubeObject {
  const spec: JsonMap = { ...mapAt(pod, "spec") };
  const namespace = textAt(pod, "metadata", "namespace");
  const account = textAt(spec, "serviceAccountName") || "default";
  const found = store.get("/serviceaccounts", namespace, account);
  if (!found) {
    const why = `error looking up service account ${namespace}/${account}: serviceaccount ${JSON.stringify(account)} not found`;
    const name = pod.metadata.name;
    throw new ApiError(403, "Forbidden", `pods ${JSON.stringify(name)} is forbidden: ${why}`, {
      name,
      kind: "pods",
    });
  }
  spec.serviceAccountName = account;
  spec.serviceAccount = account;
  const mounts = spec.automountServiceAccountToken ?? found.automountServiceAccountToken ?? true;
  if (mounts !== false) addToken(spec);
  spec.priority ??= 0;
  spec.preemptionPolicy ??= "PreemptLowerPriority";
  spec.tolerations = withDefaultTolerations(listAt(spec, "tolerations"));
  return { ...pod, spec, status: { phase: "Pending", qosClass: qualityOfService(spec) } };
}

function addToken(spec: JsonMap): void {
  const name = `kube-api-access-${randomSuffix()}`;
  const sources: Json[] = [
    { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    {
      downwardAPI: {
        items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
      },
    },
  ];
  const mount = { name, readOnly: true, mountPath: TOKEN_FOLDER };
  let added = false;
  for (const kind of ["initContainers", "containers"]) {
    const containers = listAt(spec, kind).filter(isMap);
    if (containers.length === 0) continue;
    spec[kind] = containers.map((container) => {
      const mounts = listAt(container, "volumeMounts");
      if (mounts.some((m) => textAt(m, "mountPath") === TOKEN_FOLDER)) return container;
      added = true;
      return { ...container, volumeMounts: [...mounts, mount] };
    });
  }
  if (added) spec.volumes = [...listAt(spec, "volumes"), { name, projected: { sources, defaultMode: 420 } }];
}

function withDefaultTolerations(tolerations: Json[]): Json[] {
  const out = [...tolerations];
  for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
    const tolerated = out.some(
      (t) => isMap(t) && (t.key === key || !t.key) && (!t.effect || t.effect === "NoExecute"),
    );
    if (!tolerated) out.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 });
  }
  return out;
}

function qualityOfService(spec: JsonMap): string {
  const resources = listAt(spec, "containers").map((c) => mapAt(c, "resources") ?? {});
  const sized = resources.filter((r) => mapAt(r, "requests") || mapAt(r, "limits"));
  if (sized.length === 0) return "BestEffort";
  const guaranteed = resources.every((r) => {
    const limits = mapAt(r, "limits") ?? {};
    const requests = mapAt(r, "requests") ?? limits;
    return ["cpu", "memory"].every((key) => limits[key] !== undefined && limits[key] === requests[key]);
  });
  return guaranteed ? "Guaranteed" : "Burstable";
}
