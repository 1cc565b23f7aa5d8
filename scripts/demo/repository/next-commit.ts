import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitText } from "#e2e/fakes/github/git.ts";
import { apps } from "./model.ts";
import { type Login, people } from "./people.ts";

/** A change that somebody might push now: which file, what it becomes, and how it is explained. */
interface Idea {
  file: string;
  /** Null where the file is not as expected, or would not change. */
  edit(text: string, random: () => number): { text: string; message: string } | null;
}

const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)]!;

/** The next patch release of a tag such as 2.8.1; null for a pre-release. */
function nextPatch(tag: string): string | null {
  const found = /^(\d+\.\d+\.)(\d+)$/.exec(tag);
  return found ? `${found[1]}${Number(found[2]) + 1}` : null;
}

const bumpImage = (environment: string): Idea => ({
  file: `environments/${environment}/kustomization.yaml`,
  edit(text, random) {
    const app = pick(apps, random);
    const found = new RegExp(`(- name: registry\\.example/${app}\\n\\s+newTag: )(\\S+)`).exec(text);
    const tag = found && nextPatch(found[2]!);
    if (!found || !tag) return null;
    const verb = environment === "production" ? "Promote" : "Release";
    return {
      text: text.replace(found[0], `${found[1]}${tag}`),
      message: `${verb} ${app} ${tag} to ${environment}`,
    };
  },
});

const rescale = (environment: string): Idea => ({
  file: `environments/${environment}/kustomization.yaml`,
  edit(text, random) {
    const app = pick(apps, random);
    const found = new RegExp(`(- name: ${app}\\n\\s+count: )(\\d+)`).exec(text);
    if (!found) return null;
    const now = Number(found[2]);
    const count = now >= 4 ? now - 1 : now + 1;
    const message = `Run ${app} with ${count} replicas in ${environment}`;
    return { text: text.replace(found[0], `${found[1]}${count}`), message };
  },
});

const changeLogLevel = (environment: string): Idea => ({
  file: `environments/${environment}/kustomization.yaml`,
  edit(text, random) {
    const found = /LOG_LEVEL=(\w+)/.exec(text);
    if (!found) return null;
    const level = pick(
      ["debug", "info", "warn"].filter((candidate) => candidate !== found[1]),
      random,
    );
    return {
      text: text.replace(found[0], `LOG_LEVEL=${level}`),
      message: `Log at level ${level} in ${environment}`,
    };
  },
});

const retryPayments: Idea = {
  file: "payments/production.yaml",
  edit(text) {
    const found = /retries: (\d+)/.exec(text);
    if (!found) return null;
    const retries = (Number(found[1]) % 5) + 1;
    return {
      text: text.replace(found[0], `retries: ${retries}`),
      message: `Try a payment ${retries} times in production`,
    };
  },
};

// Production is what one watches in the demo, so most ideas are about it.
const ideas: Idea[] = [
  bumpImage("production"),
  bumpImage("production"),
  rescale("production"),
  changeLogLevel("production"),
  bumpImage("staging"),
  bumpImage("dev"),
  rescale("staging"),
  retryPayments,
];

/** What was pushed. */
export interface PushedCommit {
  sha: string;
  message: string;
  login: Login;
  file: string;
}

/**
 * Pushes one new sensible change to `main` in the name of a random author and answers it. `token` is the
 * password for Git over HTTP. Takes the repository as it is, whatever was merged or rolled back before.
 */
export async function nextDemoCommit(
  cloneUrl: string,
  options: { token?: string; random?: () => number } = {},
): Promise<PushedCommit> {
  const random = options.random ?? Math.random;
  // By environment and not by argument, so that no process list shows the token.
  const env: Record<string, string> = options.token
    ? {
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "http.extraHeader",
        GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`demo:${options.token}`).toString("base64")}`,
      }
    : {};
  for (let attempt = 1; ; attempt += 1) {
    const work = await mkdtemp(join(tmpdir(), "plumbline-demo-"));
    try {
      await gitText(["clone", "--quiet", "--depth", "1", "--branch", "main", cloneUrl, work], { env });
      const made = await commitIdea(work, random);
      await gitText(["-C", work, "push", "--quiet", "origin", "HEAD:main"], { env });
      return made;
    } catch (error) {
      // Somebody else may have pushed in between: take what they pushed and try again.
      if (attempt === 3) throw error;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}

async function commitIdea(work: string, random: () => number): Promise<PushedCommit> {
  for (let tries = 0; tries < 50; tries += 1) {
    const idea = pick(ideas, random);
    const path = join(work, idea.file);
    const before = await readFile(path, "utf8").catch(() => null);
    const change = before === null ? null : idea.edit(before, random);
    if (!change || change.text === before) continue;
    const login = pick(Object.keys(people) as Login[], random);
    const { name, email } = people[login];
    await writeFile(path, change.text);
    const by = ["-c", `user.name=${name}`, "-c", `user.email=${email}`];
    await gitText(["-C", work, ...by, "commit", "--quiet", "--all", "-m", change.message]);
    const sha = await gitText(["-C", work, "rev-parse", "HEAD"]);
    return { sha, message: change.message, login, file: idea.file };
  }
  throw new Error("Nothing to change: the demo repository no longer has the files that the demo knows");
}
