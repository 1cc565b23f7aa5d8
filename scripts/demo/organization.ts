import type { FakeGithub } from "#e2e/fakes/github/index.ts";
import type { Context } from "#lib/auth/context.ts";
import { signInWithIdentity } from "#lib/auth/sign-in.ts";
import { connectCluster } from "#lib/clusters/connect-cluster.ts";
import { inviteMember } from "#lib/organizations/invite-member.ts";
import { completeSetup } from "#lib/setup/complete-setup.ts";
import { ensureSetupLink } from "#lib/setup/setup-link.ts";
import { type Kept, writeKept } from "./folder.ts";
import { people } from "./repository/index.ts";

export const owner = { name: "Olivia Owner", email: "owner@family.example" } as const;
const organization = "Family Insurance";
const members = { alice: "admin", bob: "operator", carol: "viewer" } as const;
type Member = keyof typeof members;

/** On whose behalf the demo acts in its organization. */
export function demoContext(kept: Kept): Context {
  if (!kept.organizationId) throw new Error("The demo has no organization yet.");
  const actor = { kind: "system", id: null, name: "demo" } as const;
  return { organizationId: kept.organizationId, role: "admin", actor, address: null };
}

/** Makes the organization at first, with its owner and the stand-in's users, by the verbs that the pages use. */
export async function ensureOrganization(kept: Kept, github: FakeGithub): Promise<void> {
  if (kept.organizationId) return;
  const link = await ensureSetupLink();
  if (!link) throw new Error("The demo's database holds another organization; begin anew with -- --reset.");
  const token = new URL(link).searchParams.get("token") ?? "";
  const input = { ...owner, token, password: kept.ownerPassword, organization };
  const made = await completeSetup({ input, address: null });
  kept.organizationId = made.id;
  writeKept(kept);
  const ctx = demoContext(kept);
  for (const [login, role] of Object.entries(members)) {
    await inviteMember({ ctx, input: { email: people[login as Member].email, role } });
    await signIn(login, github);
  }
}

/** What the first sign-in with GitHub does: the invitation is accepted, and the list of members has them. */
async function signIn(login: string, github: FakeGithub) {
  const answer = await fetch(`${github.apiUrl}/user`, {
    headers: { authorization: `Bearer ${github.tokenOf(login)}` },
  });
  if (!answer.ok) throw new Error(`The GitHub stand-in answered ${answer.status} when asked for ${login}.`);
  const { id, name, email, avatar_url } = (await answer.json()) as {
    id: number;
    name: string;
    email: string | null;
    avatar_url?: string;
  };
  const provider = new URL(github.webUrl).host;
  const avatarUrl = avatar_url ?? null;
  await signInWithIdentity({ provider, accountId: String(id), login, name, email, avatarUrl });
}

/** The token of a cluster's agent, which is told once: at the first start. */
export async function ensureCluster(name: string, kept: Kept): Promise<string> {
  const known = kept.tokens[name];
  if (known) return known;
  const { token } = await connectCluster({ ctx: demoContext(kept), input: { name } });
  kept.tokens[name] = token;
  writeKept(kept);
  return token;
}
