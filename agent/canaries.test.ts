import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it, vi } from "vitest";
import { startFakeKubernetes } from "../e2e/fakes/kubernetes/start.ts";
import { ensureEngines } from "../scripts/engines/engines.ts";
import { startAgent } from "./agent.ts";
import { connect } from "./cluster/index.ts";
import { readConfig } from "./config.ts";
import type { KubeObject } from "./object.ts";
import { eventually, startTestControlPlane } from "./test-control-plane.ts";
import { startGitServer } from "./test-git-server.ts";

vi.setConfig({ testTimeout: 240_000 });

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const ODD = ['"', "\\", "/", "+", "&", "<", "é", " ", "%", "'", "=", "?", "#", "☃", "$", "{"];
/** A value that stands nowhere else, of 12 to 40 characters, some of which every encoding writes differently. */
function canary(index: number): string {
  const random = createHash("sha256").update(`agent canary ${index}`).digest("base64url");
  const at = 5 + (index % 5);
  return `c${random.slice(0, at)}${ODD[index % ODD.length]}${random.slice(at, 10 + (index % 28))}z`;
}
const canaries = Array.from({ length: 1000 }, (_, index) => canary(index));
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Every way a value could be read back from what left. */
const written = (value: string) => [
  value,
  base64(value).replace(/=+$/, ""),
  Buffer.from(value).toString("base64url"),
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  new URLSearchParams({ v: value }).toString().slice(2),
  Buffer.from(value).toString("hex"),
];

/** The values that can be read back from a text. */
function survivors(text: string): string[] {
  const byStart = new Map<string, [form: string, value: string][]>();
  for (const value of canaries)
    for (const form of written(value)) {
      const start = form.slice(0, 8);
      byStart.set(start, [...(byStart.get(start) ?? []), [form, value]]);
    }
  const found = new Set<string>();
  for (let at = 0; at + 8 <= text.length; at++)
    for (const [form, value] of byStart.get(text.slice(at, at + 8)) ?? [])
      if (text.startsWith(form, at)) found.add(value);
  return [...found];
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const keyed = (values: string[], write = (value: string) => value) =>
  Object.fromEntries(values.map((value, index) => [`k${index}`, write(value)]));
const secret = (name: string, rest: object) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name },
  ...rest,
});
const tens = (from: number, to: number) =>
  Array.from({ length: (to - from) / 10 }, (_, at) => canaries.slice(from + at * 10, from + at * 10 + 10));

// 0–299 data, 300–499 stringData, 500–599 Helm values, 600–799 env, 800–899 last-applied, 900–999 set by hand.
const plain = tens(0, 300).map((values, at) => secret(`data-${at}`, { data: keyed(values, base64) }));
const strings = tens(300, 500).map((values, at) => secret(`text-${at}`, { stringData: keyed(values) }));
const drawn = tens(600, 800).map((values, at) => secret(`env-${at}`, { stringData: keyed(values) }));
const deployment = (at: number, env: object[], args: string[] = []) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: `app-${at}` },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: `app-${at}` } },
    template: {
      metadata: { labels: { app: `app-${at}` } },
      spec: { containers: [{ name: "c", image: "c:1", env, args }] },
    },
  },
});
const asFile = (objects: object[]) => objects.map((one) => JSON.stringify(one)).join("\n---\n");
const files = {
  "app/data.yaml": asFile(plain),
  "app/text.yaml": asFile(strings),
  "app/env.yaml": asFile([
    ...drawn,
    ...drawn.map((one, at) => {
      return deployment(
        at,
        ["k0", "k1"].map((key) => ({
          name: key.toUpperCase(),
          valueFrom: { secretKeyRef: { name: one.metadata.name, key } },
        })),
      );
    }),
  ]),
  "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
  "chart/values.yaml": JSON.stringify({ credentials: keyed(canaries.slice(500, 600)) }),
  "chart/templates/secret.yaml":
    "apiVersion: v1\nkind: Secret\nmetadata: {name: from-values}\nstringData:\n{{- range $k, $v := .Values.credentials }}\n  {{ $k }}: {{ $v | quote }}\n{{- end }}\n",
};

