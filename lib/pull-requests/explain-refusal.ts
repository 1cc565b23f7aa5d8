import { type GitHost, GitHostError } from "../git-hosts/index.ts";
import { type Situation, situationOfRefusal } from "./rules.ts";

/** Which situation a host's refusal is: what is not found may be the repository, or the branch to merge into. */
export async function explainRefusal(
  host: GitHost,
  error: GitHostError,
  baseBranch: string,
): Promise<Situation> {
  if (error.code !== "not-found" && error.code !== "conflict") return situationOfRefusal(error);
  if (!(await answers(() => host.getRepository()))) return "repository-gone";
  const based = await answers(async () => {
    if (!(await host.hasBranch(baseBranch))) throw error;
  });
  return based ? situationOfRefusal(error) : "base-gone";
}

/** False where the host says that it is not there; whatever else it says does not tell. */
async function answers(asking: () => Promise<unknown>): Promise<boolean> {
  try {
    await asking();
    return true;
  } catch (error) {
    if (error instanceof GitHostError) return error.code !== "not-found" && error.code !== "conflict";
    throw error;
  }
}
