import { expect, it } from "vitest";
import { MOST_CHILDREN } from "../../lib/protocol/object.ts";
import type { KubeObject } from "../object.ts";
import { childrenOf } from "./children.ts";

const set = (name: string, replicas: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name, uid: `uid-${name}`, generation: 1 },
  spec: { replicas },
  status: { replicas, readyReplicas: replicas, availableReplicas: replicas, observedGeneration: 1 },
});
const pod = (name: string, maker: string, status: KubeObject["status"]): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, ownerReferences: [{ uid: `uid-${maker}`, controller: true }] },
  status,
});
const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const crashing = {
  phase: "Running",
  containerStatuses: [
    {
      ...{ name: "app", ready: false, restartCount: 7 },
      state: { waiting: { reason: "CrashLoopBackOff", message: "token s3cret was refused" } },
    },
  ],
};
const plain = (text: string) => text;

it("tells sets, then the unwell pods before the healthy ones, with parent, reason and restarts", () => {
  const { children, childrenLeft } = childrenOf(
    { replicaSets: [set("web-1", 2)], pods: [pod("a", "web-1", ready), pod("b", "web-1", crashing)] },
    (text) => text.replace("s3cret", "••••"),
  );
  expect(children?.map(({ name, parent, health, restarts }) => ({ name, parent, health, restarts }))).toEqual(
    [
      { name: "web-1", health: "Healthy" },
      { name: "b", parent: "web-1", health: "Degraded", restarts: 7 },
      { name: "a", parent: "web-1", health: "Healthy" },
    ],
  );
  expect(children?.[1]?.reason).toContain("token •••• was refused");
  expect(children?.[2]).not.toHaveProperty("reason");
  expect(childrenLeft).toBeUndefined();
});

it("leaves out the sets of earlier revisions, and says how many children it does not tell", () => {
  const pods = Array.from({ length: MOST_CHILDREN + 5 }, (_, at) => pod(`p${at}`, "web-2", ready));
  const told = childrenOf({ replicaSets: [set("web-1", 0), set("web-2", 1)], pods }, plain);
  expect(told.children).toHaveLength(MOST_CHILDREN);
  expect(told.childrenLeft).toBe(6);
  expect(told.children?.some(({ name }) => name === "web-1")).toBe(false);
});

it("says nothing where nothing was made", () => {
  expect(childrenOf({}, plain)).toEqual({});
  expect(childrenOf({ replicaSets: [set("old", 0)] }, plain)).toEqual({});
});
