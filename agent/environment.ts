import { type ObjectRef, objectKey, type ResourceStatus } from "../lib/protocol/object.ts";
import type { Commit, Problem, Sync } from "../lib/protocol/report.ts";
import type { Stage } from "../lib/protocol/state.ts";
import { FIELD_MANAGER } from "./apply/index.ts";
import type { Declaration } from "./declaration.ts";
import type { DesiredState } from "./desired-state.ts";
import { StageError } from "./errors.ts";
import { type FollowedEvents, followEvents } from "./events.ts";
import type { Mask } from "./mask/index.ts";
import type { Memory } from "./memory.ts";
import { refOf } from "./object.ts";
import type { Parts } from "./parts.ts";
import { type PauseVerdict, pauseAt } from "./pause/pause.ts";
import type { Snapshot } from "./report/delta.ts";
import { openComparison } from "./verdict/comparison.ts";
import { stateOf } from "./verdict/counts.ts";
import { openFights } from "./verdict/fights.ts";
import { problemOf } from "./verdict/problem.ts";
import { impactOn } from "./watches.ts";

/** One declared environment as the agent knows it now: what Git asks, what the cluster holds, what is wrong. */
export class Environment {
  readonly parts: Parts;
  readonly memory: Memory;
  readonly fights = openFights();
  declaration: Declaration;
  mask: Mask;
  /** Newest commit of the ref that was looked at. */
  head: Commit | null = null;
  /** The last good desired state; kept when a newer one cannot be read. */
  desired: DesiredState | null = null;
  /** The revision that cannot be rendered, so that it is not tried again until something changes. */
  stuckAt: string | null = null;
  /** The declaration has changed since desired state was read. */
  redeclared = false;
  applying = false;
  /** A look has been finished since the agent started. */
  looked = false;
  /** When (by `performance.now()`) it was last said that Git may have moved. */
  askedAt = 0;
  /** What is declared cannot be followed: nothing is applied until the declaration changes. */
  blocked: string | null = null;
  /** Why what differs is not applied yet, if an environment that it depends on is why. */
  waiting: string | null = null;
  /** Not before this instant is a failed apply tried again; and how many failed in a row. */
  retry = { at: 0, failures: 0 };
  /** Why objects that Git no longer asks for are still there, by object key. */
  readonly kept = new Map<string, string>();
  resources: ResourceStatus[] = [];
  /** What Kubernetes says of objects that are not healthy. */
  readonly events: FollowedEvents;
  /** Called when it says something else, and the verdicts are to be told anew. */
  heard: () => void = () => {};
  #declareProblem: Problem | null = null;
  /** What was read last is of another repository, ref or path than is declared now. */
  #foreign = false;
  readonly #comparison;
  #dirty: Set<string> | "all" = "all";
  #rememberedApplying = false;
  #impact: (changed: ObjectRef) => string[] = () => [];

  constructor(parts: Parts, declaration: Declaration) {
    this.parts = parts;
    this.declaration = declaration;
    this.mask = parts.maskFor(declaration);
    this.memory = parts.memories.open(declaration.name);
    this.#comparison = openComparison({ look: parts.watches.look, replaced: parts.replaced });
    this.events = followEvents({
      warnings: parts.warnings,
      mask: (text) => this.mask.text(text),
      heard: (keys) => {
        if (this.#dirty !== "all") for (const key of keys) this.#dirty.add(key);
        this.heard();
      },
    });
  }

  get name(): string {
    return this.declaration.name;
  }

  /** The newest commit that changed what is rendered, up to the one that was looked at last. */
  get revision(): Commit | null {
    return this.memory.is.followed?.commit ?? null;
  }

  /** Whether applies are paused now, by whom, and when time alone changes that. */
  get paused(): PauseVerdict {
    return pauseAt(this.declaration, this.parts.suspensions.of(this.name), this.parts.now());
  }

  /** The declaration is another one: desired state is read anew before anything more is applied. */
  redeclare(declaration: Declaration): void {
    const before = this.declaration;
    const same =
      before.repository.url === declaration.repository.url &&
      before.repository.ref === declaration.repository.ref &&
      before.path === declaration.path;
    this.#foreign ||= !same;
    this.declaration = declaration;
    this.mask = this.parts.maskFor(declaration);
    this.redeclared = true;
    this.stuckAt = null;
  }

  /** Desired state could not be read: one of another repository, ref or path is no last good state of this one. */
  keepOnlyOwn(): void {
    if (!this.#foreign) return;
    this.desired = null;
    this.head = null;
    this.resources = [];
    this.memory.is.comparedRevision = null;
    this.memory.is.followed = null;
    this.memory.touch();
  }

  /** From now on this is what the cluster is compared with. */
  adopt(desired: DesiredState): void {
    const { is } = this.memory;
    this.desired = desired;
    this.redeclared = false;
    this.#foreign = false;
    is.comparedRevision = desired.commit.revision;
    is.renderedDigest = desired.renderedDigest;
    const refs = desired.objects.map(({ object }) => refOf(object));
    const wanted = new Set(refs.map(objectKey));
    const known = new Set([...wanted, ...is.inventory.map(objectKey)]);
    for (const key of Object.keys(is.lastSynced)) if (!known.has(key)) delete is.lastSynced[key];
    this.#impact = impactOn([...refs, ...is.inventory]);
    this.#comparison.set({
      judgement: {
        declaration: this.declaration,
        schemas: this.parts.schemas,
        mask: this.mask,
        fieldManager: FIELD_MANAGER,
        committedAt: desired.commit.committedAt,
        kept: (key) => this.kept.get(key),
        events: (key) => this.events.about(key),
      },
      desired: desired.objects,
      inventory: is.inventory,
    });
    this.#dirty = "all";
    this.memory.touch();
  }

