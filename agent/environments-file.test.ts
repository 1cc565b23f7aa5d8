import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Declared, followEnvironments, parseEnvironments } from "./environments-file.ts";
import { eventually } from "./test-control-plane.ts";

const one = (name: string) =>
  `- {name: ${name}, repository: {url: "https://git.example.com/config"}, path: apps}\n`;
const file = (...entries: string[]) => `environments:\n${entries.map((entry) => `  ${entry}`).join("")}`;
const namesOf = ({ environments }: Declared) => environments?.map(({ name }) => name) ?? null;

it("a bad entry is one bad entry: it is named, and the others go on", () => {
  const declared = parseEnvironments(
    file(one("production"), "- {name: Staging!, mode: destroy}\n", one("dev")),
  );
  expect(namesOf(declared)).toEqual(["production", "dev"]);
  expect(declared.invalid).toEqual([
    { name: "Staging!", message: expect.stringMatching(/Staging!.*name:.*repository:.*mode:/) },
  ]);
});

it("a name that stands there twice counts once", () => {
  const declared = parseEnvironments(file(one("dev"), one("dev")));
  expect(namesOf(declared)).toEqual(["dev"]);
  expect(declared.invalid[0]?.message).toContain("declared twice");
});

it("reads JSON as the YAML that it is, with what is wrong in it", () => {
  const entry = {
    name: "dev",
    repository: { url: "https://git.example.com/config" },
    labels: { 'a "b": c': "d" },
  };
  const text = JSON.stringify({ environments: [entry] }, null, 2);
  expect(parseEnvironments(text).environments).toMatchObject([entry]);
  expect(parseEnvironments(text.replace('"name"', '"path": "a", "path"')).invalid[0]?.message).toContain(
    "unique",
  );
});

it("says where the file is not YAML, and leaves what was declared in force", () => {
  const declared = parseEnvironments("environments:\n  - name: [\n");
  expect(declared.environments).toBeNull();
  expect(declared.invalid[0]?.message).toMatch(/not YAML \(line \d\)/);
});

it("an empty file declares nothing", () => {
  expect(parseEnvironments("")).toEqual({ environments: [], invalid: [] });
});

it("does not repeat the value of a field that is wrong", () => {
  const declared = parseEnvironments(
    file('- {name: dev, repository: {url: "https://git.example.com", token: canary-word}}\n'),
  );
  expect(declared.invalid[0]?.message).toContain("token");
  expect(JSON.stringify(declared)).not.toContain("canary-word");
});

it("notices a ConfigMap's update, which swaps a symbolic link and touches no file", async () => {
  const mount = mkdtempSync(join(tmpdir(), "plumbline-configmap-"));
  const write = (version: string, text: string) => {
    mkdirSync(join(mount, version));
    writeFileSync(join(mount, version, "environments.yaml"), text);
    symlinkSync(version, join(mount, "..data_tmp"));
    renameSync(join(mount, "..data_tmp"), join(mount, "..data"));
  };
  write("..1", file(one("dev")));
  symlinkSync("..data/environments.yaml", join(mount, "environments.yaml"));
  const seen: Declared[] = [];
  const following = followEnvironments(
    join(mount, "environments.yaml"),
    (declared) => void seen.push(declared),
    5,
  );
  expect(seen.map(namesOf)).toEqual([["dev"]]);
  write("..2", file(one("dev"), one("production")));
  await eventually(() => seen.length === 2);
  following.stop();
  expect(seen.map(namesOf)).toEqual([["dev"], ["dev", "production"]]);
});
