import { describe, expect, it } from "vitest";
import type { Json, KubeObject } from "../object.ts";
import { healthOf } from "./index.ts";

const object = (apiVersion: string, kind: string, rest: { [key: string]: Json } = {}): KubeObject => {
  const { metadata = {}, ...others } = rest as { metadata?: { [key: string]: Json } };
  return { apiVersion, kind, metadata: { name: "quotes", namespace: "shop", ...metadata }, ...others };
};
const deployment = (status: { [key: string]: Json }, spec: { [key: string]: Json } = { replicas: 2 }) =>
  object("apps/v1", "Deployment", {
    metadata: { generation: 3, uid: "d" },
    spec,
    status: { observedGeneration: 3, ...status },
  });
const full = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const pod = (status: { [key: string]: Json }, spec: { [key: string]: Json } = {}) =>
  object("v1", "Pod", {
    metadata: { name: "quotes-1", ownerReferences: [{ kind: "ReplicaSet", name: "quotes-abc" }] },
    spec,
    status,
  });
const replicaSet = (status: { [key: string]: Json } = {}) =>
  object("apps/v1", "ReplicaSet", {
    metadata: { name: "quotes-abc", ownerReferences: [{ kind: "Deployment", name: "quotes", uid: "d" }] },
    status,
  });
const waiting = (reason: string, message = "") => ({
  phase: "Pending",
  containerStatuses: [{ name: "web", restartCount: 4, state: { waiting: { reason, message } } }],
});

describe("a Deployment", () => {
  it.each([
    ["Healthy", deployment(full)],
    ["Progressing", deployment({ ...full, observedGeneration: 2 })],
    ["Progressing", deployment({ ...full, updatedReplicas: 1 })],
    ["Progressing", deployment({ ...full, replicas: 3 })],
    ["Progressing", deployment({ ...full, availableReplicas: 1 })],
    [
      "Degraded",
      deployment({
        ...full,
        conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
      }),
    ],
    ["Suspended", deployment({ ...full, updatedReplicas: 1 }, { replicas: 2, paused: true })],
    ["Healthy", deployment({ replicas: 0 }, { replicas: 0 })],
    [
      "Progressing",
      object("apps/v1", "Deployment", {
        metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" },
        status: full,
      }),
    ],
  ])("is %s as kstatus has it (%#)", (status, one) => {
    expect(healthOf(one).status).toBe(status);
  });

  const stuck = deployment({ ...full, availableReplicas: 0, readyReplicas: 0 });
  it.each([
    ["Degraded", "ImagePullBackOff", waiting("ImagePullBackOff", "Back-off pulling image")],
    ["Degraded", "keeps crashing (CrashLoopBackOff, 4 restarts)", waiting("CrashLoopBackOff")],
    ["Degraded", "CreateContainerConfigError", waiting("CreateContainerConfigError", 'secret "s" not found')],
    [
      "Progressing",
      "cannot be scheduled (Unschedulable): 0/3 nodes",
      {
        phase: "Pending",
        conditions: [
          { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes" },
        ],
      },
    ],
  ])("is %s with the pod's own words: %s", (status, words, podStatus) => {
    const health = healthOf(stuck, { pods: [pod(podStatus)], replicaSets: [replicaSet()] });
    expect(health.status).toBe(status);
    expect(health.message).toContain(words);
  });

  it("names the probe that does not succeed", () => {
    const one = pod(
      { phase: "Running", containerStatuses: [{ name: "web", ready: false, state: { running: {} } }] },
      { containers: [{ name: "web", readinessProbe: {} }] },
    );
    expect(healthOf(stuck, { pods: [one], replicaSets: [replicaSet()] }).message).toContain(
      "Container web is running and not ready: its readiness probe",
    );
  });

  it("hears from its ReplicaSet that no pod could be made, and not from others' pods", () => {
    const refused = replicaSet({
      conditions: [
        { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" },
      ],
    });
    expect(healthOf(stuck, { replicaSets: [refused] })).toMatchObject({
      status: "Degraded",
      message: expect.stringContaining("exceeded quota"),
    });
    expect(healthOf(stuck, { pods: [pod(waiting("ImagePullBackOff"))] }).status).toBe("Progressing");
  });
});

describe("Kubernetes' own kinds", () => {
  const condition = (type: string, status: string, reason = "") => ({
    conditions: [{ type, status, reason }],
  });
  it.each([
    ["Healthy", object("v1", "ConfigMap")],
    ["Healthy", object("rbac.authorization.k8s.io/v1", "Role")],
    ["Healthy", object("v1", "Service", { spec: { type: "ClusterIP" } })],
    [
      "Progressing",
      object("v1", "Service", { spec: { type: "LoadBalancer" }, status: { loadBalancer: {} } }),
    ],
    [
      "Healthy",
      object("v1", "Service", {
        spec: { type: "LoadBalancer" },
        status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } },
      }),
    ],
    ["Healthy", object("v1", "PersistentVolumeClaim", { status: { phase: "Bound" } })],
    ["Progressing", object("v1", "PersistentVolumeClaim", { status: { phase: "Pending" } })],
    ["Degraded", object("v1", "PersistentVolumeClaim", { status: { phase: "Lost" } })],
    ["Degraded", object("batch/v1", "Job", { status: condition("Failed", "True", "BackoffLimitExceeded") })],
    ["Healthy", object("batch/v1", "Job", { status: condition("Complete", "True") })],
    ["Suspended", object("batch/v1", "Job", { spec: { suspend: true }, status: {} })],
    ["Degraded", object("v1", "Pod", { status: { phase: "Failed" } })],
    ["Healthy", object("v1", "Pod", { status: { phase: "Running", ...condition("Ready", "True") } })],
    ["Degraded", object("v1", "Pod", { status: waiting("ErrImagePull") })],
    [
      "Healthy",
      object("apps/v1", "StatefulSet", {
        spec: { replicas: 1 },
        status: {
          replicas: 1,
          readyReplicas: 1,
          currentReplicas: 1,
          updatedReplicas: 1,
          currentRevision: "a",
          updateRevision: "a",
        },
      }),
    ],
    [
      "Progressing",
      object("apps/v1", "StatefulSet", {
        spec: { replicas: 1 },
        status: {
          replicas: 1,
          readyReplicas: 1,
          currentReplicas: 0,
          updatedReplicas: 1,
          currentRevision: "a",
          updateRevision: "b",
        },
      }),
    ],
    [
      "Progressing",
      object("apps/v1", "DaemonSet", {
        status: {
          observedGeneration: 1,
          desiredNumberScheduled: 3,
          currentNumberScheduled: 3,
          updatedNumberScheduled: 3,
          numberAvailable: 1,
        },
      }),
    ],
    [
      "Degraded",
      object("autoscaling/v2", "HorizontalPodAutoscaler", {
        status: condition("AbleToScale", "False", "FailedGetScale"),
      }),
    ],
    [
      "Degraded",
      object("apiregistration.k8s.io/v1", "APIService", {
        status: condition("Available", "False", "MissingEndpoints"),
      }),
    ],
  ])("are %s (%#)", (status, one) => {
    expect(healthOf(one).status).toBe(status);
  });
});

