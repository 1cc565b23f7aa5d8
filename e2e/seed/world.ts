import { randomUUID } from "node:crypto";
import { type Agent, authenticateAgent } from "#lib/auth/agent-tokens.ts";
import type { Context } from "#lib/auth/context.ts";
import { recordSignIn } from "#lib/auth/record-sign-in.ts";
import { createSession } from "#lib/auth/sessions.ts";
import { signInWithIdentity } from "#lib/auth/sign-in.ts";
import { connectCluster } from "#lib/clusters/connect-cluster.ts";
import { enterSession } from "#lib/clusters/enter-session.ts";
import { recordSession } from "#lib/clusters/record-session.ts";
import { withOrganization } from "#lib/db.ts";
import { createOrganization } from "#lib/organizations/create-organization.ts";
import { inviteMember } from "#lib/organizations/invite-member.ts";
import type { SessionRequest } from "#lib/protocol/session.ts";
import { idOf, SeedEnvironment } from "./environment.ts";
import { declaredOn, type SeedCluster } from "./fleet.ts";
import { type Person, people } from "./people.ts";
import type { Timeline } from "./timeline.ts";

const address = "203.0.113.24";
const userAgent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/** An organization on the way of being seeded. */
export class World {
  readonly now: number;
  readonly timeline: Timeline;
  slug = "";
  organizationId = "";
  /** The session of the person who looks: the founder's newest. */
  session: { userId: string; sessionId: string } | null = null;
  readonly users = new Map<string, string>();
  readonly environments = new Map<string, SeedEnvironment>();
  readonly #heard = new Map<string, () => Promise<void>>();

  constructor(now: number, timeline: Timeline) {
    this.now = now;
    this.timeline = timeline;
  }

  /** On whose behalf a verb is called. */
  as(login: string = people[0].login): Context {
    const { name, role } = people.find((one) => one.login === login)!;
    const id = this.users.get(login)!;
    return { organizationId: this.organizationId, role, actor: { kind: "person", id, name }, address };
  }

  environment(key: string): SeedEnvironment {
    const found = this.environments.get(key);
    if (!found) throw new Error(`The seed has no environment ${key}.`);
    return found;
  }

  async environmentId(key: string): Promise<string> {
    const { cluster, declared } = this.environment(key);
    const found = await withOrganization(this.organizationId, (tx) =>
      tx.environment.findFirstOrThrow({ where: { name: declared.name, cluster: { name: cluster.name } } }),
    );
    return found.id;
  }

  /** The first person signs in and names the organization. */
  async found(name: string): Promise<void> {
    const [founder] = people;
    const id = await this.#signIn(founder);
    const made = await createOrganization({ person: { id, name: founder.name }, input: { name }, address });
    this.organizationId = made.id;
    this.slug = made.slug;
  }

  async join(person: Person): Promise<void> {
    await inviteMember({ ctx: this.as(), input: { email: person.email, role: person.role } });
    await this.#signIn(person);
    const id = this.users.get(person.login)!;
    await createSession({ userId: id, userAgent });
  }

  async beginSession(): Promise<void> {
    const userId = this.users.get(people[0].login)!;
    const sessionId = await createSession({ userId, userAgent });
    await recordSignIn({
      userId,
      action: "member.signed-in",
      address,
      details: { method: "github", userAgent },
    });
    this.session = { userId, sessionId };
  }

  async #signIn({ login, name, email }: Person): Promise<string> {
    const identity = { provider: "github.com", accountId: idOf(login).slice(0, 6), login, avatarUrl: null };
    const { id } = await signInWithIdentity({ ...identity, name, email });
    this.users.set(login, id);
    return id;
  }

  /** Connects a cluster, and lets its agent say hello with what is declared there. */
  async connect(cluster: SeedCluster, by: string, hello: Partial<SessionRequest> = {}): Promise<Agent> {
    const { token } = await connectCluster({ ctx: this.as(by), input: { name: cluster.name } });
    const agent = await authenticateAgent(`Bearer ${token}`);
    const declared = declaredOn(cluster);
    const { session } = await recordSession({
      agent,
      address: "198.51.100.7",
      input: {
        protocol: 1,
        agentVersion: cluster.agent,
        stream: randomUUID(),
        cluster: { uid: idOf(cluster.name), kubernetesVersion: cluster.kubernetes, simulated: false },
        environments: declared.map((one) => one.declared),
        invalid: [],
        ...hello,
      },
    });
    for (const { repository, declared: one } of declared) {
      const environment = new SeedEnvironment(agent, cluster, repository, one);
      this.environments.set(environment.key, environment);
    }
    this.#heard.set(cluster.name, () => enterSession({ agent, session }));
    return agent;
  }

  /** The cluster's agent is heard of. */
  hear(cluster: string): Promise<void> {
    return this.#heard.get(cluster)!();
  }

  /** Somebody's account before there is any organization: whom the welcome page greets. */
  async signInAlone(person: Person): Promise<void> {
    const userId = await this.#signIn(person);
    const sessionId = await createSession({ userId, userAgent });
    this.session = { userId, sessionId };
  }

  /** Writes rows that no verb writes by itself, such as what a host or a channel answered. */
  write<T>(work: Parameters<typeof withOrganization<T>>[1]): Promise<T> {
    return withOrganization(this.organizationId, work);
  }
}
