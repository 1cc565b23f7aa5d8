import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { EnvironmentRevision } from "../lib/protocol/report.ts";
import { ensureEngines } from "../scripts/engines/engines.ts";
import { begin, type Followed, tryRendering, walk } from "./attribute.ts";
import { Declaration } from "./declaration.ts";
import { openRenderer, type Renderer } from "./render/index.ts";
import { openSource, type Source } from "./source/index.ts";
import { openTestGitHost } from "./source/test-git-host.ts";
import { ENVIRONMENTS, makeHistory, openDice } from "./test-history.ts";
import { renderedDigest } from "./verdict/digests.ts";

vi.setConfig({ testTimeout: 300_000 });

let host: Awaited<ReturnType<typeof openTestGitHost>>;
let place: string;
let renderer: Renderer;
beforeAll(async () => {
  host = await openTestGitHost(process.env.PATH);
  place = mkdtempSync(join(tmpdir(), "plumbline-attribute-"));
  renderer = openRenderer({ engines: await ensureEngines(() => {}), cacheDir: join(place, "rendered") });
});
afterAll(async () => {
  await host.close();
  rmSync(place, { recursive: true, force: true });
});

const open = (name: string, maxCheckouts = 1000) =>
  openSource({ cacheDir: join(place, name), maxCheckouts, timeoutMs: 60_000 });

/** An environment that follows a repository as the agent does, without a cluster. */
function openFollower(
  source: Source,
  repository: string,
  environment: object,
  told?: { rendered: string[] },
) {
  const declaration = Declaration.parse({ ...environment, repository: { url: host.url(repository) } });
  let followed: Followed | null = null;
  const revisions: EnvironmentRevision[] = [];
  const render = async (revision: string) => {
    told?.rendered.push(revision);
    const checkout = await source.checkout(declaration.repository, revision);
    try {
      const { objects, closure } = await renderer.render({
        directory: checkout.directory,
        revision,
        declaration,
      });
      const digest = renderedDigest(Buffer.from("key"), objects);
      return { commit: checkout.commit, renderedDigest: digest, closure };
    } finally {
      checkout.release();
    }
  };
  const note = (next: Followed, found: EnvironmentRevision[]) => {
    followed = next;
    revisions.push(...found);
  };
  return {
    revisions,
    render,
    followed: () => followed as Followed | null,
    async look(revision: string): Promise<void> {
      const history = await source.history(declaration.repository, revision, followed?.looked ?? null);
      if (followed) return void (await walk(followed, history, render, note));
      const first = begin("", await tryRendering(revision, render), history);
      note(first.followed, first.found);
    },
  };
}

describe.each([
  { seed: 1, commits: 90 },
  { seed: 2, commits: 70 },
])("a generated history (seed $seed)", (made) => {
  test("gives each environment exactly the commits that rendering every one of them finds", async () => {
    const repository = `generated-${made.seed}`;
    host.create(repository);
    const folder = join(host.folder, repository);
    const git = (...args: string[]) => host.git(repository, ...args);
    git("commit", "--quiet", "--amend", "--allow-empty", "--message", "Empty");
    const [, ...chain] = makeHistory({ folder, git, ...made });
    const dice = openDice(made.seed);
    const [source, every] = [open(repository), open(`${repository}-every`)];
    const told = { rendered: [] as string[] };
    const followers = ENVIRONMENTS.map((one) => openFollower(source, repository, one, told));
    for (
      let at = 0;
      at < chain.length;
      at = at === chain.length - 1 ? at + 1 : Math.min(chain.length - 1, at + 1 + dice.below(12))
    )
      for (const follower of followers) await follower.look(chain[at]!);

    let attributed = 0;
    for (const [index, environment] of ENVIRONMENTS.entries()) {
      const { render } = openFollower(every, repository, environment);
      const expected: string[] = [];
      let before: unknown = null;
      for (const revision of chain) {
        const { outcome } = await tryRendering(revision, render);
        if (JSON.stringify(outcome) !== JSON.stringify(before)) expected.push(revision);
        before = outcome;
      }
      const found = followers[index]!.revisions.map(({ commit }) => commit.revision);
      expect([environment.name, found]).toEqual([environment.name, expected]);
      expect(expected.length).toBeGreaterThan(3);
      attributed += expected.length;
    }
    expect(attributed).toBeLessThan(chain.length * ENVIRONMENTS.length * 0.6);
    // What touches no environment's inputs costs it nothing.
    expect(told.rendered.length).toBeLessThan(chain.length * ENVIRONMENTS.length * 0.7);
  });
});
