import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { parseEnv } from "./env.ts";

const least = {
  DATABASE_URL: "postgresql://localhost/plumbline",
  PLUMBLINE_URL: "http://127.0.0.1:4300",
  PLUMBLINE_SECRET: "x".repeat(32),
};

test.each([
  [undefined, "https://api.github.com"],
  ["https://acme.ghe.com", "https://api.acme.ghe.com"],
  ["https://github.example.com/", "https://github.example.com/api/v3"],
])("the API of %s is %s unless it is given", (web, api) => {
  expect(parseEnv({ ...least, GITHUB_WEB_URL: web }).GITHUB_API_URL).toBe(api);
  const GITHUB_API_URL = "https://proxy.example.com/github";
  expect(parseEnv({ ...least, GITHUB_WEB_URL: web, GITHUB_API_URL }).GITHUB_API_URL).toBe(GITHUB_API_URL);
});

test("a GitHub App is configured whole, its key as PEM or in base64", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const app = {
    ...{ GITHUB_APP_ID: "7", GITHUB_APP_SLUG: "plumbline", GITHUB_APP_CLIENT_ID: "Iv1" },
    GITHUB_APP_CLIENT_SECRET: "secret",
  };
  for (const key of [pem, Buffer.from(pem).toString("base64"), pem.replaceAll("\n", "\\n")])
    expect(parseEnv({ ...least, ...app, GITHUB_APP_PRIVATE_KEY: key }).GITHUB_APP_PRIVATE_KEY).toBe(pem);
  expect(() => parseEnv({ ...least, ...app })).toThrow("GITHUB_APP_ID: a GitHub App needs all of");
  expect(() => parseEnv({ ...least, ...app, GITHUB_APP_PRIVATE_KEY: "no key" })).toThrow("as PEM");
});
