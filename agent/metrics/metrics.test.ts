import { get } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ResourceStatus } from "../../lib/protocol/object.ts";
import type { Sync } from "../../lib/protocol/report.ts";
import type { SyncStatus } from "../../lib/protocol/state.ts";
import { openHealthPort } from "../health-port.ts";
import type { Snapshot } from "../report/delta.ts";
import { stateOf } from "../verdict/counts.ts";
import { type Metrics, openMetrics } from "./index.ts";
import { readExposition, scrape } from "./test-exposition.ts";

const start = Date.parse("2027-01-02T10:00:00Z");
let clock = start;
let metrics: Metrics;
let port: Awaited<ReturnType<typeof openHealthPort>>;

beforeEach(async () => {
  clock = start;
  metrics = openMetrics(() => new Date(clock));
  port = await openHealthPort({ port: 0, host: "127.0.0.1", ready: () => true, metrics: metrics.answer });
});
afterEach(() => port.close());

const revision = "a".repeat(40);
const commit = {
  revision,
  author: "Ada",
  committedAt: new Date(start - 30_000).toISOString(),
  subject: "First",
};

function object(name: string, sync: SyncStatus): ResourceStatus {
  const ref = { group: "", version: "v1", kind: "ConfigMap", namespace: "quotes", name };
  return { ref, sync, health: "Healthy" } as ResourceStatus;
}

function snapshot(environment: string, over: Partial<Snapshot> = {}): Snapshot {
  return {
    environment,
    observedAt: new Date(clock).toISOString(),
    head: commit,
    revision: null,
    comparedRevision: revision,
    renderedDigest: null,
    problem: null,
    suspended: null,
    waiting: null,
    applying: false,
    movingSince: null,
    resources: [object("settings", "Synced")],
    ...over,
  };
}

function follow(name: string) {
  const memory = {
    is: { divergedSince: null as string | null, lastSyncAt: null as string | null },
    touched: 0,
    touch() {
      memory.touched += 1;
    },
  };
  metrics.follow({ name, memory });
  return memory;
}

function publish(name: string, over: Partial<Snapshot> = {}, syncs: Sync[] = []) {
  const said = snapshot(name, over);
  metrics.published(said, stateOf(said), syncs);
}

function sync(over: Partial<Sync>): Sync {
  return {
    id: "6b3f0a52-7a8c-4a57-8f43-0d9ab9fbd4a1",
    revision,
    commit,
    trigger: "commit",
    mode: "sync",
    outcome: "succeeded",
    startedAt: new Date(start).toISOString(),
    finishedAt: new Date(start + 4000).toISOString(),
    objects: [],
    ...over,
  };
}

const drifted = { resources: [object("settings", "Modified"), object("other", "Synced")] };
const environment = (name: string, more = "") => `{environment="${name}"${more}}`;

it("says whether there is a difference, and since when, from the first one until all is as Git says", async () => {
  const memory = follow("production");
  publish("production");
  const value = async (name: string) =>
    (await scrape(port.port)).series.get(`plumbline_environment_${name}${environment("production")}`);
  expect([await value("diverged"), await value("diverged_since_timestamp_seconds")]).toEqual([0, undefined]);
  clock += 60_000;
  publish("production", drifted);
  const since = clock / 1000;
  clock += 60_000;
  publish("production", { ...drifted, applying: true, movingSince: new Date(clock).toISOString() });
  clock += 60_000;
  publish("production", {
    problem: { stage: "fetch", reason: "R", message: "m", since: commit.committedAt, retryable: true },
  });
  expect([await value("diverged"), await value("diverged_since_timestamp_seconds")]).toEqual([1, since]);
  expect(memory.is.divergedSince).toBe(new Date(since * 1000).toISOString());
  publish("production");
  expect([await value("diverged"), await value("diverged_since_timestamp_seconds")]).toEqual([0, undefined]);
  expect(memory.touched).toBe(2);
});

it("counts on from what an earlier process knew", async () => {
  const memory = follow("production");
  memory.is.divergedSince = "2027-01-01T00:00:00.000Z";
  publish("production", drifted);
  const { series } = await scrape(port.port);
  expect(
    series.get(`plumbline_environment_diverged_since_timestamp_seconds${environment("production")}`),
  ).toBe(Date.parse("2027-01-01T00:00:00Z") / 1000);
});

