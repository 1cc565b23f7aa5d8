import { describe, expect, test } from "vitest";
import type { FieldChange, ResourceStatus } from "../protocol/object.ts";
import type { Report } from "../protocol/report.ts";
import type { EnvironmentFacts } from "../protocol/state.ts";
import {
  differingObjects,
  divergentOf,
  evidenceOf,
  mergeEvidence,
  recheckAt,
  saysNothingNew,
  summaryOf,
} from "./rules.ts";

const resource = (name: string, over: Partial<ResourceStatus> = {}): ResourceStatus => ({
  ref: { group: "apps", version: "v1", kind: "Deployment", namespace: "shop", name },
  sync: "Synced",
  health: "Healthy",
  changes: [],
  ...over,
});
const change = (over: Partial<FieldChange> = {}): FieldChange => ({
  path: "spec.replicas",
  pointer: "/spec/replicas",
  type: "modified",
  counts: true,
  desired: 6,
  observed: 2,
  ...over,
});
const by = { manager: "kubectl-edit", operation: "Update" as const, who: "kubectl edit" };

describe("a summary", () => {
  const cases: [string, ResourceStatus[], string][] = [
    [
      "names the field, both values and who",
      [resource("quotes", { sync: "Modified", changes: [change({ by })] })],
      "Deployment/quotes replicas 6 → 2, by kubectl edit",
    ],
    [
      "leaves out who where nobody knows",
      [resource("quotes", { sync: "Modified", changes: [change()] })],
      "Deployment/quotes replicas 6 → 2",
    ],
    [
      "passes over what does not count",
      [resource("quotes", { sync: "Modified", changes: [change({ counts: false, path: "x" }), change()] })],
      "Deployment/quotes replicas 6 → 2",
    ],
    [
      "says what is unset",
      [resource("quotes", { sync: "Modified", changes: [change({ type: "missing", observed: undefined })] })],
      "Deployment/quotes replicas 6 → (unset)",
    ],
    [
      "keeps the container's name",
      [
        resource("quotes", {
          sync: "Modified",
          changes: [
            change({
              path: "spec.template.spec.containers[name=quotes].image",
              desired: "a:1",
              observed: "a:2",
            }),
          ],
        }),
      ],
      "Deployment/quotes containers[name=quotes].image a:1 → a:2",
    ],
    [
      "keeps a dotted label whole",
      [
        resource("quotes", {
          sync: "Modified",
          changes: [
            change({ path: 'metadata.labels["app.kubernetes.io/name"]', desired: "a", observed: "b" }),
          ],
        }),
      ],
      'Deployment/quotes labels["app.kubernetes.io/name"] a → b',
    ],
    [
      "says that an object is missing",
      [resource("quotes", { sync: "Missing" })],
      "Deployment/quotes is missing in the cluster",
    ],
    [
      "says that an object should be gone",
      [resource("quotes", { sync: "Extra" })],
      "Deployment/quotes is no longer in Git",
    ],
    [
      "says why an object does not work",
      [resource("quotes", { health: "Degraded", healthReason: "CrashLoopBackOff" })],
      "Deployment/quotes is Degraded: CrashLoopBackOff",
    ],
    [
      "counts the others",
      [resource("a", { sync: "Missing" }), resource("b", { sync: "Missing" })],
      "Deployment/a is missing in the cluster (and 1 more)",
    ],
    ["is empty where nothing differs", [], ""],
  ];
  test.each(cases)("%s", (_, divergent, expected) => expect(summaryOf(divergent, null)).toBe(expected));

  test("is the problem's first line where no object differs", () => {
    expect(summaryOf([], { message: "kustomize failed\nat length" })).toBe("kustomize failed");
  });
});

test("divergent objects come worst first, and healthy ones not at all", () => {
  const progressing = resource("progressing", { health: "Progressing" });
  const unknown = resource("unknown", { sync: "Unknown" });
  const broken = resource("broken", { sync: "Modified", health: "Degraded" });
  const list = [resource("fine"), resource("unrated", { health: "Unknown" }), progressing, unknown, broken];
  expect(divergentOf(list).map(({ ref }) => ref.name)).toEqual(["broken", "unknown", "progressing"]);
});

