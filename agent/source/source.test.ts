import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../scripts/processes/ports.ts";
import { StageError } from "../errors.ts";
import { openSource, type SourceOptions } from "./index.ts";
import { openTestGitHost } from "./test-git-host.ts";

type Host = Awaited<ReturnType<typeof openTestGitHost>>;
let host: Host;
let place: string;

beforeEach(async () => {
  host = await openTestGitHost(process.env.PATH);
  place = mkdtempSync(join(tmpdir(), "plumbline-source-"));
});
afterEach(async () => {
  await host.close();
  rmSync(place, { recursive: true, force: true });
});

const open = (more: Partial<SourceOptions> = {}) => openSource({ cacheDir: join(place, "cache"), ...more });
const at = (url: string, ref = "main", credentials?: string) => ({
  url,
  ref,
  ...(credentials ? { credentials } : {}),
});

function credential(files: Record<string, string>): string {
  const folder = join(place, "credential");
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

async function failure(work: Promise<unknown>): Promise<StageError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StageError);
  expect((error as StageError).stage).toBe("fetch");
  return error as StageError;
}

describe("a repository over HTTP", () => {
  test("gives its head, its files and its commit's author, time and subject", async () => {
    const revision = host.create("config", { "app/a.yaml": "a: 1\r\n", "link.yaml": "-> app/a.yaml" });
    const source = open();
    expect(await source.head(at(host.url("config")))).toBe(revision);
    const { directory, commit, release } = await source.checkout(at(host.url("config")));
    expect(readFileSync(join(directory, "app/a.yaml"), "utf8")).toBe("a: 1\r\n");
    expect(readlinkSync(join(directory, "link.yaml"))).toBe("app/a.yaml");
    expect(existsSync(join(directory, ".git"))).toBe(false);
    expect(commit).toEqual({
      revision,
      author: "Ann Ames",
      authorEmail: "ann@example.com",
      committedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
      subject: "Change",
    });
    release();
  });

  test("is followed by branch, tag, annotated tag, full ref, HEAD and commit", async () => {
    const first = host.create("config", { a: "1" });
    host.git("config", "tag", "light");
    host.git("config", "tag", "--annotate", "--message=x", "heavy");
    const second = host.commit("config", { a: "2" });
    host.git("config", "branch", "feature/x");
    const source = open();
    const refs = {
      main: second,
      "feature/x": second,
      light: first,
      heavy: first,
      "refs/heads/main": second,
      HEAD: second,
      [first]: first,
    };
    for (const [ref, revision] of Object.entries(refs))
      expect([ref, await source.head(at(host.url("config"), ref))]).toEqual([ref, revision]);
    const { commit } = await source.checkout(at(host.url("config"), "heavy"));
    expect(commit.revision).toBe(first);
  });

  test("gives an older revision of the ref too, one after another", async () => {
    const revisions = [
      host.create("config", { a: "1" }),
      host.commit("config", { a: "2" }),
      host.commit("config", { a: "3" }),
    ];
    const source = open();
    for (const [index, revision] of revisions.entries()) {
      const { directory } = await source.checkout(at(host.url("config")), revision);
      expect(readFileSync(join(directory, "a"), "utf8")).toBe(String(index + 1));
    }
  });

  test.each([
    ["protocol 0, which hands out branch heads only", true],
    ["protocol 2", false],
  ])("gives an older revision over %s", async (_, old) => {
    host.protocol0 = old;
    const first = host.create("config", { a: "1" });
    host.commit("config", { a: "2" });
    const source = open();
    const { directory } = await source.checkout(at(host.url("config")), first);
    expect(readFileSync(join(directory, "a"), "utf8")).toBe("1");
    expect((await failure(source.checkout(at(host.url("config")), "2".repeat(40)))).reason).toBe(
      "RevisionGone",
    );
  });

  test("is fetched once for callers that come together", async () => {
    host.create("config", { a: "1" });
    const source = open();
    const checkouts = await Promise.all(
      Array.from({ length: 10 }, () => source.checkout(at(host.url("config")))),
    );
    expect(new Set(checkouts.map(({ directory }) => directory)).size).toBe(1);
    // One look and one fetch, each of which speaks twice or thrice.
    expect(host.requests.length).toBeLessThanOrEqual(6);
  });

  test("runs no filter, hook or submodule that a commit asks for", async () => {
    host.create("config", { a: "one\n$Id$\n" });
    host.commit("config", {
      ".gitattributes": "a text eol=crlf ident filter=lfs\n",
      ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = https://example.invalid/x\n',
    });
    const { directory } = await open().checkout(at(host.url("config")));
    expect(readFileSync(join(directory, "a"), "utf8")).toBe("one\n$Id$\n");
  });
});

