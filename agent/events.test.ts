import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ResourceStatus } from "../lib/protocol/object.ts";
import { ApiError, type Cluster } from "./cluster/index.ts";
import { followEvents, readWarnings, type Warnings } from "./events.ts";
import type { KubeObject } from "./object.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const event = (about: string, message: string, lastTimestamp: string, count = 1): KubeObject => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: `${about}.${lastTimestamp}` },
  involvedObject: { kind: about.split("/")[0] ?? "", name: about.split("/")[1] ?? "" },
  ...{ reason: "BackOff", message, lastTimestamp, count },
});
const status = (over: Partial<ResourceStatus>): ResourceStatus => ({
  ref: { group: "apps", version: "v1", kind: "Deployment", namespace: "shop", name: "web" },
  ...{ sync: "Synced", health: "Degraded", changes: [] },
  ...over,
});
const key = "apps/Deployment/shop/web";

function opened(items: () => KubeObject[] | Error) {
  const asked: string[] = [];
  const cluster = {
    listPage: async (_, namespace, { fieldSelector }) => {
      asked.push(`${namespace} ${fieldSelector}`);
      const found = items();
      if (found instanceof Error) throw found;
      return { items: found, resourceVersion: "1", continue: "", bytes: 0 };
    },
  } as Pick<Cluster, "listPage">;
  const heard: string[][] = [];
  const warnings: Warnings = readWarnings(cluster);
  const mask = (text: string) => text.replace("s3cret", "••••");
  const events = followEvents({ warnings, mask, heard: (keys) => heard.push(keys) });
  return { events, asked, heard, warnings };
}

it("asks nothing while every object is healthy", async () => {
  const { events, asked } = opened(() => []);
  events.note([status({ health: "Healthy" })]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toEqual([]);
});

it("tells the newest warnings about an unwell object and its unwell pods, masked, and no others", async () => {
  const { events, asked, heard } = opened(() => [
    event("Deployment/web", "quota reached", "2026-01-01T00:00:00Z"),
    event("Pod/web-a", "token s3cret was refused", "2026-01-01T00:00:09Z", 4),
    event("Pod/web-b", "of a healthy pod", "2026-01-01T00:00:10Z"),
    event("Pod/other", "of another workload", "2026-01-01T00:00:10Z"),
  ]);
  const children = [
    { kind: "Pod", name: "web-a", health: "Degraded" as const, reason: "it crashes" },
    { kind: "Pod", name: "web-b", health: "Healthy" as const },
  ];
  events.note([status({ children })]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(asked).toEqual(["shop type!=Normal"]);
  expect(heard).toEqual([[key]]);
  expect(events.about(key)?.map(({ about, message, count }) => [about, message, count])).toEqual([
    ["Pod/web-a", "token •••• was refused", 4],
    ["Deployment/web", "quota reached", 1],
  ]);
});

it("asks less and less often while nothing changes, and forgets once it is healthy", async () => {
  const { events, asked, heard } = opened(() => [event("Deployment/web", "no", "2026-01-01T00:00:00Z")]);
  events.note([status({})]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked.length).toBeLessThan(20);
  expect(heard).toHaveLength(1);
  events.note([status({ health: "Healthy" })]);
  expect(events.about(key)).toBeUndefined();
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toHaveLength(before);
});

it("takes a refusal for silence, and does not ask again at once", async () => {
  const { warnings, asked } = opened(() => new ApiError(403, "Forbidden", "events are forbidden"));
  expect(await warnings("shop")).toEqual(new Map());
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await warnings("shop")).toEqual(new Map());
  expect(asked).toHaveLength(1);
});

it("ends with its environment", async () => {
  const { events, asked } = opened(() => []);
  events.note([status({})]);
  events.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
});
