import { setTimeout as pause } from "node:timers/promises";
import { gitText } from "#e2e/fakes/github/git.ts";
import type { FakeGithub } from "#e2e/fakes/github/index.ts";
import { listEnvironments } from "#lib/environments/list-environments.ts";
import type { DemoCluster } from "./clusters.ts";
import { editByHand } from "./edit-by-hand.ts";
import { type Kept, places, writeKept } from "./folder.ts";
import { demoContext } from "./organization.ts";
import { demoEnvironments } from "./repository/index.ts";
import { repository } from "./stand-in.ts";

type Options = {
  kept: Kept;
  github: FakeGithub;
  clusters: DemoCluster[];
  kubectl: string;
  log: (line: string) => void;
  signal: AbortSignal;
};

const pushEveryMs = 5_000;
/** After so many pushes somebody edits an environment by hand: in staging it is healed, in production by the next commit. */
const edits: Record<number, (typeof demoEnvironments)[number]> = {
  2: environment("staging"),
  4: environment("production"),
};

function environment(name: string) {
  return demoEnvironments.find((one) => one.name === name)!;
}

/** Answers once every environment of the demo's own clusters has converged, or `withinMs` have passed. */
export async function untilConverged(options: Options, withinMs: number): Promise<boolean> {
  const mine = options.clusters.filter(({ writable }) => writable).map(({ role }) => role as string);
  const expected = demoEnvironments.filter(({ cluster }) => mine.includes(cluster)).length;
  const names = options.clusters.filter(({ writable }) => writable).map(({ name }) => name);
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline && !options.signal.aborted) {
    const { environments } = await listEnvironments({ ctx: demoContext(options.kept) });
    const there = environments.filter(({ cluster }) => names.includes(cluster.name));
    // What an earlier run left drifted stays so until somebody does something about it.
    const converged = there.filter(({ state, causes }) => state === "Converged" || causes.includes("drift"));
    if (there.length >= expected && converged.length === there.length) return true;
    await pause(250, undefined, { signal: options.signal }).catch(() => {});
  }
  return false;
}

/** Pushes the newest commits of the repository's history one by one, so that there is something to look at. */
export async function playFirstMinutes(options: Options): Promise<void> {
  const { kept, github, clusters, signal } = options;
  const url = github.cloneUrl(repository.owner, repository.name);
  for (let pushed = 0; kept.toPush?.length && !signal.aborted; pushed++) {
    await pause(pushEveryMs, undefined, { signal });
    const edited = edits[pushed];
    if (edited) await edit(edited, clusters, options);
    const next = kept.toPush[0]!;
    const basic = Buffer.from(`demo:${github.tokenOf(next.login)}`).toString("base64");
    const env = {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "http.extraHeader",
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    };
    const listed = await gitText(["--git-dir", places.seed, "ls-remote", url, "refs/heads/main"], { env });
    const ours = await gitText(["--git-dir", places.seed, "rev-parse", "refs/heads/main"]);
    // Somebody has begun to push by themselves: the stage is theirs.
    if (listed.split("\t")[0] !== ours) kept.toPush = [];
    if (kept.toPush.length === 0) break;
    const tip = await madeNow(next);
    await gitText(["--git-dir", places.seed, "update-ref", "refs/heads/main", tip]);
    await gitText(["--git-dir", places.seed, "push", "--quiet", url, `${tip}:refs/heads/main`], { env });
    options.log(`${next.login} pushed ${tip.slice(0, 7)}`);
    kept.toPush.shift();
    writeKept(kept);
  }
  writeKept(kept);
}

async function edit(
  { cluster, namespace }: (typeof demoEnvironments)[number],
  clusters: DemoCluster[],
  { kubectl, log, signal }: Options,
) {
  const where = clusters.find(({ role }) => role === cluster);
  if (!where?.writable) return;
  log(await editByHand(kubectl, where, namespace));
  await pause(pushEveryMs, undefined, { signal });
}

/**
 * Makes the commits of one push anew on what was pushed before, dated a moment ago: what Plumbline says of the
 * time from commit to converged is then what happened. Answers the newest one's SHA.
 */
async function madeNow({ sha, after }: { sha: string; after: string }): Promise<string> {
  const git = (args: string[], env: Record<string, string> = {}) =>
    gitText(["--git-dir", places.seed, ...args], { env });
  const commits = (await git(["rev-list", "--reverse", `${after}..${sha}`])).split("\n");
  let tip = await git(["rev-parse", "refs/heads/main"]);
  for (const [index, commit] of commits.entries()) {
    const [name, email, message] = (await git(["log", "-1", "--format=%an%x00%ae%x00%B", commit])).split(
      "\0",
    );
    const date = `${Math.floor(Date.now() / 1000) - (commits.length - 1 - index)} +0000`;
    const who = { GIT_AUTHOR_NAME: name!, GIT_AUTHOR_EMAIL: email!, GIT_AUTHOR_DATE: date };
    const by = { GIT_COMMITTER_NAME: name!, GIT_COMMITTER_EMAIL: email!, GIT_COMMITTER_DATE: date };
    tip = await git(["commit-tree", `${commit}^{tree}`, "-p", tip, "-m", message!.trim()], { ...who, ...by });
  }
  return tip;
}
