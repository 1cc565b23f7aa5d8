import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceStatus } from "../../lib/protocol/object.ts";
import type { Sync } from "../../lib/protocol/report.ts";
import type { Snapshot } from "./delta.ts";
import type { Queued } from "./outbox.ts";

/** A folder of one test's own. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "plumbline-agent-"));

const REVISION = "a".repeat(40);

/** A ConfigMap's status; `changes` makes it differ in that many fields. */
export function resource(name: string, changes = 0, value = "x"): ResourceStatus {
  return {
    ref: { group: "", version: "v1", kind: "ConfigMap", namespace: "default", name },
    sync: changes > 0 ? "Modified" : "Synced",
    health: "Healthy",
    cause: changes > 0 ? "drift" : undefined,
    changes: Array.from({ length: changes }, (_, index) => ({
      path: `data.key${index}`,
      pointer: `/data/key${index}`,
      type: "modified" as const,
      counts: true,
      desired: "blue",
      observed: value,
    })),
  };
}

/** What an environment looks like with these resources. */
export function snapshot(environment: string, resources: ResourceStatus[], second = 0): Snapshot {
  return {
    environment,
    observedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
    head: null,
    revision: null,
    comparedRevision: REVISION,
    renderedDigest: null,
    problem: null,
    suspended: null,
    waiting: null,
    applying: false,
    movingSince: null,
    resources,
  };
}

/** An outcome that must never be lost. */
export function sync(message: string): Sync {
  const at = "2026-01-01T00:00:00.000Z";
  return {
    id: randomUUID(),
    revision: REVISION,
    trigger: "commit",
    mode: "sync",
    outcome: "succeeded",
    startedAt: at,
    finishedAt: at,
    message,
    objects: [],
  };
}

/** A delta as the reporter queues it. */
export function queued(
  environment: string,
  options: {
    second?: number;
    state?: string;
    resources?: ResourceStatus[];
    syncs?: Sync[];
    full?: boolean;
  } = {},
): Queued {
  const { second = 0, state = "Converged", resources = [], syncs = [], full = false } = options;
  return {
    report: { ...snapshot(environment, resources, second), removed: [], syncs, revisions: [] },
    full,
    state,
  };
}
