import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { type FakeKubernetes, startFakeKubernetes } from "../../e2e/fakes/kubernetes/start.ts";
import { connect } from "../cluster/index.ts";
import type { KubeObject } from "../object.ts";

const program = fileURLToPath(new URL("./plumb.js", import.meta.url));
const CANARY = "canary-in-the-cli";
let kubernetes: FakeKubernetes;
const folder = mkdtempSync(join(tmpdir(), "plumb-cli-"));

beforeAll(async () => {
  kubernetes = await startFakeKubernetes({ name: "cli" });
});
afterAll(() => kubernetes.stop());

function plumb(args: string[], stdin = ""): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, KUBECONFIG: kubernetes.kubeconfigPath },
  });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    out.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    out.stderr += chunk;
  });
  child.stdin.end(stdin);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...out })));
}

function manifests(name: string, files: Record<string, string>): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

const settings = (color: string, name = "settings") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {color: ${color}}\n`;
const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: credentials}\nstringData: {password: ${CANARY}}\n`;

async function apply(text: string): Promise<void> {
  const cluster = await connect({ kubeconfig: kubernetes.kubeconfigPath });
  const object = parse(text) as KubeObject;
  object.metadata.namespace = "default";
  await cluster.apply(object, { fieldManager: "kubectl-edit", force: true });
  await cluster.close();
}

it("diff exits 1 and names object, field, both values and who, and 0 once nothing differs", async () => {
  const path = manifests("diff", { "a.yaml": settings("blue") });
  expect(await plumb(["diff", path])).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/ConfigMap default\/settings\s+Missing/),
  });
  await apply(settings("red"));
  const differs = await plumb(["diff", path]);
  expect(differs.code).toBe(1);
  for (const word of ["data.color", "- blue", "+ red", "kubectl edit", "a.yaml"])
    expect(differs.stdout).toContain(word);
  await apply(settings("blue"));
  expect(await plumb(["diff", path])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("nothing differs"),
  });
});

it("diff -o json says the same for machines", async () => {
  await apply(settings("red", "machine"));
  const { code, stdout } = await plumb([
    "diff",
    manifests("json", { "a.yaml": settings("blue", "machine") }),
    "-o",
    "json",
  ]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).resources).toMatchObject([
    { sync: "Modified", changes: [{ path: "data.color", desired: "blue", observed: "red" }] },
  ]);
});

it("diff reads a whole kind at once where there are many, and misses none", async () => {
  const names = Array.from({ length: 6 }, (_, index) => `many-${index}`);
  for (const name of names.slice(1)) await apply(settings("blue", name));
  const path = manifests("many", { "a.yaml": names.map((name) => settings("blue", name)).join("---\n") });
  const { code, stdout } = await plumb(["diff", path, "-o", "json"]);
  const missing = JSON.parse(stdout).resources.filter(({ sync }: { sync: string }) => sync !== "Synced");
  expect([code, missing.map(({ ref }: { ref: { name: string } }) => ref.name)]).toEqual([1, ["many-0"]]);
});

it.each([
  [["diff", "/nowhere/at/all"], "/nowhere/at/all does not exist"],
  [["diff"], "missing required argument"],
  [["diff", ".", "--kubeconfig", "/nowhere/kubeconfig"], "/nowhere/kubeconfig"],
  [["render", "/nowhere/at/all"], "/nowhere/at/all does not exist"],
  [["health", "-f", "/nowhere/at/all"], "/nowhere/at/all"],
  [["frobnicate"], "unknown command"],
])("plumb %j is trouble, which is 2, with a word about it", async (args, word) => {
  const result = await plumb(
    args[1] === "." ? ["diff", manifests("fine", { "a.yaml": settings("x") }), ...args.slice(2)] : args,
  );
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(word) });
});

