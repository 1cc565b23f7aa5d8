import { setAlertPolicy } from "#lib/alerts/policy.ts";
import { connectCluster } from "#lib/clusters/connect-cluster.ts";
import { createChannel } from "#lib/notifications/create-channel.ts";
import { createRule } from "#lib/notifications/rule-verbs.ts";
import type { ChannelInput, RuleKind } from "#lib/notifications/schemas.ts";
import { inviteMember } from "#lib/organizations/invite-member.ts";
import type { SessionRequest } from "#lib/protocol/session.ts";
import { clusters } from "./fleet.ts";
import { invited, people } from "./people.ts";
import { planRoutine } from "./routine.ts";
import { day, hour, minute } from "./time.ts";
import type { World } from "./world.ts";

const channels: [ChannelInput, RuleKind[]][] = [
  [
    { kind: "slack-webhook", name: "#deployments", url: "https://hooks.slack.com/services/T0000/B0000/none" },
    ["change-committed", "converged", "failed"],
  ],
  [
    { kind: "slack-bot", name: "#on-call", channel: "#on-call", token: "xoxb-none-00000000" },
    ["diff", "failed", "agent-silent"],
  ],
  [
    { kind: "email", name: "Operations", recipients: ["ops@family.example", "oncall@family.example"] },
    ["diff", "suspended-too-long", "agent-silent"],
  ],
  [
    { kind: "webhook", name: "Pager", url: "https://pager.family.example/plumbline" },
    ["failed", "agent-silent"],
  ],
];

/**
 * An organization half a year old: people, six clusters, their agents, channels with rules, and thirty days of routine
 * that ends for each environment at `untilOf` and is still to be played. `hellos` is what an agent says besides, by cluster.
 */
export async function establish(
  world: World,
  untilOf: (key: string) => number,
  hellos: Record<string, Partial<SessionRequest>> = {},
): Promise<void> {
  const { timeline, now } = world;
  const begun = now - 190 * day;
  timeline.at(begun, () => world.found("Family Insurance"));
  const [, ...others] = people;
  for (const [index, person] of others.entries())
    timeline.at(begun + (index + 1) * 26 * hour, () => world.join(person));
  const operators = ["amara", "carmen", "daniel", "grace", "bjorn", "farid"];
  for (const [index, cluster] of clusters.entries())
    timeline.at(begun + (20 + index * 9) * day, () =>
      world.connect(cluster, operators[index]!, hellos[cluster.name]),
    );
  for (const [index, [input, kinds]] of channels.entries())
    timeline.at(begun + (90 + index) * day, async () => {
      const { channel } = await createChannel({ ctx: world.as("bjorn"), input });
      await createRule({
        ctx: world.as("bjorn"),
        input: { channelId: channel.id, environmentId: null, kinds },
      });
    });
  timeline.at(now - 60 * day, () =>
    setAlertPolicy({
      ctx: world.as("bjorn"),
      input: {
        environmentId: null,
        policy: {
          diffAlertAfterMs: 30 * minute,
          remindEveryMs: 8 * hour,
          settleMs: 30_000,
          suspendedTooLongMs: day,
        },
      },
    }),
  );
  await timeline.play();
  // Only now are there environments to plan for: agents have said hello.
  for (const environment of world.environments.values())
    planRoutine(world, environment, untilOf(environment.key));
  for (const [index, one] of invited.entries())
    timeline.at(now - (6 - index) * day, () => inviteMember({ ctx: world.as(), input: one }));
}

/** A cluster that was named, and whose agent never called. */
export const planWaitingCluster = (world: World, name: string, at: number) =>
  world.timeline.at(at, () => connectCluster({ ctx: world.as("carmen"), input: { name } }));

/** Every agent has just been heard of, and has said that all is as it was. */
export function planHeartbeats(world: World, skip: (cluster: string) => boolean = () => false): void {
  const { timeline, now } = world;
  for (const [index, environment] of [...world.environments.values()].entries())
    if (!skip(environment.cluster.name)) {
      const at = now - 15_000 + index * 200;
      timeline.at(at, () => environment.repeat(at));
    }
  for (const [index, { name }] of clusters.entries())
    if (!skip(name)) timeline.at(now - (6 - index) * 900, () => world.hear(name));
}
