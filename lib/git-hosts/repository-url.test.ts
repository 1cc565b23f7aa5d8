import { expect, test } from "vitest";
import { parseRepositoryUrl } from "./repository-url.ts";

const fleet = { host: "github.com", owner: "acme", name: "fleet", webUrl: "https://github.com/acme/fleet" };

test.each([
  ["https://github.com/acme/fleet", fleet],
  ["https://GitHub.com/acme/fleet.git/", fleet],
  ["ssh://git@github.com:22/acme/fleet.git", fleet],
  ["git@github.com:acme/fleet.git", fleet],
  [
    "http://127.0.0.1:4310/acme/fleet.git",
    { ...fleet, host: "127.0.0.1:4310", webUrl: "http://127.0.0.1:4310/acme/fleet" },
  ],
  [
    "git@gitlab.example:group/sub/fleet",
    {
      host: "gitlab.example",
      owner: "group/sub",
      name: "fleet",
      webUrl: "https://gitlab.example/group/sub/fleet",
    },
  ],
])("%s names host, owner and repository", (url, expected) => {
  expect(parseRepositoryUrl(url)).toEqual(expected);
});

test.each([
  "https://alice:hunter22@github.com/acme/fleet",
  "https://hunter22@github.com/acme/fleet",
  "ssh://git:hunter22@github.com/acme/fleet",
  "https://github.com/acme/fleet?token=hunter22",
  "file:///srv/hunter22/fleet",
  "git://github.com/hunter22/fleet",
  "javascript:alert('hunter22')",
  "ext::sh -c hunter22",
  "https://github.com/hunter22",
  "https://github.com/../hunter22",
  "--upload-pack=hunter22",
  "hunter22",
  "",
])("%s is refused in words that do not repeat it", (url) => {
  let message = "";
  try {
    parseRepositoryUrl(url);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).not.toBe("");
  expect(message).not.toContain("hunter22");
});
