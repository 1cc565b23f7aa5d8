import type { SeedEnvironment } from "./environment.ts";
import { problemOf } from "./environment.ts";
import type { Workload } from "./objects.ts";
import { drawsOf } from "./pin.ts";
import { releasesOf } from "./releases.ts";
import { drifted, unhealthy, writers } from "./spoil.ts";
import { hour, minute, second } from "./time.ts";
import type { World } from "./world.ts";

const refusals = [
  [
    'admission webhook "policy.family.example" denied the request: the image is not signed',
    "AdmissionDenied",
  ],
  [
    "exceeded quota: compute, requested: limits.memory=6Gi, used: limits.memory=59Gi, limited: limits.memory=64Gi",
    "QuotaExceeded",
  ],
  ["spec.selector: Invalid value: field is immutable", "ImmutableField"],
] as const;
const sicknesses = [
  "2 of 6 pods are in CrashLoopBackOff: exit code 1",
  "The readiness probe fails: HTTP 503",
  "ImagePullBackOff: the registry answers 429",
];

/** Thirty days of an environment's life until `until`: releases that come through, some late, some refused, and hands in between. */
export function planRoutine(world: World, environment: SeedEnvironment, until: number): void {
  const { timeline, now } = world;
  const { cluster, repository, key } = environment;
  const draw = drawsOf(`routine of ${key}`);
  const [first, ...releases] = releasesOf(repository, now);
  const start = now - 31 * 24 * hour;
  timeline.at(start, async () => {
    environment.head = environment.commitOf({ ...first!, committedAt: start - 20 * hour });
    await environment.converge(start, { trigger: "start" });
  });
  let free = start + hour;
  for (const release of releases) {
    const committedAt = release.committedAt + cluster.delayMs;
    if (committedAt > until - 3 * hour) break;
    if (draw() < 0.4) planDrift(world, environment, free + (committedAt - free) * (0.2 + 0.6 * draw()), draw);
    free = planRelease(world, environment, { ...release, committedAt }, draw);
  }
  if (draw() < 0.6 && until - free > 2 * hour)
    planDrift(
      world,
      environment,
      Math.max(free, until - 22 * hour) + draw() * (until - Math.max(free, until - 22 * hour) - hour),
      draw,
    );
}

function planRelease(
  { timeline }: World,
  environment: SeedEnvironment,
  release: Parameters<SeedEnvironment["commitOf"]>[0],
  draw: () => number,
): number {
  const noticed = release.committedAt + (12 + draw() * 20) * second;
  const promoted = environment.cluster.delayMs > 0;
  const subject = promoted
    ? `Promote ${environment.repository.name} ${release.version} to ${environment.cluster.name}`
    : release.subject;
  const commit = environment.commitOf({ ...release, subject });
  const movingSince = new Date(noticed).toISOString();
  timeline.at(noticed, () => environment.moveHead(noticed, commit, { applying: true, movingSince }));
  const luck = draw();
  const applied = noticed + (40 + draw() * 80) * second;
  if (luck < 0.07) {
    const [message, reason] = refusals[Math.floor(draw() * refusals.length)]!;
    const [workload] = environment.repository.workloads;
    const said = `${workload!.kind}/${workload!.name}: ${message}`;
    timeline.at(applied, () =>
      environment.repeat(applied, {
        ...{ applying: false, movingSince: null },
        problem: problemOf(applied, { stage: "validate", reason, message: said }),
        syncs: [environment.syncOf(applied, { outcome: "refused", message: said })],
      }),
    );
    const mended = applied + (20 + draw() * 150) * minute;
    timeline.at(mended, () => environment.converge(mended, { trigger: "retry" }));
    return mended + hour;
  }
  if (luck < 0.15) {
    const reason = sicknesses[Math.floor(draw() * sicknesses.length)]!;
    const [{ kind, name }] = environment.repository.workloads as [Workload];
    timeline.at(applied, async () => {
      environment.compared = environment.head;
      await environment.change(applied, [unhealthy(environment.object(kind, name), reason)], {
        applying: false,
        movingSince: null,
      });
    });
    const healthy = applied + (9 + draw() * 50) * minute;
    timeline.at(healthy, () => environment.converge(healthy));
    return healthy + hour;
  }
  timeline.at(applied, () => environment.converge(applied));
  return applied + hour;
}

function planDrift(
  { timeline }: World,
  environment: SeedEnvironment,
  when: number,
  draw: () => number,
): void {
  const at = Math.round(when);
  const { workloads } = environment.repository;
  const workload = workloads[Math.floor(draw() * workloads.length)]!;
  const by = [writers.edit, writers.scale, writers.lens, writers.autoscaler][Math.floor(draw() * 4)]!;
  const lasts =
    (environment.declared.mode === "observe" ? 20 + draw() * 90 : 0.4 + draw() ** 4 * 70) * minute;
  timeline.at(at, async () => {
    const status = environment.object(workload.kind, workload.name);
    const path = workload.kind === "CronJob" ? "spec.suspend" : "spec.replicas";
    const [desired, observed] =
      workload.kind === "CronJob"
        ? [false, true]
        : [workload.replicas, workload.replicas + 1 + Math.floor(draw() * 5)];
    await environment.change(at, [drifted(status, at, by, [[path, desired, observed]])]);
  });
  const healed = Math.round(at + lasts);
  timeline.at(healed, () => environment.converge(healed, { trigger: "drift", objects: [] }));
}
