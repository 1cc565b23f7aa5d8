import type { Problem } from "#lib/protocol/report.ts";
import { suspendEnvironment } from "#lib/suspensions/suspend-environment.ts";
import { problemOf, type SeedEnvironment } from "./environment.ts";
import type { Workload } from "./objects.ts";
import { releasesOf } from "./releases.ts";
import { drifted, pendingImage, unhealthy, writers } from "./spoil.ts";
import { day, minute, second } from "./time.ts";
import type { World } from "./world.ts";

/** Something that began `since` ago in an environment and lasts. */
export type Situation = {
  since: number;
  plan: (world: World, environment: SeedEnvironment, at: number) => void;
};

const iso = (at: number) => new Date(at).toISOString();

/** The next release of the environment's application, committed a moment before. */
function nextCommit(world: World, environment: SeedEnvironment, at: number) {
  const { author, subject } = releasesOf(environment.repository, world.now).at(-1)!;
  const [major, minor, patch] = environment.head!.version.split(".").map(Number);
  return environment.commitOf({
    version: `${major}.${minor}.${patch! + 1}`,
    subject,
    author,
    committedAt: at - 20 * second,
  });
}

/** Somebody scales and edits by hand what is only observed. */
export const handEdit: Situation["plan"] = ({ timeline }, environment, at) =>
  timeline.at(at, async () => {
    const { name } = environment.repository;
    const deployment = drifted(environment.object("Deployment", name), at, writers.edit, [
      ["spec.replicas", 6, 2],
      [`spec.template.spec.containers[name=${name}].resources.limits.memory`, "1Gi", "2Gi"],
    ]);
    const config = drifted(
      environment.object("ConfigMap", `${name}-config`),
      at + 95 * second,
      writers.edit,
      [["data.LOG_LEVEL", "info", "debug"]],
    );
    await environment.change(at, [deployment, config]);
  });

/** Git has a new revision that the cluster's API server does not take. */
export const refused =
  (reason: string, message: string): Situation["plan"] =>
  (world, environment, at) => {
    const movingSince = iso(at);
    world.timeline.at(at, () =>
      environment.moveHead(at, nextCommit(world, environment, at), { applying: true, movingSince }),
    );
    const ended = at + 40 * second;
    const [workload] = environment.repository.workloads;
    const said = `${workload!.kind}/${workload!.name}: ${message}`;
    world.timeline.at(ended, () =>
      environment.repeat(ended, {
        ...{ applying: false, movingSince: null },
        problem: problemOf(ended, { stage: "validate", reason, message: said }),
        syncs: [environment.syncOf(ended, { outcome: "refused", message: said })],
      }),
    );
  };

/** Desired state cannot be read, rendered or compared. */
export const broken =
  (problem: Omit<Problem, "since" | "retryable">): Situation["plan"] =>
  (world, environment, at) =>
    world.timeline.at(at, async () => {
      const over = { problem: problemOf(at, { ...problem, retryable: problem.stage === "fetch" }) };
      if (problem.stage !== "render") return environment.repeat(at, over);
      await environment.moveHead(at, nextCommit(world, environment, at), over);
    });

/** A workload is what Git says, and does not work. */
export const sick =
  (name: string, reason: string): Situation["plan"] =>
  ({ timeline }, environment, at) =>
    timeline.at(at, () =>
      environment.change(at, [unhealthy(environment.object("Deployment", name), reason)]),
    );

/** Git has moved, and another environment must converge first. */
export const waiting: Situation["plan"] = (world, environment, at) =>
  world.timeline.at(at, async () => {
    const before = environment.head!.version;
    const [{ kind, name }] = environment.repository.workloads as [Workload];
    const image = (version: string) =>
      `registry.family.example/${environment.repository.name}/${name}:${version}`;
    const commit = nextCommit(world, environment, at);
    await environment.moveHead(at, commit, { waiting: "Waits for identity, which has not converged." });
    environment.compared = environment.head;
    await environment.change(at + second, [
      pendingImage(environment.object(kind, name), name, image(before), image(commit.version)),
    ]);
  });

/** An apply is on its way. */
export const moving: Situation["plan"] = (world, environment, at) =>
  world.timeline.at(at, () =>
    environment.moveHead(at, nextCommit(world, environment, at), { applying: true, movingSince: iso(at) }),
  );

/** A person has asked for a pause, and the agent keeps to it. */
export const suspended =
  (login: string, reason: string): Situation["plan"] =>
  (world, environment, at) => {
    const until = iso(world.now + day);
    world.timeline.at(at, async () => {
      const id = await world.environmentId(environment.key);
      await suspendEnvironment({ ctx: world.as(login), input: { id, reason, until } });
    });
    world.timeline.at(at + second, () =>
      environment.repeat(at + second, {
        suspended: { reason, owner: world.as(login).actor.name, until, by: "person" },
      }),
    );
  };

/** A declared window is shut while Git moves on. */
export const frozen: Situation["plan"] = (world, environment, at) => {
  const { reason } = environment.declared.windows[0]!;
  world.timeline.at(at, () =>
    environment.moveHead(at, nextCommit(world, environment, at), {
      suspended: {
        reason,
        owner: "the declared window",
        until: iso(world.now + 61 * 60 * minute),
        by: "window",
      },
    }),
  );
};

/** A kind that the agent may not read. */
export const unreadable =
  (kind: string, lacks: string): Situation["plan"] =>
  ({ timeline }, environment, at) =>
    timeline.at(at, async () => {
      const { name } = environment.repository;
      const status = environment.object(kind, kind === "Secret" ? `${name}-database` : name);
      const group = status.ref.group ? `${lacks}.${status.ref.group}` : lacks;
      const reason = `The agent lacks the permission to list and watch ${group} in namespace ${name}.`;
      await environment.change(at, [
        { ...status, sync: "Unknown", syncReason: reason, lacks, health: "Unknown", healthReason: reason },
      ]);
    });
