import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "plumbline-config-"));
const good = {
  PLUMBLINE_URL: "https://plumbline.example.com/",
  PLUMBLINE_TOKEN: "t",
  PLUMBLINE_ENVIRONMENTS_FILE: "environments.yaml",
  PLUMBLINE_DATA_DIR: folder,
};

it("reads its settings", () => {
  const config = readConfig({ ...good, PLUMBLINE_HEALTH_PORT: "8080", https_proxy: "http://proxy:3128" });
  expect(config).toMatchObject({
    url: "https://plumbline.example.com",
    healthPort: 8080,
    logLevel: "info",
    proxy: { https: "http://proxy:3128" },
  });
  expect(config.token()).toBe("t");
});

it("lists everything that is wrong at once", () => {
  const read = () =>
    readConfig({
      PLUMBLINE_URL: "http://plumbline.example.com",
      PLUMBLINE_HEALTH_PORT: "soon",
      PLUMBLINE_LOG_LEVEL: "loud",
    });
  expect(read).toThrow(ConfigError);
  for (const name of [
    "PLUMBLINE_URL must begin with https",
    "PLUMBLINE_TOKEN or PLUMBLINE_TOKEN_FILE is not set",
    "PLUMBLINE_ENVIRONMENTS_FILE is not set",
    "PLUMBLINE_DATA_DIR is not set",
    "PLUMBLINE_HEALTH_PORT must be a port number",
    "PLUMBLINE_LOG_LEVEL must be one of",
  ])
    expect(read).toThrow(name);
});

it.each(["http://127.0.0.1:4300", "http://localhost:4300", "http://[::1]:4300"])(
  "plain http is fine on loopback: %s",
  (url) => {
    expect(readConfig({ ...good, PLUMBLINE_URL: url }).url).toBe(url);
  },
);

it.each([
  "http://127.0.0.1.example.com",
  "ftp://example.com",
  "not a url",
  "https://user:secret-word@example.com",
])("refuses %s without repeating a credential", (url) => {
  const read = () => readConfig({ ...good, PLUMBLINE_URL: url });
  expect(read).toThrow("PLUMBLINE_URL");
  expect(read).not.toThrow("secret-word");
});

it("a token file that is swapped is read anew, and one that is gone for a moment does no harm", () => {
  const file = join(folder, "token");
  writeFileSync(file, "first\n");
  const { token } = readConfig({ ...good, PLUMBLINE_TOKEN: "", PLUMBLINE_TOKEN_FILE: file });
  expect(token()).toBe("first");
  writeFileSync(file, "second\n");
  expect(token()).toBe("second");
  writeFileSync(file, "");
  expect(token()).toBe("second");
});
