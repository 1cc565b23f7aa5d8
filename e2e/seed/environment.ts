import { createHash, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Agent } from "#lib/auth/agent-tokens.ts";
import { recordReport } from "#lib/environments/record-report.ts";
import { recordManifests } from "#lib/manifests/record-manifests.ts";
import type { DeclaredEnvironment } from "#lib/protocol/declaration.ts";
import { objectKey, type ResourceStatus } from "#lib/protocol/object.ts";
import type { Commit, Problem, Report, Sync } from "#lib/protocol/report.ts";
import { digest, sha } from "#lib/testing/tenant.ts";
import type { SeedCluster, SeedRepository } from "./fleet.ts";
import { objectsOf } from "./objects.ts";
import { second } from "./time.ts";

const iso = (at: number) => new Date(at).toISOString();
/** An id that follows from what it is of. */
export function idOf(text: string): string {
  const hex = createHash("md5").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export type Change = {
  version: string;
  subject: string;
  author: { name: string; email: string };
  committedAt: number;
};

/** One environment as its agent sees it: remembers what it has told, and tells the next thing. */
export class SeedEnvironment {
  readonly repository: SeedRepository;
  readonly cluster: SeedCluster;
  readonly declared: DeclaredEnvironment;
  readonly #agent: Agent;
  #stream: string | null = null;
  #sequence = 0;
  /** What Git asks for, and what was rendered and compared last. */
  head: (Commit & { version: string }) | null = null;
  compared: (Commit & { version: string }) | null = null;
  /** The commits that it has converged at, oldest first. */
  readonly converged: (Commit & { version: string })[] = [];
  #said: Partial<Report> = {};
  #resources = new Map<string, ResourceStatus>();
  #told = new Map<string, ResourceStatus>();
  /** Digests of manifests that were sent. */
  readonly #sent = new Set<string>();

  constructor(agent: Agent, cluster: SeedCluster, repository: SeedRepository, declared: DeclaredEnvironment) {
    this.#agent = agent;
    this.cluster = cluster;
    this.repository = repository;
    this.declared = declared;
  }

  get key(): string {
    return `${this.cluster.name}/${this.declared.name}`;
  }

  /** Keyed digest of what that version renders to here. */
  renderedAt(version: string): string {
    return digest(`${this.key}@${version}`);
  }

  commitOf(change: Change): Commit & { version: string } {
    const { version, subject, author, committedAt } = change;
    const seconds = Math.floor(committedAt / second) * second;
    return {
      ...{ version, subject, author: author.name, authorEmail: author.email },
      revision: sha(`${this.key}@${version}@${seconds}`),
      committedAt: iso(seconds),
    };
  }

  /** Git has moved: nothing is applied yet. */
  async moveHead(
    at: number,
    commit: Commit & { version: string },
    over: Partial<Report> = {},
  ): Promise<void> {
    this.head = commit;
    await this.#tell(at, {
      ...over,
      revisions: [
        {
          commit: bare(commit),
          renderedDigest: over.problem?.stage === "render" ? null : this.renderedAt(commit.version),
          inputs: ["base/", `deploy/${this.cluster.name}/`],
        },
      ],
    });
  }

  /** What Git asks for has been applied, and every object is that and healthy. */
  async converge(at: number, sync: Partial<Sync> = {}): Promise<void> {
    const head = this.head!;
    const objects = objectsOf(this.repository, head.version, this.cluster.stage);
    const manifests = objects.flatMap(({ digest: of, body }) =>
      this.#sent.has(of) ? [] : { digest: of, body },
    );
    for (const one of manifests) this.#sent.add(one.digest);
    if (manifests.length > 0)
      await recordManifests({ agent: this.#agent, input: { session: this.#agent.tokenId, manifests } });
    const before = this.#resources;
    this.#resources = new Map(objects.map(({ status }) => [objectKey(status.ref), status]));
    this.compared = head;
    if (this.converged.at(-1)?.revision !== head.revision) this.converged.push(head);
    const outcomes = objects.map(({ status }) => {
      const was = before.get(objectKey(status.ref));
      const action = was
        ? was.desiredDigest === status.desiredDigest
          ? "unchanged"
          : "configured"
        : "created";
      return { ref: status.ref, action: action as "unchanged" | "configured" | "created" };
    });
    const observes = this.declared.mode === "observe";
    await this.#tell(at, {
      ...{ problem: null, applying: false, movingSince: null },
      syncs: [
        this.syncOf(at, {
          outcome: observes ? "observed" : "succeeded",
          objects: observes ? [] : outcomes,
          ...(observes ? {} : { appliedAt: iso(at - 25 * second) }),
          ...sync,
        }),
      ],
    });
  }

  /** Some objects are no longer what Git says, or do not work. */
  async change(at: number, changed: ResourceStatus[], over: Partial<Report> = {}): Promise<void> {
    for (const status of changed) this.#resources.set(objectKey(status.ref), status);
    await this.#tell(at, over);
  }

  /** The same again, or with other words around it: a report at the interval. */
  async repeat(at: number, over: Partial<Report> = {}): Promise<void> {
    await this.#tell(at, over);
  }

  /** The status of the first object of that kind and name, to spoil it. */
  object(kind: string, name: string): ResourceStatus {
    const found = [...this.#resources.values()].find(({ ref }) => ref.kind === kind && ref.name === name);
    if (!found) throw new Error(`The seed of ${this.key} has no ${kind}/${name}.`);
    return found;
  }

  syncOf(at: number, over: Partial<Sync>): Sync {
    const head = this.head!;
    return {
      id: idOf(`${this.key} sync ${at} ${over.trigger ?? ""}`),
      revision: head.revision,
      commit: bare(head),
      trigger: "commit",
      mode: this.declared.mode,
      outcome: "succeeded",
      noticedAt: iso(at - 55 * second),
      startedAt: iso(at - 48 * second),
      finishedAt: iso(at),
      renderedDigest: this.renderedAt(head.version),
      objects: [],
      ...over,
    };
  }

  async #tell(at: number, over: Partial<Report>): Promise<void> {
    const { syncs = [], revisions = [], ...said } = over;
    this.#said = { ...this.#said, ...said };
    this.#stream ??= randomUUID();
    this.#sequence++;
    const report: Report = {
      environment: this.declared.name,
      stream: this.#stream,
      sequence: this.#sequence,
      base: this.#sequence === 1 ? null : this.#sequence - 1,
      observedAt: iso(at),
      head: this.head && bare(this.head),
      revision: this.head && bare(this.head),
      comparedRevision: this.compared?.revision ?? null,
      renderedDigest: this.compared && this.renderedAt(this.compared.version),
      ...{ problem: null, suspended: null, waiting: null, applying: false, movingSince: null },
      ...this.#said,
      resources: [...this.#resources].flatMap(([key, one]) =>
        isDeepStrictEqual(one, this.#told.get(key)) ? [] : one,
      ),
      removed: [...this.#told.keys()].filter((key) => !this.#resources.has(key)),
      syncs,
      revisions,
    };
    const { result } = await recordReport({ agent: this.#agent, report, now: new Date(at) });
    if (result.status !== "accepted")
      throw new Error(`The seed's report of ${this.key}: ${JSON.stringify(result)}`);
    this.#told = new Map(this.#resources);
  }
}

/** A commit without what only the seed knows of it. */
function bare({ version: _, ...commit }: Commit & { version?: string }): Commit {
  return commit;
}

/** What is in the way, since then. */
export function problemOf(
  at: number,
  over: Omit<Problem, "since" | "retryable"> & { retryable?: boolean },
): Problem {
  return { retryable: false, ...over, since: iso(at) };
}