  /** The inventory has changed by an apply: judge and watch what is in it now. */
  followInventory(): void {
    if (!this.desired) return;
    const before = this.#dirty;
    this.adopt(this.desired);
    if (before === "all") return;
    // What was applied and is Synced stays so, whatever the rest of the inventory is.
    const keys = new Set(this.memory.is.inventory.map(objectKey));
    for (const { ref, sync } of this.resources) keys[sync === "Synced" ? "delete" : "add"](objectKey(ref));
    this.#dirty = new Set([...before, ...keys]);
  }

  /** Marks what a change in the cluster can alter here; answers whether that is anything. */
  touched(ref: ObjectRef | null): boolean {
    if (!this.desired) return false;
    if (ref === null) this.#dirty = "all";
    const keys = ref === null ? [] : this.#impact(ref);
    if (this.#dirty !== "all") for (const key of keys) this.#dirty.add(key);
    return ref === null || keys.length > 0;
  }

  /** Brings the verdicts up to date with what the watches hold: no request to Git or cluster. */
  compare(): ResourceStatus[] {
    if (!this.desired) return [];
    const dirty = this.#dirty;
    if (dirty !== "all" && dirty.size === 0 && this.applying === this.#rememberedApplying)
      return this.resources;
    this.#dirty = new Set();
    this.#rememberedApplying = this.applying;
    this.resources = this.#comparison.judge(dirty, this.memory.is.lastSynced);
    this.#remember();
    this.events.note(this.resources);
    return this.resources;
  }

  /** Everything is judged anew at the next comparison. */
  recompare(): void {
    this.#dirty = "all";
  }

  /** Queues a report of what is new, and of the given syncs. */
  publish(syncs: Sync[] = []): void {
    const snapshot = this.#snapshot();
    const { is } = this.memory;
    const untold = is.untold;
    this.parts.publish(snapshot, stateOf(snapshot, this.declaration.progressDeadline), syncs, untold);
    if (untold.length === 0) return;
    // They are in the queue on disk now; until this is on disk as well, they may be told again.
    is.untold = [];
    this.memory.touch();
  }

  /** A stage failed: `read` is on the way to desired state, `apply` on the way to the cluster. */
  failed(part: "read" | "apply", error: unknown, stage: Stage): void {
    const { problems } = this.memory.is;
    const before = problems[part] ?? null;
    const problem = problemOf(error, stage, before, this.parts.now(), (text) => this.mask.text(text));
    problems[part] = problem;
    this.memory.touch();
    if (problem.message === before?.message) return;
    const foreseen = error instanceof StageError;
    const fields = {
      environment: this.name,
      stage: problem.stage,
      reason: problem.reason,
      file: problem.file,
    };
    this.parts.log.warn(foreseen ? fields : { ...fields, error }, problem.message);
  }

  /** That part works again. */
  solved(part: "read" | "apply"): void {
    if (!this.memory.is.problems[part]) return;
    delete this.memory.is.problems[part];
    this.memory.touch();
  }

  /** The newest declaration of this environment cannot be used, and the one before stays in force. */
  misdeclared(message: string | null): void {
    const error = message === null ? null : new StageError("declare", "InvalidDeclaration", message);
    this.#declareProblem =
      error &&
      problemOf(error, "declare", this.#declareProblem, this.parts.now(), (text) => this.mask.text(text));
  }

  /** The masked body behind a digest, where one of the objects of now has it. */
  body(digest: string): string | undefined {
    return this.#comparison.body(digest);
  }

  #remember(): void {
    const { is } = this.memory;
    const seen = new Map<string, ObjectRef>();
    let changed = false;
    for (const { ref, sync, health, desiredDigest } of this.resources) {
      const key = objectKey(ref);
      if (sync !== "Missing" && health !== "Missing") seen.set(key, ref);
      if (sync !== "Synced" || !desiredDigest || is.lastSynced[key] === desiredDigest) continue;
      is.lastSynced[key] = desiredDigest;
      changed = true;
    }
    // An inventory object that is in no verdict has gone from the cluster, and from Git before.
    const inventory = is.inventory.filter(
      (ref) => seen.has(objectKey(ref)) || this.#comparison.desired(objectKey(ref)),
    );
    if (this.declaration.mode === "observe") {
      const known = new Set(inventory.map(objectKey));
      for (const [key, ref] of seen) if (!known.has(key)) inventory.push(ref);
    }
    if (inventory.length !== is.inventory.length || inventory.some((ref, at) => ref !== is.inventory[at])) {
      is.inventory = inventory;
      changed = true;
    }
    const moving =
      this.applying ||
      this.resources.some(({ health, sync }) => health === "Progressing" && sync !== "Extra");
    if (moving !== (is.movingSince !== null)) {
      is.movingSince = moving ? this.parts.now().toISOString() : null;
      changed = true;
    }
    if (changed) this.memory.touch();
  }

  #snapshot(): Snapshot {
    const { is } = this.memory;
    const { pause } = this.paused;
    return {
      environment: this.name,
      observedAt: this.parts.now().toISOString(),
      head: this.head,
      revision: this.revision,
      comparedRevision: this.desired?.commit.revision ?? null,
      renderedDigest: this.desired?.renderedDigest ?? null,
      problem: this.#declareProblem ?? is.problems.read ?? is.problems.apply ?? null,
      suspended: pause && { ...pause, reason: this.mask.text(pause.reason).slice(0, 1000) },
      waiting: this.waiting,
      applying: this.applying,
      movingSince: is.movingSince,
      resources: this.resources,
    };
  }
}