test("evidence keeps what was seen first and adds what came later, within bounds", () => {
  const first = evidenceOf([resource("a", { sync: "Modified", changes: [change()] })]);
  const later = evidenceOf([
    resource("a", { sync: "Modified", changes: [change({ observed: 9 })] }),
    resource("b", { sync: "Modified", changes: [change()] }),
  ]);
  const merged = mergeEvidence(first, later);
  expect(merged.map(({ ref }) => ref.name)).toEqual(["a", "b"]);
  expect(merged[0]!.changes[0]!.observed).toBe(2);
  const many = Array.from({ length: 500 }, (_, n) =>
    resource(`r${n}`, { sync: "Modified", changes: Array(500).fill(change()) }),
  );
  expect(evidenceOf(many).length).toBe(20);
  expect(evidenceOf(many)[0]!.changes.length).toBe(20);
});

test("objects that differ are the modified, the missing and the extra ones", () => {
  expect(
    differingObjects({
      sync: { Synced: 5, Modified: 1, Missing: 2, Extra: 3, Unknown: 4 },
      health: {},
      cause: {},
    }),
  ).toBe(6);
});

test("the clock looks again when a deadline or a suspension passes, and else never", () => {
  const facts = {
    movingSince: 1000,
    suspended: { reason: "", owner: "", until: 5000 },
    progressDeadlineMs: 100,
  } as EnvironmentFacts;
  const verdict = (state: "Converging" | "Suspended" | "Diverged") => ({ state, causes: [], reason: "" });
  expect(recheckAt(facts, verdict("Converging"))).toBe(1101);
  expect(recheckAt(facts, verdict("Suspended"))).toBe(5000);
  expect(recheckAt(facts, verdict("Diverged"))).toBeNull();
});

describe("a report that repeats what is recorded", () => {
  const revision = "a".repeat(40);
  const since = "2026-11-20T10:00:00.000Z";
  const problem = { stage: "render" as const, reason: "Broken", message: "x", since, retryable: false };
  const said = {
    state: "Diverged",
    headRevision: revision,
    comparedRevision: revision,
    renderedDigest: "d",
    problem,
    suspended: null,
    waiting: null,
    applying: false,
    movingSince: new Date(since),
    reportProblem: null,
  };
  const head = { revision, author: "Ada", committedAt: since, subject: "x" };
  const again = {
    base: 4,
    head,
    comparedRevision: revision,
    renderedDigest: "d",
    problem: { ...problem },
    suspended: null,
    applying: false,
    movingSince: since,
    resources: [],
    removed: [],
    syncs: [],
    revisions: [],
  } as unknown as Report;
  test("says nothing new", () => expect(saysNothingNew(said, again)).toBe(true));

  const news: [string, object, object][] = [
    ["a full report", {}, { base: null }],
    ["an object", {}, { resources: [resource("a")] }],
    ["a removed object", {}, { removed: ["x"] }],
    ["a sync", {}, { syncs: [{}] }],
    ["another head", {}, { head: { ...head, revision: "b".repeat(40) } }],
    ["no head", {}, { head: null }],
    ["another compared revision", {}, { comparedRevision: null }],
    ["another rendering", {}, { renderedDigest: "e" }],
    ["another problem", {}, { problem: { ...problem, message: "y" } }],
    ["no problem", {}, { problem: null }],
    ["a suspension", {}, { suspended: { reason: "r", owner: "o", until: null } }],
    ["an apply", {}, { applying: true }],
    ["an end of movement", {}, { movingSince: null }],
    ["a refused report before it", { reportProblem: "refused" }, {}],
    ["a state that the clock has given", { state: "Unknown" }, {}],
    ["a state that time may change", { state: "Converging" }, {}],
  ];
  test.each(news)("%s is news", (_, before, now) => {
    expect(saysNothingNew({ ...said, ...before }, { ...again, ...now } as Report)).toBe(false);
  });
});