describe("the cache", () => {
  test("serves a known revision after a restart without the network", async () => {
    const revision = host.create("config", { a: "1" });
    const before = await open().checkout(at(host.url("config")), revision);
    const asked = host.requests.length;
    const after = await open().checkout(at(host.url("config")), revision);
    expect(after.directory).toBe(before.directory);
    expect(after.commit).toEqual(before.commit);
    expect(host.requests.length).toBe(asked);
  });

  test.each([
    ["a changed file", (tree: string) => writeFileSync(join(tree, "a"), "tampered")],
    ["an added file", (tree: string) => writeFileSync(join(tree, "b"), "added")],
    ["a lost file", (tree: string) => rmSync(join(tree, "a"))],
    ["broken commit metadata", (tree: string) => writeFileSync(join(tree, "../commit.json"), "{")],
    [
      "broken objects besides",
      (tree: string) => {
        rmSync(tree, { recursive: true });
        const pack = join(
          place,
          "cache/repositories",
          readdirSync(join(place, "cache/repositories"))[0]!,
          "objects/pack",
        );
        for (const name of readdirSync(pack)) {
          chmodSync(join(pack, name), 0o600);
          writeFileSync(join(pack, name), "not a pack");
        }
      },
    ],
  ])("repairs %s after a restart", async (_, harm) => {
    const revision = host.create("config", { a: "1" });
    const { directory } = await open().checkout(at(host.url("config")), revision);
    harm(directory);
    const repaired = await open().checkout(at(host.url("config")), revision);
    expect(readdirSync(repaired.directory)).toEqual(["a"]);
    expect(readFileSync(join(repaired.directory, "a"), "utf8")).toBe("1");
  });

  test("outlives a lock that a killed Git left behind", async () => {
    const first = host.create("config", { a: "1" });
    const source = open();
    await source.checkout(at(host.url("config")), first);
    const mirror = join(place, "cache/repositories", readdirSync(join(place, "cache/repositories"))[0]!);
    writeFileSync(join(mirror, "shallow.lock"), "");
    const second = host.commit("config", { a: "2" });
    const { directory } = await source.checkout(at(host.url("config")), second);
    expect(readFileSync(join(directory, "a"), "utf8")).toBe("2");
  });

  test("is not thrown away because the network is", async () => {
    const first = host.create("config", { a: "1" });
    const source = open({ maxCheckouts: 1 });
    (await source.checkout(at(host.url("config")), first)).release();
    const second = host.commit("config", { a: "2" });
    (await source.checkout(at(host.url("config")), second)).release();
    const third = host.commit("config", { a: "3" });
    host.answer = (_, response) => Boolean(response.destroy());
    expect((await failure(source.checkout(at(host.url("config")), third))).reason).toBe(
      "RepositoryUnreachable",
    );
    const { directory } = await source.checkout(at(host.url("config")), first);
    expect(readFileSync(join(directory, "a"), "utf8")).toBe("1");
  });

  test("keeps no more checkouts and repositories than it may, but those in use", async () => {
    const source = open({ maxCheckouts: 2, maxRepositories: 1 });
    host.create("one", { a: "0" });
    const held = await source.checkout(at(host.url("one")));
    for (const text of ["1", "2", "3", "4"]) {
      host.commit("one", { a: text });
      (await source.checkout(at(host.url("one")))).release();
    }
    expect(existsSync(join(held.directory, "a"))).toBe(true);
    expect(readdirSync(join(place, "cache/checkouts")).length).toBeLessThanOrEqual(3);
    host.create("two", { a: "0" });
    (await source.checkout(at(host.url("two")))).release();
    expect(readdirSync(join(place, "cache/repositories")).length).toBe(1);
    held.release();
  });
});