describe("custom resources", () => {
  const custom = (status: Json, rest: { [key: string]: Json } = {}) =>
    object("unheard.example.org/v1", "Gizmo", { metadata: { generation: 2 }, status, ...rest });
  const conditions = (...list: [string, string, string?][]) =>
    custom({ conditions: list.map(([type, status, reason = ""]) => ({ type, status, reason })) });
  it.each([
    ["Healthy", conditions(["Ready", "True"])],
    ["Degraded", conditions(["Ready", "False", "InstallFailed"])],
    ["Progressing", conditions(["Ready", "False", "Creating"])],
    ["Progressing", conditions(["Ready", "Unknown"])],
    ["Degraded", conditions(["Stalled", "True", "X"])],
    ["Progressing", conditions(["Reconciling", "True"])],
    ["Healthy", conditions(["Available", "True"], ["Progressing", "False"], ["Degraded", "False"])],
    ["Degraded", conditions(["Available", "True"], ["Degraded", "True"])],
    ["Healthy", conditions(["Accepted", "True"], ["Programmed", "True"])],
    ["Degraded", conditions(["Accepted", "True"], ["ResolvedRefs", "False", "BackendNotFound"])],
    ["Progressing", custom({ observedGeneration: 1, conditions: [{ type: "Ready", status: "True" }] })],
    ["Progressing", custom({ conditions: [{ type: "Ready", status: "True", observedGeneration: 1 }] })],
    ["Degraded", custom({ phase: "Failed" })],
    ["Progressing", custom({ phase: "Provisioning" })],
    ["Healthy", custom({ state: "Running" })],
    ["Suspended", custom({ phase: "Running" }, { spec: { suspend: true } })],
    [
      "Degraded",
      custom({
        parents: [{ conditions: [{ type: "Accepted", status: "False", reason: "NoMatchingParent" }] }],
      }),
    ],
    ["Progressing", custom({ replicas: 3, readyReplicas: 1 }, { spec: { replicas: 3 } })],
  ])("are %s by the conventions of the ecosystem (%#)", (status, one) => {
    expect(healthOf(one).status).toBe(status);
  });

  it("are Unknown where no rule reads their status, or where they have none, and say so", () => {
    expect(healthOf(custom({ colour: "blue" }))).toEqual({
      status: "Unknown",
      message: "No rule reads the status of Gizmo (unheard.example.org/v1).",
    });
    expect(healthOf(object("unheard.example.org/v1", "Gizmo"), { declaresStatus: false }).status).toBe(
      "Unknown",
    );
    expect(healthOf(object("unheard.example.org/v1", "Gizmo")).status).not.toBe("Healthy");
  });

  it("may have any shape at all", () => {
    const odd: Json[] = [
      null,
      [],
      "text",
      5,
      { conditions: "x" },
      { conditions: [null, 5, { type: 1 }] },
      { phase: {} },
      JSON.parse('{"__proto__":{"phase":"Failed"}}') as Json,
    ];
    for (const status of odd)
      for (const kind of ["Gizmo", "Deployment", "constructor"]) {
        const one = {
          apiVersion: kind === "Deployment" ? "apps/v1" : "x.io/v1",
          kind,
          metadata: undefined,
          spec: status,
          status,
        } as unknown as KubeObject;
        expect(healthOf(one).message).not.toBe("");
      }
  });
});
