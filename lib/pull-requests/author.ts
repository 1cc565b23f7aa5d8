import { withoutOrganization } from "../db.ts";
import { env } from "../env.ts";

type Identity = { name: string; email: string };

/**
 * Whose commit a rollback is: the requester's, under the address by which GitHub knows their account, where they have
 * connected one or sign in with it; otherwise the token's account writes it, and the requester is named beside it.
 */
export async function findAuthor(
  userId: string,
): Promise<{ author: Identity | null; coAuthor: Identity | null }> {
  const { host, hostname } = new URL(env().GITHUB_WEB_URL);
  const user = await withoutOrganization((tx) =>
    tx.user.findUnique({
      where: { id: userId },
      include: { identity: true, accounts: { where: { provider: host } } },
    }),
  );
  if (!user) return { author: null, coAuthor: null };
  const name = user.name.replace(/[<>\r\n]+/g, " ").trim() || "Plumbline";
  const [signedIn] = user.accounts;
  const account =
    user.identity ?? (signedIn && { accountId: signedIn.providerAccountId, login: signedIn.login });
  if (account) {
    const email = `${account.accountId}+${account.login}@users.noreply.${hostname}`;
    return { author: { name, email }, coAuthor: null };
  }
  return { author: null, coAuthor: user.email ? { name, email: user.email } : null };
}