it("trouble names file and line", async () => {
  const { code, stderr } = await plumb([
    "render",
    manifests("broken", { "a.yaml": `${settings("x")}---\nkind: [\n` }),
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/a\.yaml:\d+/);
});

it("render prints YAML or a JSON list, with Secrets masked", async () => {
  const path = manifests("render", { "a.yaml": settings("blue"), "b.yaml": secret });
  const yaml = await plumb(["render", path]);
  const json = await plumb(["render", path, "-o", "json"]);
  const documents = parseAllDocuments(yaml.stdout).map((document) => document.toJS());
  expect([yaml.code, json.code]).toEqual([0, 0]);
  expect(documents.map(({ kind }) => kind)).toEqual(["ConfigMap", "Secret"]);
  expect(JSON.parse(json.stdout).items.map(({ kind }: KubeObject) => kind)).toEqual(["ConfigMap", "Secret"]);
  expect(yaml.stdout + json.stdout).not.toContain(CANARY);
});

it("no byte of a Secret is in what diff prints", async () => {
  await apply(secret.replace(CANARY, `${CANARY}-old`));
  const path = manifests("secret", { "b.yaml": secret });
  const results = [await plumb(["diff", path]), await plumb(["diff", path, "-o", "json"])];
  for (const { code, stdout, stderr } of results) {
    expect(code).toBe(1);
    expect(stdout).toContain("credentials");
    expect(stdout + stderr).not.toContain(CANARY);
    expect(stdout + stderr).not.toContain(btoa(CANARY).slice(0, 20));
  }
});

it.each([
  ["YAML documents", `${settings("x")}---\n${settings("x", "other")}`],
  [
    "one JSON list",
    JSON.stringify({ kind: "List", items: [parse(settings("x")), parse(settings("x", "other"))] }),
  ],
  [
    "JSON lines",
    [parse(settings("x")), parse(settings("x", "other"))].map((one) => JSON.stringify(one)).join("\n"),
  ],
  [
    "JSON values one after the other",
    [parse(settings("x")), parse(settings("x", "other"))]
      .map((one) => JSON.stringify(one, null, 2))
      .join("\n"),
  ],
])("health reads %s, one line per object", async (_, text) => {
  const { code, stdout } = await plumb(["health", "-f", "-", "-o", "json"], text);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(lines).toMatchObject([
    { index: 0, kind: "ConfigMap", name: "settings", status: "Healthy", message: expect.any(String) },
    { index: 1, kind: "ConfigMap", name: "other", status: "Healthy", message: expect.any(String) },
  ]);
});

it.each(["not json", "null", "42", '{"kind": 5}'])(
  "health says Unknown of a JSON line that is %s, and goes on",
  async (spoilt) => {
    const good = JSON.stringify(parse(settings("x")));
    const { code, stdout } = await plumb(["health", "-f", "-"], `${good}\n${spoilt}\n${good}\n`);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect([code, ...lines.map(({ index, status }) => `${index} ${status}`)]).toEqual([
      0,
      "0 Healthy",
      "1 Unknown",
      "2 Healthy",
    ]);
  },
);

it("health does not repeat what the Secrets beside an object hold", async () => {
  const status = {
    conditions: [{ type: "Ready", status: "False", reason: "Refused", message: `not ${CANARY}` }],
  };
  const thing = { apiVersion: "x.example.com/v1", kind: "Thing", metadata: { name: "t" }, status };
  const { stdout } = await plumb(
    ["health", "-f", "-"],
    `${JSON.stringify(thing)}\n${JSON.stringify(parse(secret))}\n`,
  );
  expect(stdout).toContain('"name":"t"');
  expect(stdout).not.toContain(CANARY);
});

it("render shows what Secrets hold where it is told to", async () => {
  const path = manifests("shown", { "b.yaml": secret });
  const { stdout } = await plumb(["render", path, "--show-secrets"]);
  expect(stdout).toContain(CANARY);
});

it("health says Unknown of what is no object, and goes on", async () => {
  const { stdout } = await plumb(["health", "-f", "-"], `just a string\n---\n${settings("x")}`);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ status }) => status)).toEqual(["Unknown", "Healthy"]);
});