it("names the one state there is, by the clock of the scrape", async () => {
  follow("production");
  publish("production", {
    ...drifted,
    suspended: {
      reason: "Freeze",
      owner: "Ada",
      until: new Date(clock + 1000).toISOString(),
      by: "declaration",
    },
  });
  const states = async () => {
    const { series } = await scrape(port.port);
    const all = [...series].filter(([one]) => one.startsWith("plumbline_environment_state"));
    expect(all).toHaveLength(5);
    return all.filter(([, value]) => value === 1).map(([one]) => /state="(\w+)"/.exec(one)?.[1]);
  };
  expect(await states()).toEqual(["Suspended"]);
  clock += 2000;
  expect(await states()).toEqual(["Diverged"]);
});

it("counts objects by how they compare, and never names one", async () => {
  follow("production");
  publish("production", drifted);
  const { series, text } = await scrape(port.port);
  const count = (status: string) =>
    series.get(`plumbline_environment_objects${environment("production", `,sync="${status}"`)}`);
  expect(["Synced", "Modified", "Missing"].map(count)).toEqual([1, 1, 0]);
  expect(text).not.toMatch(/settings|quotes/);
});

it("says that syncing fails after a failed one, and no longer once it is converged", async () => {
  follow("production");
  const failing = async () =>
    (await scrape(port.port)).series.get(`plumbline_sync_failing${environment("production")}`);
  publish("production", drifted, [sync({ outcome: "refused" })]);
  expect(await failing()).toBe(1);
  publish("production", drifted, [sync({ outcome: "succeeded" })]);
  expect(await failing()).toBe(0);
  const problem = {
    stage: "render" as const,
    reason: "R",
    message: "m",
    since: commit.committedAt,
    retryable: false,
  };
  publish("production", { problem });
  const { series } = await scrape(port.port);
  expect(series.get(`plumbline_environment_problem${environment("production", ',stage="render"')}`)).toBe(1);
  expect(await failing()).toBe(1);
  publish("production");
  expect(await failing()).toBe(0);
});

it("measures syncs, and how far a commit was behind; a first look says nothing of that", async () => {
  follow("production");
  const noticedAt = new Date(start - 20_000).toISOString();
  const appliedAt = new Date(start + 1000).toISOString();
  publish("production", {}, [sync({ noticedAt, appliedAt }), sync({ trigger: "start" })]);
  publish("production", {}, [sync({ outcome: "observed" })]);
  const { series } = await scrape(port.port);
  const sum = (name: string, labels = "") => [
    series.get(`${name}_sum${labels}`),
    series.get(`${name}_count${labels}`),
  ];
  expect(sum("plumbline_commit_to_noticed_seconds")).toEqual([10, 1]);
  expect(sum("plumbline_commit_to_converged_seconds")).toEqual([34, 1]);
  expect(sum("plumbline_sync_apply_duration_seconds")).toEqual([1, 1]);
  expect(sum("plumbline_sync_duration_seconds", '{outcome="succeeded",trigger="commit"}')).toEqual([4, 1]);
  expect(series.get(`plumbline_syncs_total${environment("production", ',outcome="succeeded"')}`)).toBe(2);
  expect(series.get(`plumbline_environment_last_sync_timestamp_seconds${environment("production")}`)).toBe(
    start / 1000 + 4,
  );
});

it("forgets an environment that is declared no more", async () => {
  for (const name of ["production", "staging"]) {
    follow(name);
    publish(name, drifted, [sync({})]);
  }
  metrics.forget("staging");
  // What still ran when it was forgotten ends afterwards.
  publish("staging", drifted, [sync({})]);
  const { text } = await scrape(port.port);
  expect(text).toContain('"production"');
  expect(text).not.toContain('"staging"');
});

it("tells of a thousand environments in fewer bytes than a web page, to several who ask at once", async () => {
  for (let index = 0; index < 1000; index++) {
    follow(`environment-${index}`);
    publish(`environment-${index}`, index % 10 ? {} : drifted, [sync({})]);
  }
  const packed = async () => {
    const url = `http://127.0.0.1:${port.port}/metrics`;
    const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
      get(url, { headers: { "accept-encoding": "gzip" } }, resolve).on("error", reject),
    );
    return buffer(response);
  };
  const bodies = await Promise.all([packed(), packed(), packed()]);
  for (const body of bodies) {
    const { series } = readExposition(gunzipSync(body).toString("utf8"));
    const diverged = [...series].filter(([one]) => one.startsWith("plumbline_environment_diverged{"));
    expect(diverged).toHaveLength(1000);
    expect(diverged.filter(([, value]) => value === 1)).toHaveLength(100);
    expect(body.length).toBeLessThan(200_000);
  }
});
