import { withoutOrganization } from "../db.ts";
import { env } from "../env.ts";

type Identity = { name: string; email: string };

/**
 * Whose commit a rollback is: the requester's, under the address by which GitHub knows their account, where they have
 * connected one; otherwise the token's account writes it, and the requester is named beside it.
 */
export async function findAuthor(
  userId: string,
): Promise<{ author: Identity | null; coAuthor: Identity | null }> {
  const user = await withoutOrganization((tx) =>
    tx.user.findUnique({ where: { id: userId }, include: { accounts: { where: { provider: "github" } } } }),
  );
  if (!user) return { author: null, coAuthor: null };
  const name = user.name.replace(/[<>\r\n]+/g, " ").trim() || "Plumbline";
  const [account] = user.accounts;
  if (account) {
    const email = `${account.providerAccountId}+${account.login}@users.noreply.${new URL(env().GITHUB_WEB_URL).hostname}`;
    return { author: { name, email }, coAuthor: null };
  }
  return { author: null, coAuthor: user.email ? { name, email: user.email } : null };
}
