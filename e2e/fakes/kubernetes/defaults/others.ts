import { isMap, type JsonMap, listAt, mapAt, textAt } from "../json.ts";
import { type Defaulter, isMissing, setMissing } from "./set.ts";

const RBAC = "rbac.authorization.k8s.io";

const roleRef: Defaulter = (ref) => setMissing(ref, { apiGroup: RBAC });

const subject: Defaulter = (s) => {
  if (s.kind === "User" || s.kind === "Group") setMissing(s, { apiGroup: RBAC });
};

const networkPolicy: Defaulter = (policy) => {
  const spec = mapAt(policy, "spec");
  if (!spec || listAt(spec, "policyTypes").length > 0) return;
  spec.policyTypes = listAt(spec, "egress").length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
};

const definition: Defaulter = (crd) => {
  const spec = mapAt(crd, "spec");
  const names = mapAt(spec, "names");
  if (!spec || !names) return;
  const kind = textAt(names, "kind");
  setMissing(names, { singular: kind.toLowerCase(), ...(kind && { listKind: `${kind}List` }) });
  setMissing(spec, { conversion: { strategy: "None" } });
  const status = mapAt(crd, "status") ?? {};
  crd.status = status;
  if (listAt(status, "storedVersions").length > 0) return;
  const stored = listAt(spec, "versions").find((version) => isMap(version) && version.storage === true);
  if (stored) status.storedVersions = [textAt(stored, "name")];
};

const webhook =
  (extra: JsonMap): Defaulter =>
  (hook) => {
    setMissing(hook, {
      failurePolicy: "Fail",
      matchPolicy: "Equivalent",
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
      ...extra,
    });
  };

const driver: Defaulter = (csi) => {
  const spec = mapAt(csi, "spec");
  if (!spec) return;
  setMissing(spec, {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: "ReadWriteOnceWithFSType",
    requiresRepublish: false,
    seLinuxMount: false,
  });
  if (listAt(spec, "volumeLifecycleModes").length === 0) spec.volumeLifecycleModes = ["Persistent"];
};

/** Defaults of the remaining groups, by definition. */
export const OTHER_DEFAULTS: Record<string, Defaulter> = {
  "api.rbac.v1.RoleRef": roleRef,
  "api.rbac.v1.Subject": subject,
  "api.networking.v1.NetworkPolicy": networkPolicy,
  "api.networking.v1.NetworkPolicyPort": (port) => setMissing(port, { protocol: "TCP" }),
  "api.networking.v1.IngressClassParametersReference": (ref) => setMissing(ref, { scope: "Cluster" }),
  "api.storage.v1.StorageClass": (storage) =>
    setMissing(storage, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  "api.storage.v1.CSIDriver": driver,
  "api.discovery.v1.EndpointPort": (port) => {
    if (isMissing(port.name)) port.name = "";
    setMissing(port, { protocol: "TCP" });
  },
  "api.admissionregistration.v1.MutatingWebhook": webhook({ reinvocationPolicy: "Never" }),
  "api.admissionregistration.v1.ValidatingWebhook": webhook({}),
  "api.admissionregistration.v1.RuleWithOperations": (rule) => setMissing(rule, { scope: "*" }),
  "api.admissionregistration.v1.ServiceReference": (ref) => setMissing(ref, { port: 443 }),
  "apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition": definition,
  "apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference": (ref) =>
    setMissing(ref, { port: 443 }),
};