it("of 1,000 canaries no byte is in any report, log, error or output of the command line", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-canaries-"));
  const kubernetes = await startFakeKubernetes({ name: "test" });
  const git = await startGitServer(folder);
  const server = await startTestControlPlane();
  const cluster = await connect({ kubeconfig: kubernetes.kubeconfigPath });
  closing.push(kubernetes.stop, git.close, server.close, () => cluster.close());
  const engines = await ensureEngines(() => {});
  const logs: string[] = [];
  git.commit(files, "First");
  const environments = [
    { name: "observed", path: "app", mode: "observe" },
    { name: "synced", path: "app", mode: "sync", namespace: "synced" },
    { name: "chart", path: "chart", mode: "sync", namespace: "chart" },
  ].map((one) => ({ repository: { url: git.url }, interval: "500ms", ...one }));
  const declared = join(folder, "environments.yaml");
  writeFileSync(declared, JSON.stringify({ environments }));

  // What the cluster holds instead: other values, last-applied annotations, variables with the values pasted in.
  const person = { fieldManager: "kubectl-edit", force: true };
  const here = (one: object): KubeObject => {
    const { metadata, ...rest } = one as KubeObject;
    return { ...rest, metadata: { ...metadata, namespace: "default" } } as KubeObject;
  };
  for (const namespace of ["synced", "chart"])
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, person);
  for (const [at, values] of tens(900, 1000).entries())
    await cluster.apply(here(secret(`data-${at}`, { data: keyed(values, base64) })), person);
  for (const [at, values] of tens(800, 900).entries()) {
    const former = secret(`text-${at}`, { data: keyed(values, base64), stringData: keyed(values) });
    const annotations = { [LAST_APPLIED]: JSON.stringify(former) };
    await cluster.apply(
      here({ ...secret(`text-${at}`, {}), metadata: { name: `text-${at}`, annotations } }),
      person,
    );
  }
  for (const [at, values] of tens(600, 800).entries()) {
    const env = values.map((value, index) => ({ name: `V${index}`, value }));
    const args = values.flatMap((value) => [
      `--password=${value}`,
      `https://user:${encodeURIComponent(value)}@host/?q=${encodeURIComponent(value)}`,
    ]);
    await cluster.apply(here(deployment(at, [...env, { name: "K0", value: values[0] }], args)), person);
  }

  const settings = {
    PLUMBLINE_URL: server.url,
    PLUMBLINE_TOKEN: "test-token",
    PLUMBLINE_ENVIRONMENTS_FILE: declared,
    PLUMBLINE_DATA_DIR: join(folder, "agent"),
    PLUMBLINE_LOG_LEVEL: "trace",
    PLUMBLINE_HELM: engines.helm,
    PLUMBLINE_KUBECTL: engines.kubectl,
    KUBECONFIG: kubernetes.kubeconfigPath,
  };
  const agent = await startAgent(readConfig(settings), { writeLog: (line) => void logs.push(line) });
  closing.push(() => agent.stop());
  const resources = (name: string) => [...(server.state.environments.get(name)?.resources.values() ?? [])];
  const all = (name: string, count: number) =>
    resources(name).length === count && resources(name).every(({ sync }) => sync === "Synced");
  await eventually(() => all("synced", 90) && all("chart", 1), 120_000);
  await eventually(
    () => resources("observed").filter(({ sync }) => sync === "Modified").length >= 30,
    60_000,
  );

  // Errors that quote: YAML that breaks beside a value, an object that the API server refuses, a template that fails.
  const spoilt: Record<string, string>[] = [
    {
      "app/bad.yaml": `apiVersion: v1\nkind: Secret\nstringData:\n  a: ${canaries[300]}\n  b: [${canaries[1]}\n`,
    },
    { "app/bad.yaml": JSON.stringify(secret("refused", { data: { k: `!${canaries[2]}!` } })) },
    { "app/bad.yaml": JSON.stringify({ ...secret("typed", {}), stringData: { k: [canaries[303]] } }) },
    { "chart/templates/fail.yaml": '{{ fail (printf "no: %s" .Values.credentials.k7) }}\n' },
  ];
  for (const [at, change] of spoilt.entries()) {
    const revision = git.commit(change, `Bad ${at}`);
    const name = at === 3 ? "chart" : "synced";
    await eventually(() => {
      const { problem, head, comparedRevision } = server.state.environments.get(name)?.report ?? {};
      return head?.revision === revision && (problem || comparedRevision === revision);
    }, 60_000);
  }
  await agent.stop();
  const said = [...server.state.bodies, ...server.state.manifests.values(), ...logs].join("\n");
  expect(said).toContain("from-values");
  expect(survivors(said)).toEqual([]);

  const work = join(folder, "cli");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(work, name, ".."), { recursive: true });
    writeFileSync(join(work, name), text);
  }
  const live = { message: canaries[0], reason: canaries[301], type: "Ready", status: "False" };
  const thing = { apiVersion: "x.example.com/v1", kind: "Thing", metadata: { name: "t" } };
  const quoted = { ...thing, status: { conditions: [live] } };
  writeFileSync(
    join(work, "objects.jsonl"),
    [...plain, ...strings, quoted].map((one) => JSON.stringify(one)).join("\n"),
  );
  mkdirSync(join(work, "bad"));
  writeFileSync(join(work, "bad", "a.yaml"), `${spoilt[0]?.["app/bad.yaml"]}`);
  const runs: [string[], number][] = [
    [["diff", join(work, "app")], 1],
    [["diff", join(work, "app"), "-o", "json"], 1],
    [["diff", join(work, "chart"), "--additions"], 1],
    [["render", join(work, "app")], 0],
    [["render", join(work, "app"), "-o", "json"], 0],
    [["render", join(work, "chart")], 0],
    [["render", join(work, "bad")], 2],
    [["diff", join(work, "bad")], 2],
    [["health", "-f", join(work, "objects.jsonl")], 0],
  ];
  for (const [args, code] of runs) {
    const ran = await plumb(args, settings);
    expect([args.join(" "), ran.code], ran.output.slice(-300)).toEqual([args.join(" "), code]);
    expect([args.join(" "), survivors(ran.output)]).toEqual([args.join(" "), []]);
  }
});

it("and the test would see one that is", () => {
  for (const index of [4, 77, 999])
    for (const form of written(canary(index))) expect(survivors(`x${form}y`)).toEqual([canary(index)]);
});

function plumb(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const program = fileURLToPath(new URL("./cli/plumb.js", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output += chunk;
    });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}
