import { rmSync } from "node:fs";
import { gitText } from "#e2e/fakes/github/git.ts";
import { type FakeGithub, startFakeGithub } from "#e2e/fakes/github/index.ts";
import { freePort } from "../processes/ports.ts";
import type { Running } from "../processes/running.ts";
import { type Kept, places, writeKept } from "./folder.ts";
import { logTo } from "./log-file.ts";
import { buildDemoRepository, people } from "./repository/index.ts";

export const repository = { owner: "family-insurance", name: "fleet" } as const;
/** What Plumbline itself opens pull requests as. */
export const bot = { login: "plumbline", name: "Plumbline", email: "plumbline@family.example" } as const;
export const oauth = { clientId: "plumbline-demo", clientSecret: "stand-in-only" } as const;

/**
 * How far back the first run begins, and where each push of its first minutes ends: counted in commits from
 * the newest. Between them every environment changes at least once.
 */
const pushes = [17, 13, 11, 10, 7, 6, 4, 1, 0];

/** Starts GitHub's stand-in, with the demo repository in it: at first as it was some commits ago. */
export async function startStandIn(url: string, kept: Kept, running: Running): Promise<FakeGithub> {
  const port = kept.githubPort ?? (await freePort());
  const github = await running.start(
    "the GitHub stand-in",
    () =>
      startFakeGithub({
        dataDir: places.github,
        port,
        users: [...Object.values(people).map((person) => ({ ...person })), bot],
        webhook: { url: `${url}/api/webhooks/github`, secret: kept.webhookSecret },
        oauthApp: {
          ...oauth,
          redirectUris: ["", "/identity"].map((below) => `${url}/api/auth/callback/github${below}`),
        },
        log: logTo(places.log("github")),
      }).catch((error: NodeJS.ErrnoException) => {
        throw error.code === "EADDRINUSE" ? new Error(portTaken(port)) : error;
      }),
    (one) => one.close(),
  );
  kept.githubPort = port;
  if (!kept.toPush) await seed(github, kept);
  writeKept(kept);
  return github;
}

const portTaken = (port: number) =>
  `Port ${port}, on which the demo's GitHub stand-in was before, is taken by another program. ` +
  "Stop that one, or begin anew with `npm run demo -- --reset`.";

async function seed(github: FakeGithub, kept: Kept) {
  rmSync(places.seed, { recursive: true, force: true });
  const { commits } = await buildDemoRepository({ dir: places.seed });
  const at = pushes.map((back) => commits[Math.max(0, commits.length - 1 - back)]!);
  const [first, ...later] = at;
  await gitText(["--git-dir", places.seed, "update-ref", "refs/heads/main", first!.sha]);
  await github.seedRepository(repository.owner, repository.name, places.seed, { private: true });
  kept.toPush = later.map(({ sha, login }, index) => ({ sha, login, after: at[index]!.sha }));
}
