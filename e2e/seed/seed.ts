import { countDeliveryDays } from "#lib/delivery-figures/count-days.ts";
import { pinDatabaseClock } from "./database-clock.ts";
import { seedFailures } from "./failures.ts";
import { seedNothing } from "./nothing.ts";
import { pinClock, pinRandom } from "./pin.ts";
import { seedPlenty } from "./plenty.ts";
import { Timeline } from "./timeline.ts";
import { World } from "./world.ts";

/** `plenty`: an organization on a working day; `nothing`: one that was just named; `failures`: its worst day. */
export const variants = ["plenty", "nothing", "failures"] as const;
export type Variant = (typeof variants)[number];

export type Seeded = {
  slug: string;
  organizationId: string;
  /** Sessions one may look with: the founder's, and that of somebody who has no organization yet. */
  member: { userId: string; sessionId: string };
  newcomer: { userId: string; sessionId: string };
  /** Ids of environments by `cluster/name`. */
  environments: Map<string, string>;
};

/**
 * Fills a migrated, empty database, to which this process's configuration points, with an organization as it would
 * be at `now`: told through the product's own verbs in the order of time, the same from run to run. With `frozen`
 * the database's clock stays at `now`; a control plane on it should be frozen, too (frozen-process.ts).
 */
export async function seed(call: {
  ownerUrl: string;
  variant: Variant;
  now: Date;
  frozen?: boolean;
}): Promise<Seeded> {
  const { variant, ownerUrl } = call;
  const now = call.now.getTime();
  const database = await pinDatabaseClock(ownerUrl);
  let present = now;
  const releaseClock = pinClock(() => present);
  const releaseRandom = pinRandom(`plumbline ${variant}`);
  try {
    const timeline = new Timeline((at) => {
      present = at;
    }, database);
    const world = new World(now, timeline);
    if (variant === "plenty") await seedPlenty(world);
    if (variant === "nothing") await seedNothing(world);
    if (variant === "failures") await seedFailures(world, ownerUrl);
    present = now;
    await database.moveTo(call.now);
    await countDeliveryDays();
    const member = world.session!;
    await world.signInAlone({
      login: "noor",
      name: "Noor Rahman",
      email: "noor@example.com",
      role: "viewer",
    });
    const rows = await world.write((tx) =>
      tx.environment.findMany({ select: { id: true, name: true, cluster: { select: { name: true } } } }),
    );
    const environments = new Map(rows.map(({ id, name, cluster }) => [`${cluster.name}/${name}`, id]));
    const { slug, organizationId } = world;
    return { slug, organizationId, member, newcomer: world.session!, environments };
  } finally {
    releaseRandom();
    releaseClock();
    await database.release(call.frozen ? call.now : undefined);
  }
}
