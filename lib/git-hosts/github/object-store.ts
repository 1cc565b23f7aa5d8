import type { GithubClient } from "./client.ts";
import type { RestoreStore } from "./restore-path.ts";
import type { TreeEntry } from "./trees.ts";

/** Whether what Octokit threw is an answer with this status. */
export const isStatus = (error: unknown, status: number) => (error as { status?: number }).status === status;

/** A repository's trees, commits and branches, read and written with GitHub's Git data API. */
export function createObjectStore(
  { rest }: GithubClient,
  where: { owner: string; repo: string },
): RestoreStore & { readBlob(sha: string): Promise<Buffer> } {
  // A tree never changes under its SHA, and one restore reads the same ones several times.
  const trees = new Map<string, Promise<TreeEntry[]>>();

  async function fetchTree(sha: string): Promise<TreeEntry[]> {
    const { data } = await rest.git.getTree({ ...where, tree_sha: sha });
    return data.tree.map((entry) => ({
      name: entry.path,
      mode: entry.mode,
      kind: entry.type as TreeEntry["kind"],
      sha: entry.sha,
    }));
  }

  async function findBranch(branch: string): Promise<string | undefined> {
    try {
      return (await rest.git.getRef({ ...where, ref: `heads/${branch}` })).data.object.sha;
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  async function readBlob(sha: string): Promise<Buffer> {
    return Buffer.from((await rest.git.getBlob({ ...where, file_sha: sha })).data.content, "base64");
  }

  return {
    findBranch,
    readBlob,
    async readText(sha) {
      const bytes = await readBlob(sha);
      const text = bytes.toString("utf8");
      return !bytes.includes(0) && Buffer.from(text).equals(bytes) ? text : undefined;
    },
    async writeText(text) {
      const content = Buffer.from(text).toString("base64");
      return (await rest.git.createBlob({ ...where, content, encoding: "base64" })).data.sha;
    },
    readTree(sha) {
      const known = trees.get(sha);
      if (known) return known;
      const reading = fetchTree(sha);
      if (trees.size > 200) trees.clear();
      trees.set(sha, reading);
      reading.catch(() => trees.delete(sha));
      return reading;
    },
    async writeTree(entries) {
      const tree = entries.map(({ name, mode, kind, sha }) => ({
        path: name,
        mode: mode as "100644",
        type: kind,
        sha,
      }));
      return (await rest.git.createTree({ ...where, tree })).data.sha;
    },
    async readCommit(ref) {
      const { data } = await rest.repos.getCommit({ ...where, ref, per_page: 1 });
      return { tree: data.commit.tree.sha, parents: data.parents.map((parent) => parent.sha) };
    },
    async writeCommit({ tree, parent, message, author }) {
      const commit = { ...where, tree, parents: [parent], message, ...(author ? { author } : {}) };
      return (await rest.git.createCommit(commit)).data.sha;
    },
    async createBranch(branch, sha) {
      try {
        await rest.git.createRef({ ...where, ref: `refs/heads/${branch}`, sha });
        return true;
      } catch (error) {
        // GitHub answers 422 for a name that is taken, as for much else: only looking tells.
        if (isStatus(error, 422) && (await findBranch(branch))) return false;
        throw error;
      }
    },
  };
}
