import {
  isMap,
  type Json,
  type JsonMap,
  type KubeObject,
  listAt,
  mapAt,
  numberAt,
  textAt,
  valueAt,
} from "./json.ts";
import type { ResourceType } from "./resources.ts";

type Cell = (object: KubeObject) => Json;
type Column = [name: string, type: string, cell: Cell];

/** Whether kubectl asks for what to print instead of the objects. */
export function wantsTable(accept: string): boolean {
  return /as=Table;v=v1;g=meta\.k8s\.io|as=Table;g=meta\.k8s\.io;v=v1/.test(accept);
}

const number =
  (...path: string[]): Cell =>
  (object) =>
    numberAt(object, path, 0);
const text =
  (...path: string[]): Cell =>
  (object) =>
    textAt(object, ...path);
const count =
  (...path: string[]): Cell =>
  (object) =>
    Object.keys(mapAt(object, ...path) ?? {}).length;

const ready: Cell = (object) =>
  `${numberAt(object, ["status", "readyReplicas"], 0)}/${numberAt(object, ["spec", "replicas"], 0)}`;

const podStatus: Cell = (pod) => {
  const waiting = listAt(pod, "status", "containerStatuses").map((c) =>
    textAt(c, "state", "waiting", "reason"),
  );
  return pod.metadata.deletionTimestamp
    ? "Terminating"
    : waiting.find((reason) => reason) || textAt(pod, "status", "phase");
};

const podReady: Cell = (pod) => {
  const statuses = listAt(pod, "status", "containerStatuses");
  const up = statuses.filter((c) => isMap(c) && c.ready === true).length;
  return `${up}/${listAt(pod, "spec", "containers").length}`;
};

const ports: Cell = (service) =>
  listAt(service, "spec", "ports")
    .map((port) => `${numberAt(port, ["port"], 0)}/${textAt(port, "protocol")}`)
    .join(",") || "<none>";

const COLUMNS: Record<string, Column[]> = {
  "/pods": [
    ["Ready", "string", podReady],
    ["Status", "string", podStatus],
    ["Restarts", "string", () => "0"],
  ],
  "/services": [
    ["Type", "string", text("spec", "type")],
    ["Cluster-IP", "string", text("spec", "clusterIP")],
    ["External-IP", "string", () => "<none>"],
    ["Port(s)", "string", ports],
  ],
  "/configmaps": [["Data", "integer", count("data")]],
  "/secrets": [
    ["Type", "string", text("type")],
    ["Data", "integer", count("data")],
  ],
  "/namespaces": [["Status", "string", text("status", "phase")]],
  "apps/deployments": [
    ["Ready", "string", ready],
    ["Up-to-date", "integer", number("status", "updatedReplicas")],
    ["Available", "integer", number("status", "availableReplicas")],
  ],
  "apps/statefulsets": [["Ready", "string", ready]],
  "apps/replicasets": [
    ["Desired", "integer", number("spec", "replicas")],
    ["Current", "integer", number("status", "replicas")],
    ["Ready", "integer", number("status", "readyReplicas")],
  ],
  "apps/daemonsets": [
    ["Desired", "integer", number("status", "desiredNumberScheduled")],
    ["Ready", "integer", number("status", "numberReady")],
  ],
};

/** The objects as the Table that kubectl prints. */
export function asTable(objects: KubeObject[], type: ResourceType, metadata: JsonMap): JsonMap {
  const own = type.custom ? type.custom.columns.map(customColumn) : (COLUMNS[type.storage] ?? []);
  const name: Column = ["Name", "string", (object) => object.metadata.name];
  const hasAge = own.some(([column]) => column === "Age");
  const columns = [name, ...own, ...(hasAge ? [] : [["Age", "string", age] as Column])];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: columns.map(([title, kind]) => ({
      name: title,
      type: kind,
      format: title === "Name" ? "name" : "",
      description: "",
      priority: 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(([, , cell]) => cell(object)),
      object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata },
    })),
  };
}

function customColumn({ name, type, jsonPath }: { name: string; type: string; jsonPath: string }): Column {
  const path = jsonPath.split(".").filter((part) => part !== "");
  return [
    name,
    type === "date" ? "string" : type,
    (object) => {
      const value = valueAt(object, ...path) ?? "";
      return type === "date" && typeof value === "string" ? since(value) : value;
    },
  ];
}

const age: Cell = (object) => since(textAt(object, "metadata", "creationTimestamp"));

function since(time: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000));
  if (Number.isNaN(seconds)) return "<unknown>";
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
