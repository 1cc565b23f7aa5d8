import { expect, test } from "vitest";
import { StageError } from "../errors.ts";
import { checkRef } from "./ref.ts";
import { repositoryUrl } from "./repository-url.ts";

function failure(work: () => unknown): StageError {
  try {
    work();
  } catch (error) {
    if (error instanceof StageError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

test.each([
  ["https://git.example.com/team/config.git", "https", "https://git.example.com/team/config.git"],
  ["https://git.example.com:8443/config?x=1", "https", "https://git.example.com:8443/config"],
  ["http://127.0.0.1:3000/config", "http", "http://127.0.0.1:3000/config"],
  ["http://localhost/config", "http", "http://localhost/config"],
  ["http://[::1]:80/config", "http", "http://[::1]/config"],
  ["ssh://git@git.example.com:22/config", "ssh", "ssh://git.example.com:22/config"],
  ["git@github.com:team/config.git", "ssh", "git@github.com:team/config.git"],
])("%s is dialled by %s", (text, scheme, shown) => {
  expect(repositoryUrl(text)).toEqual({ url: text, scheme, shown });
});

test.each([
  "--upload-pack=touch /tmp/x",
  "-oProxyCommand=x:y",
  "ext::sh -c whoami",
  "ext::whoami",
  "fd::17",
  "ssh://-oProxyCommand=x/y",
  "ssh://-x@host/y",
  "git@-oProxyCommand=x:y",
  "git@host:-x",
  "file:///etc",
  "/etc",
  "../config",
  "config",
  "",
  "http://git.example.com/x",
  "http://127.0.0.1.example.com/x",
  "http://localhost.example.com/x",
  "git://127.0.0.1/x",
  "ftp://127.0.0.1/x",
  "https://",
  "https://user:hunter22@example.com/x",
  "https://tok_hunter22@example.com/x",
  "ssh://git:hunter22@example.com/x",
  "https://example.com/a b",
  "https://example.com/a\nb",
])("%j is refused, and no credential in it repeated", (text) => {
  const error = failure(() => repositoryUrl(text));
  expect(error).toMatchObject({ stage: "fetch", reason: "RepositoryRefused", next: "stalled" });
  expect(error.message).not.toContain("hunter22");
});

test.each([
  "",
  "--upload-pack=x",
  "-x",
  "a..b",
  "a b",
  "refs/*",
  "a~1",
  "a^{}",
  "a:b",
  "a@{1}",
  "/a",
  "a/",
  "a//b",
  ".a",
  "a/.b",
  "a.lock",
  "a.",
  "@",
  "a\\b",
])("%j is no ref", (ref) => {
  expect(failure(() => checkRef(ref)).reason).toBe("RefInvalid");
});

test.each(["main", "release/1.2", "v1.0.0", "refs/heads/main", "HEAD", "user@host", "a-b_c", "é"])(
  "%j is a ref",
  (ref) => {
    expect(() => checkRef(ref)).not.toThrow();
  },
);
