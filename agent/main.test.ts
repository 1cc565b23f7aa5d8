import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { startFakeKubernetes } from "../e2e/fakes/kubernetes/start.ts";
import { freePort } from "../scripts/processes/ports.ts";
import { eventually, startTestControlPlane } from "./test-control-plane.ts";
import { startGitServer } from "./test-git-server.ts";

const program = fileURLToPath(new URL("./main.ts", import.meta.url));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function run(env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [program], {
    env: { NODE_ENV: "test", PATH: process.env.PATH ?? "", ...env },
  });
  let output = "";
  const listen = (chunk: Buffer) => {
    output += chunk.toString("utf8");
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  closing.push(() => child.kill("SIGKILL") && ended);
  return { child, ended, output: () => output };
}

it("without settings it names all that are missing, and exits 2", async () => {
  const { ended, output } = run({});
  expect(await ended).toBe(2);
  for (const name of [
    "PLUMBLINE_URL",
    "PLUMBLINE_TOKEN",
    "PLUMBLINE_ENVIRONMENTS_FILE",
    "PLUMBLINE_DATA_DIR",
  ])
    expect(output()).toContain(name);
});

it("killed while the control plane is away, it tells after its return what happened before; told to stop, it exits 0", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-main-"));
  const kubernetes = await startFakeKubernetes({ name: "test" });
  const git = await startGitServer(folder);
  const server = await startTestControlPlane();
  closing.push(kubernetes.stop, git.close, server.close);
  git.commit(
    { "app/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {color: blue}\n" },
    "First",
  );
  const environments = [
    { name: "production", repository: { url: git.url }, path: "app", mode: "sync", interval: "300ms" },
  ];
  writeFileSync(join(folder, "environments.yaml"), JSON.stringify({ environments }));
  const port = await freePort();
  const env = {
    PLUMBLINE_URL: server.url,
    PLUMBLINE_TOKEN: "test-token",
    PLUMBLINE_ENVIRONMENTS_FILE: join(folder, "environments.yaml"),
    PLUMBLINE_DATA_DIR: join(folder, "agent"),
    PLUMBLINE_HEALTH_PORT: String(port),
    KUBECONFIG: kubernetes.kubeconfigPath,
  };
  const statusOf = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then(({ status }) => status);

  server.state.failing = { status: 503, body: "" };
  const first = run(env);
  const waiting = () =>
    readFileSync(join(folder, "agent", "outbox", "reports.log"), "utf8")
      .split("\n")
      .filter((line) => line.includes(" production."));
  await eventually(() => first.output().includes('"outcome":"succeeded"') && waiting().length > 0);
  expect([await statusOf("/healthz"), await statusOf("/readyz"), await statusOf("/")]).toEqual([
    200, 200, 404,
  ]);
  await eventually(() => waiting().length >= 2);
  first.child.kill("SIGKILL");
  await first.ended;
  server.state.failing = null;

  const second = run(env);
  await eventually(
    () =>
      server.state.environments.get("production")?.report.problem === null && server.state.syncs.size === 1,
  );
  expect([...server.state.syncs.values()]).toMatchObject([{ trigger: "start", outcome: "succeeded" }]);
  second.child.kill("SIGTERM");
  expect(await second.ended).toBe(0);
  expect(second.output()).toContain("agent stopped");
});
