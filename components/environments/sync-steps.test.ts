import { describe, expect, it } from "vitest";
import { type SyncEntry, syncSteps, syncWord, touchedObjects } from "./sync-steps.ts";

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 14, 0, 0) + second * 1000).toISOString();
const entry = (over: Partial<SyncEntry> = {}): SyncEntry => ({
  kind: "sync",
  id: "9f1d5a52-6f0e-4c9c-9a4e-0d3f6a3a7a11",
  at: at(9),
  revision: "a".repeat(40),
  commit: {
    revision: "a".repeat(40),
    author: "Carol",
    committedAt: at(0),
    subject: "More",
    provenance: null,
  },
  trigger: "commit",
  mode: "sync",
  outcome: "succeeded",
  message: null,
  noticedAt: at(1),
  startedAt: at(1),
  appliedAt: at(4),
  finishedAt: at(9),
  convergedAt: at(9),
  proven: false,
  rolledBack: null,
  objects: [],
  canRollBack: false,
  forward: false,
  canRevert: false,
  ...over,
});
const line = (over: Partial<SyncEntry> = {}) =>
  syncSteps(entry(over))
    .map(({ name, after }) => (after ? `${after} → ${name}` : name))
    .join(", ");

describe("the way of a sync in time", () => {
  it("goes from the commit to converged, with how long each step took", () => {
    expect(line()).toBe("committed, 1 s → noticed, 3 s → applied, 5 s → converged");
  });
  it("ends as the sync ended", () => {
    const open = { convergedAt: null, finishedAt: at(20) };
    expect(line({ ...open, outcome: "failed" })).toContain("16 s → failed");
    expect(line({ ...open, outcome: "superseded" })).toContain("16 s → superseded");
    expect(line({ ...open, outcome: "refused", appliedAt: null })).toBe(
      "committed, 1 s → noticed, 19 s → refused",
    );
  });
  it("begins with the agent where something was put back, whatever the commit's age", () => {
    expect(line({ trigger: "drift" })).toBe("begun, 3 s → applied, 5 s → converged");
  });
  it("leaves out what is not known, and does not count backwards", () => {
    expect(line({ noticedAt: null })).toBe("committed, 4 s → applied, 5 s → converged");
    expect(line({ noticedAt: at(-30) })).toBe("committed, noticed, 34 s → applied, 5 s → converged");
    expect(line({ mode: "observe", outcome: "observed", convergedAt: null, appliedAt: null })).toBe(
      "committed, 1 s → noticed",
    );
    expect(
      line({ commit: null, noticedAt: null, appliedAt: null, convergedAt: null, outcome: "observed" }),
    ).toBe("");
  });
});

describe("a sync in history", () => {
  it("is called converged only where the environment was", () => {
    expect(syncWord(entry()).word).toBe("Converged");
    expect(syncWord(entry({ convergedAt: null })).word).toBe("Applied");
    expect(syncWord(entry({ outcome: "failed" })).word).toBe("Failed");
    expect(syncWord(entry({ outcome: "superseded", convergedAt: null })).word).toBe("Superseded");
  });
  it("lists what it touched, with what has something to say first", () => {
    const ref = (name: string) => ({ group: "", version: "v1", kind: "ConfigMap", namespace: "a", name });
    const objects: SyncEntry["objects"] = [
      { ref: ref("same"), action: "unchanged" },
      { ref: ref("new"), action: "created" },
      { ref: ref("taken"), action: "configured", message: "took data.x back from kubectl-edit" },
    ];
    expect(touchedObjects({ objects }).map((object) => object.ref.name)).toEqual(["taken", "new"]);
  });
});