describe("a credential", () => {
  test("is sent from username and password, and read anew after it was replaced", async () => {
    host.password = "first-secret";
    const revision = host.create("config", { a: "1" });
    const folder = credential({ username: "reader\n", password: "first-secret\n" });
    const source = open();
    expect(await source.head(at(host.url("config"), "main", folder))).toBe(revision);
    host.password = "second-secret";
    const refused = await failure(source.head(at(host.url("config"), "main", folder)));
    expect(refused.reason).toBe("AuthenticationFailed");
    expect(refused.next).toBe("retry");
    expect(refused.message).toBe(
      `The repository ${host.url("config")} refuses the credential in ${folder}; replace it and the next look picks it up.`,
    );
    credential({ password: "second-secret" });
    expect((await source.checkout(at(host.url("config"), "main", folder))).commit.revision).toBe(revision);
  });

  test("may be a token", async () => {
    host.create("config", { a: "1" });
    await open().head(at(host.url("config"), "main", credential({ token: "tok-123456" })));
    expect(host.requests[0]?.authorization).toBe(
      `Basic ${Buffer.from("x-access-token:tok-123456").toString("base64")}`,
    );
  });

  test("that is missing or empty is told apart from one that is refused", async () => {
    host.password = "x";
    host.create("config", { a: "1" });
    const none = await failure(open().head(at(host.url("config"))));
    expect(none.reason).toBe("AuthenticationFailed");
    expect(none.message).toContain("none is declared");
    const empty = await failure(
      open().head(at(host.url("config"), "main", credential({ "other.txt": "x" }))),
    );
    expect(empty.reason).toBe("CredentialUnusable");
  });

  test("follows no redirect to another host", async () => {
    host.create("config", { a: "1" });
    const other = await openTestGitHost(process.env.PATH);
    host.answer = (request, response) => {
      response.writeHead(302, { location: `${other.url("")}${request.url?.slice(1)}` }).end();
      return true;
    };
    const error = await failure(
      open().head(at(host.url("config"), "main", credential({ token: "tok-123456" }))),
    );
    expect(error.reason).toBe("RepositoryMoved");
    expect(other.requests).toEqual([]);
    await other.close();
  });

  test("for ssh is handed over with strict host keys, in files that only we can read, and taken away again", async () => {
    const bin = join(place, "bin");
    mkdirSync(bin);
    const seen = join(place, "seen");
    writeFileSync(
      join(bin, "ssh"),
      `#!/bin/sh\necho "$@" > ${seen}\nfor a in "$@"; do case "$a" in */identity) stat -c %a "$a" >> ${seen}; cat "$a" >> ${seen};; esac; done\necho "Host key verification failed." >&2\nexit 255\n`,
      { mode: 0o755 },
    );
    const folder = credential({ identity: "PRIVATE-KEY", known_hosts: "example.com ssh-ed25519 AAAA" });
    const source = open({ environment: { PATH: `${bin}:${process.env.PATH}` } });
    const error = await failure(source.head(at("git@example.com:team/config.git", "main", folder)));
    expect(error.reason).toBe("HostKeyRefused");
    const told = readFileSync(seen, "utf8");
    expect(told).toMatch(/-F \/dev\/null .*BatchMode=yes.*StrictHostKeyChecking=yes/);
    expect(told).toContain("\n600\nPRIVATE-KEY");
    expect(told.split("\n")[0]).not.toContain("PRIVATE-KEY");
    expect(readdirSync(join(place, "cache/scratch"))).toEqual([]);
  });
});

describe("what goes wrong", () => {
  test("a repository that is not there", async () => {
    const error = await failure(open().head(at(host.url("nowhere"))));
    expect(error.reason).toBe("RepositoryNotFound");
    expect(error.message).toContain(host.url("nowhere"));
  });

  test("a ref that is not there, which is not another ref that ends alike", async () => {
    host.create("config", { a: "1" });
    host.git("config", "branch", "team/production");
    const error = await failure(open().head(at(host.url("config"), "production")));
    expect(error.reason).toBe("RefNotFound");
    expect(error.next).toBe("stalled");
    expect(error.message).toContain('"production"');
  });

  test("a revision that is gone", async () => {
    host.create("config", { a: "1" });
    const error = await failure(open().checkout(at(host.url("config")), "1".repeat(40)));
    expect(error.reason).toBe("RevisionGone");
    expect(error.message).toContain("1".repeat(40));
  });

  test("nobody who answers", async () => {
    const port = await freePort();
    const error = await failure(open().head(at(`http://127.0.0.1:${port}/config`)));
    expect(error.reason).toBe("RepositoryUnreachable");
    expect(error.next).toBe("retry");
  });

  test("a host that never finishes, whose Git is stopped", async () => {
    host.create("config", { a: "1" });
    host.answer = () => true;
    const error = await failure(open({ timeoutMs: 300 }).head(at(host.url("config"))));
    expect(error.reason).toBe("FetchTimeout");
    expect(error.next).toBe("retry");
  });

  test("a caller who gives up gets the reason at once, and the others their answer", async () => {
    const revision = host.create("config", { a: "1" });
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let held = false;
    host.answer = (request, response) => {
      if (held) return false;
      held = true;
      void gate.then(() => response.writeHead(307, { location: request.url ?? "/" }).end());
      return true;
    };
    const source = open();
    const abort = new AbortController();
    const impatient = source.head(at(host.url("config")), abort.signal);
    const patient = source.head(at(host.url("config")));
    abort.abort(new Error("enough"));
    await expect(impatient).rejects.toThrow("enough");
    letGo();
    expect(await patient).toBe(revision);
  });

  test("a missing git program", async () => {
    const error = await failure(open({ git: "/nonexistent/git" }).head(at("https://example.com/x")));
    expect(error.reason).toBe("GitMissing");
  });
});
