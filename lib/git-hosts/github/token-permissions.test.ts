import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { findMissingPermissions } from "./token-permissions.ts";

let close = async () => {};
afterEach(() => close());

/** A host that answers every write with `status`, and lets nothing through that `refused` matches. */
async function missing(given: { scopes?: string; private?: boolean; refused?: RegExp; accepted?: boolean }) {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    if (given.scopes !== undefined) response.setHeader("x-oauth-scopes", given.scopes);
    if (request.method === "GET") return response.end(JSON.stringify({ private: given.private ?? true }));
    const refused = given.refused?.test(request.url ?? "");
    if (refused && given.accepted !== false)
      response.setHeader("x-accepted-github-permissions", "some=write");
    response.statusCode = refused ? 403 : 422;
    return response.end(JSON.stringify({ message: refused ? "Resource not accessible" : "Invalid request" }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  close = () => new Promise((done) => void server.close(() => done()));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return findMissingPermissions({ apiUrl, owner: "acme", name: "fleet", token: "a-token", retries: 0 });
}

test("a classic token is judged by its scopes", async () => {
  expect(await missing({ scopes: "repo, read:user" })).toEqual([]);
  await close();
  expect(await missing({ scopes: "public_repo", private: false })).toEqual([]);
  await close();
  expect(await missing({ scopes: "public_repo, repo:status" })).toEqual(["scope repo"]);
});

test("a fine-grained token is told each permission that it lacks", async () => {
  expect(await missing({})).toEqual([]);
  await close();
  expect(await missing({ refused: /statuses|pulls/ })).toEqual([
    "pull requests: write",
    "commit statuses: write",
  ]);
});

test("a refusal for another reason is no missing permission", async () => {
  expect(await missing({ refused: /./, accepted: false })).toEqual([]);
});
