import { expect, test } from "vitest";
import { repositoryAddress, repositoryName, withoutCredentials } from "./rules.ts";

test.each([
  "https://github.com/Acme/Shop.git",
  "https://github.com/acme/shop",
  "https://github.com/acme/shop/",
  "https://bot:secret@github.com/acme/shop.git",
  "ssh://git@github.com/acme/shop.git",
  "ssh://git@github.com:22/acme/shop.git",
  "git@github.com:acme/shop.git",
  "github.com:acme/shop.git",
])("%s is the one repository", (url) => expect(repositoryAddress(url)).toBe("github.com/acme/shop"));

test("another port is another repository", () => {
  expect(repositoryAddress("http://127.0.0.1:3000/acme/shop.git")).toBe("127.0.0.1:3000/acme/shop");
});

test("people call it by owner and name", () => {
  expect(repositoryName("https://github.com/Acme/Shop.git")).toBe("Acme/Shop");
  expect(repositoryName("git@gitlab.example.com:group/sub/shop.git")).toBe("sub/shop");
});

test("credentials are taken out of an address, and the user that SSH needs is not", () => {
  expect(withoutCredentials("https://bot:secret@github.com/a/b.git")).toBe("https://github.com/a/b.git");
  expect(withoutCredentials("https://token@github.com/a/b.git")).toBe("https://github.com/a/b.git");
  expect(withoutCredentials("ssh://git@github.com/a/b.git")).toBe("ssh://git@github.com/a/b.git");
  expect(withoutCredentials("git@github.com:a/b.git")).toBe("git@github.com:a/b.git");
});
