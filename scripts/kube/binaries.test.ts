import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Environment } from "../engines/cache-folder.ts";
import { ensureKubeBinaries, findKubeBinaries } from "./binaries.ts";

const all = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];
let folder: string;
let env: Environment;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-binaries-"));
  env = {
    ...process.env,
    KUBEBUILDER_ASSETS: join(folder, "assets"),
    PLUMBLINE_CACHE: join(folder, "cache"),
  };
  env.PATH = join(folder, "bin");
  mkdirSync(join(folder, "assets"));
  mkdirSync(join(folder, "bin"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function executable(path: string, script = "") {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Stands in for Go: "builds" a file at what follows -o, and notes each call. */
function fakeGo(script = ":") {
  const copy = `while [ "$1" != "-o" ]; do shift; done; echo "$3" >> ${folder}/calls; ${script}; printf '#!/bin/sh\\n' > "$2"; /bin/chmod 755 "$2"`;
  executable(join(folder, "bin", "go"), copy);
}

const log = () => undefined;

describe("the binaries of the control plane", () => {
  test("are those of KUBEBUILDER_ASSETS when it holds them all", () => {
    for (const name of all) executable(join(folder, "assets", name));
    expect(Object.values(findKubeBinaries(env) ?? {})).toEqual(
      all.map((name) => join(folder, "assets", name)),
    );
  });

  test("are not found when one is missing, or may not be executed", () => {
    for (const name of all) executable(join(folder, "assets", name));
    chmodSync(join(folder, "assets", "kwok"), 0o644);
    expect(findKubeBinaries(env)).toBeUndefined();
  });

  test("are built only where KUBEBUILDER_ASSETS lacks them, and once for two callers at a time", async () => {
    fakeGo();
    for (const name of ["etcd", "kube-apiserver"]) executable(join(folder, "assets", name));
    const [first, second] = await Promise.all([ensureKubeBinaries(log, env), ensureKubeBinaries(log, env)]);
    expect(first).toEqual(second);
    expect(first.etcd).toBe(join(folder, "assets", "etcd"));
    expect(first.kwok).toContain(join(folder, "cache"));
    expect(readFileSync(join(folder, "calls"), "utf8").trim().split("\n")).toEqual([
      "k8s.io/kubernetes/cmd/kube-controller-manager",
      "k8s.io/kubernetes/cmd/kube-scheduler",
      "sigs.k8s.io/kwok/cmd/kwok",
    ]);
  });

  test("that are missing without Go are named, with both ways out", async () => {
    executable(join(folder, "assets", "etcd"));
    const attempt = ensureKubeBinaries(log, env);
    await expect(attempt).rejects.toThrow(
      /: kube-apiserver, .*kwok would .* Go was not found.*install Go.*KUBEBUILDER_ASSETS/,
    );
  });

  test("report what Go said when a build fails, and leave nothing half built", async () => {
    fakeGo("echo 'no such module' >&2; exit 1");
    await expect(ensureKubeBinaries(log, env)).rejects.toThrow(/go build .*no such module/s);
    const [key] = readdirSync(join(folder, "cache", "kube"));
    expect(readdirSync(join(folder, "cache", "kube", key!))).toEqual([]);
  });
});
