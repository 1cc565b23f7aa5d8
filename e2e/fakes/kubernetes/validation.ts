import { isMap, type Json, type JsonMap, type KubeObject, listAt, mapAt, sameJson, textAt } from "./json.ts";
import { nameProblem } from "./names.ts";
import type { ResourceType } from "./resources.ts";
import type { SchemaLookup } from "./schema.ts";
import { enumCauses, validateCustom } from "./schema-validation.ts";
import { invalid, type StatusCause } from "./status.ts";

/** A field that must be there and is not. */
const required = (field: string, detail = ""): StatusCause => ({
  reason: "FieldValueRequired",
  message: detail ? `Required value: ${detail}` : "Required value",
  field,
});

/** A field whose value will not do. */
export const invalidValue = (field: string, value: Json, detail: string): StatusCause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value)}: ${detail}`,
  field,
});

/** Throws 422 with every problem found; `before` is the stored object on update. */
export function validate(
  object: KubeObject,
  type: ResourceType,
  lookup: SchemaLookup,
  before?: KubeObject,
): void {
  const causes = [...metadataCauses(object, type, before), ...kindCauses(object, type)];
  if (!type.custom) causes.push(...enumCauses(object, type.schema, lookup));
  if (before) causes.push(...immutableCauses(object, type, before));
  if (causes.length > 0) throw invalid(type, object.metadata.name ?? "", causes);
}

function metadataCauses(object: KubeObject, type: ResourceType, before?: KubeObject): StatusCause[] {
  const causes: StatusCause[] = [];
  const { metadata } = object;
  if (!metadata.name) causes.push(required("metadata.name", "name or generateName is required"));
  else if (!before) {
    const problem = nameProblem(type.storage, metadata.name);
    if (problem) causes.push(invalidValue("metadata.name", metadata.name, problem));
  }
  for (const [key, value] of Object.entries(mapAt(metadata, "labels") ?? {})) {
    if (!/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(String(value)) || String(value).length > 63) {
      causes.push(
        invalidValue(
          "metadata.labels",
          value,
          `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (key ${key})`,
        ),
      );
    }
  }
  return causes;
}

const WORKLOADS = new Set(["apps/deployments", "apps/statefulsets", "apps/daemonsets", "apps/replicasets"]);

function kindCauses(object: KubeObject, type: ResourceType): StatusCause[] {
  if (type.custom) return validateCustom(object, type.schema);
  if (WORKLOADS.has(type.storage)) return workloadCauses(object);
  if (type.storage === "/podtemplates")
    return podSpecCauses(mapAt(object, "template", "spec"), "template.spec");
  if (type.storage === "/pods") return podSpecCauses(mapAt(object, "spec"), "spec");
  if (type.storage === "batch/jobs")
    return podSpecCauses(mapAt(object, "spec", "template", "spec"), "spec.template.spec");
  if (type.storage === "/services") return serviceCauses(object);
  return [];
}

function workloadCauses(object: KubeObject): StatusCause[] {
  const causes: StatusCause[] = [];
  const selector = mapAt(object, "spec", "selector");
  const ownLabels = mapAt(object, "spec", "template", "metadata", "labels");
  const labels = ownLabels ?? {};
  const wanted = mapAt(selector, "matchLabels") ?? {};
  if (!selector) causes.push(required("spec.selector"));
  else if (Object.keys(wanted).length === 0 && listAt(selector, "matchExpressions").length === 0) {
    causes.push(invalidValue("spec.selector", selector, "empty selector is invalid for deployment"));
  }
  if (!selector || Object.entries(wanted).some(([key, value]) => labels[key] !== value)) {
    causes.push(
      invalidValue(
        "spec.template.metadata.labels",
        ownLabels ?? null,
        "`selector` does not match template `labels`",
      ),
    );
  }
  const replicas = mapAt(object, "spec")?.replicas;
  if (typeof replicas === "number" && replicas < 0) {
    causes.push(invalidValue("spec.replicas", replicas, "must be greater than or equal to 0"));
  }
  const claims = listAt(object, "spec", "volumeClaimTemplates");
  const podSpec = mapAt(object, "spec", "template", "spec");
  causes.push(...podSpecCauses(podSpec, "spec.template.spec", claims));
  const strategy = mapAt(object, "spec", "strategy");
  if (strategy?.type === "Recreate" && mapAt(strategy, "rollingUpdate")) {
    const message = "Forbidden: may not be specified when strategy `type` is 'Recreate'";
    causes.push({ reason: "FieldValueForbidden", message, field: "spec.strategy.rollingUpdate" });
  }
  return causes;
}

function podSpecCauses(spec: JsonMap | undefined, path: string, claims: Json[] = []): StatusCause[] {
  const volumes = new Set([
    ...listAt(spec, "volumes").map((volume) => textAt(volume, "name")),
    ...claims.map((claim) => textAt(claim, "metadata", "name")),
  ]);
  const containers = listAt(spec, "containers");
  if (containers.length === 0) return [required(`${path}.containers`)];
  return containers.flatMap((container, i) => {
    const field = `${path}.containers[${i}]`;
    const causes: StatusCause[] = [];
    if (!textAt(container, "name")) causes.push(required(`${field}.name`));
    if (!textAt(container, "image")) causes.push(required(`${field}.image`));
    for (const [j, mount] of listAt(container, "volumeMounts").entries()) {
      const name = textAt(mount, "name");
      if (volumes.has(name)) continue;
      const message = `Not found: ${JSON.stringify(name)}`;
      causes.push({ reason: "FieldValueNotFound", message, field: `${field}.volumeMounts[${j}].name` });
    }
    return causes;
  });
}

function serviceCauses(service: KubeObject): StatusCause[] {
  const spec = mapAt(service, "spec");
  const needsPorts = spec?.clusterIP !== "None" && spec?.type !== "ExternalName";
  if (needsPorts && listAt(spec, "ports").length === 0) return [required("spec.ports")];
  const names = listAt(spec, "ports").map((port) => textAt(port, "name"));
  return listAt(spec, "ports").flatMap((port, i) => {
    const name = names[i]!;
    if (names.length > 1 && !name) return [required(`spec.ports[${i}].name`)];
    if (name && names.indexOf(name) < i) {
      const message = `Duplicate value: ${JSON.stringify(name)}`;
      return [{ reason: "FieldValueDuplicate", message, field: `spec.ports[${i}].name` }];
    }
    const number = isMap(port) ? port.port : undefined;
    if (typeof number === "number" && number >= 1 && number <= 65535) return [];
    return [invalidValue(`spec.ports[${i}].port`, number ?? 0, "must be between 1 and 65535, inclusive")];
  });
}

const IMMUTABLE: Record<string, string[][]> = {
  "apps/deployments": [["spec", "selector"]],
  "apps/daemonsets": [["spec", "selector"]],
  "apps/replicasets": [["spec", "selector"]],
  "batch/jobs": [
    ["spec", "selector"],
    ["spec", "template"],
    ["spec", "completions"],
  ],
  "storage.k8s.io/storageclasses": [["provisioner"], ["parameters"], ["reclaimPolicy"]],
  "/secrets": [["type"]],
};

function immutableCauses(object: KubeObject, type: ResourceType, before: KubeObject): StatusCause[] {
  const causes: StatusCause[] = [];
  for (const path of IMMUTABLE[type.storage] ?? []) {
    const value = at(object, path);
    if (!sameJson(value ?? null, at(before, path) ?? null)) {
      causes.push(invalidValue(path.join("."), value ?? null, "field is immutable"));
    }
  }
  if (
    type.group === "rbac.authorization.k8s.io" &&
    !sameJson(object.roleRef ?? null, before.roleRef ?? null)
  ) {
    const { apiGroup, kind, name } = mapAt(object, "roleRef") ?? {};
    const shown = { APIGroup: apiGroup ?? "", Kind: kind ?? "", Name: name ?? "" };
    causes.push(invalidValue("roleRef", shown, "cannot change roleRef"));
  }
  if (before.immutable === true && !sameJson(object.data ?? {}, before.data ?? {})) {
    causes.push({
      reason: "FieldValueForbidden",
      message: "Forbidden: field is immutable when `immutable` is set",
      field: "data",
    });
  }
  if (type.storage === "apps/statefulsets" && statefulSetFrozen(object, before)) {
    causes.push({
      reason: "FieldValueForbidden",
      message:
        "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      field: "spec",
    });
  }
  return causes;
}

function statefulSetFrozen(object: KubeObject, before: KubeObject): boolean {
  const frozen = ["selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates"];
  const differs = (key: string): boolean =>
    !sameJson(mapAt(object, "spec")?.[key] ?? null, mapAt(before, "spec")?.[key] ?? null);
  return frozen.some(differs);
}

function at(value: Json, path: string[]): Json | undefined {
  return path.reduce<Json | undefined>((current, key) => (isMap(current) ? current[key] : undefined), value);
}
