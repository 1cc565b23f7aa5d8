import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openGithubRepository } from "./github-host.ts";

type Seen = { path: string; token: string; tag: string | undefined; status: number };

let apiUrl: string;
let seen: Seen[];
/** What each token is answered: its ref's SHA, or a refusal. */
let heads: Map<string, string | number>;
let pages: number;
const server = createServer((request, response) => {
  const token = (request.headers.authorization ?? "").replace(/^\w+ /, "");
  const head = heads.get(token) ?? 401;
  const path = request.url ?? "";
  const tag = request.headers["if-none-match"];
  const answer = (status: number, body?: unknown, headers: Record<string, string> = {}) => {
    seen.push({ path, token, tag, status });
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === undefined ? "" : JSON.stringify(body));
  };
  if (typeof head === "number") return answer(head, { message: "no" });
  if (request.method !== "GET") return answer(201, { sha: "b".repeat(40) });
  const page = Number(new URL(path, apiUrl).searchParams.get("page") ?? 1);
  const listed = path.includes("/commits?");
  const etag = `"${head.slice(0, 6)}-${listed ? page : "ref"}"`;
  const link: Record<string, string> =
    listed && page < pages
      ? { link: `<${apiUrl}/repos/a/b/commits?per_page=100&page=${page + 1}>; rel="next"` }
      : {};
  if (tag === etag) return answer(304, undefined, { etag });
  const commit = { sha: head, html_url: "x", commit: { message: `page ${page}` }, author: null, parents: [] };
  const body = listed
    ? [commit]
    : { object: { sha: head }, filler: "x".repeat(Number(/x(\d+)/.exec(path)?.[1] ?? 0)) };
  answer(200, body, { etag, ...link });
});
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  seen = [];
  heads = new Map();
  pages = 1;
});

const open = (token: string) => openGithubRepository({ apiUrl, owner: "a", name: "b", token, retries: 0 });
const tokenFor = (head: string | number) => {
  const token = `token-${randomUUID()}`;
  heads.set(token, head);
  return token;
};
const statuses = () => seen.map(({ status }) => status);

test("what has not changed is asked for with its tag, and answered without a body, by every client of the token", async () => {
  const token = tokenFor("a".repeat(40));
  expect(await open(token).getBranchHead("main")).toBe("a".repeat(40));
  expect(await open(token).getBranchHead("main")).toBe("a".repeat(40));
  expect(statuses()).toEqual([200, 304]);
  heads.set(token, "c".repeat(40));
  expect(await open(token).getBranchHead("main")).toBe("c".repeat(40));
  expect(await open(token).getBranchHead("main")).toBe("c".repeat(40));
  expect(statuses()).toEqual([200, 304, 200, 304]);
});

test("a list goes on to its next page where the first is unchanged", async () => {
  const token = tokenFor("a".repeat(40));
  pages = 3;
  const messages = async () => (await open(token).listCommits({ limit: 300 })).map(({ message }) => message);
  expect(await messages()).toEqual(["page 1", "page 2", "page 3"]);
  expect(await messages()).toEqual(["page 1", "page 2", "page 3"]);
  expect(statuses()).toEqual([200, 200, 200, 304, 304, 304]);
});

test("no token is asked about, or served, what another one was answered", async () => {
  const [mine, yours] = [tokenFor("a".repeat(40)), tokenFor("e".repeat(40))];
  await open(mine).getBranchHead("main");
  expect(await open(yours).getBranchHead("main")).toBe("e".repeat(40));
  expect(seen.at(-1)).toMatchObject({ token: yours, tag: undefined, status: 200 });
  // What both see alike is still sent to each of them.
  const third = tokenFor("a".repeat(40));
  await open(third).getBranchHead("main");
  expect(seen.at(-1)).toMatchObject({ token: third, tag: undefined, status: 200 });
});

test("a token that may no longer read is refused, whatever it was answered before", async () => {
  const token = tokenFor("a".repeat(40));
  await open(token).getBranchHead("main");
  for (const [status, code] of [
    [401, "unauthorized"],
    [404, "not-found"],
    [403, "forbidden"],
  ] as const) {
    heads.set(token, status);
    await expect(open(token).getBranchHead("main")).rejects.toMatchObject({ code });
  }
});

test("only so much is kept of each token: the longest unused goes first, and what is large is not kept", async () => {
  const token = tokenFor("a".repeat(40));
  const host = open(token);
  for (let n = 0; n < 250; n += 1) await host.getBranchHead(`b${n}`);
  await host.getBranchHead("b249");
  await host.getBranchHead("b0");
  expect(statuses().slice(-2)).toEqual([304, 200]);
  await host.getBranchHead("x200000");
  await host.getBranchHead("x200000");
  expect(statuses().slice(-2)).toEqual([200, 200]);
  // Twelve that together are more than a token's share.
  for (let n = 0; n < 12; n += 1) await host.getBranchHead(`x100000-${n}`);
  await host.getBranchHead("x100000-11");
  await host.getBranchHead("x100000-0");
  expect(statuses().slice(-2)).toEqual([304, 200]);
});
