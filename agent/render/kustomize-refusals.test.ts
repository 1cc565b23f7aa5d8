import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureEngines } from "../../scripts/engines/engines.ts";
import { StageError } from "../errors.ts";
import type { RendererOptions } from "./index.ts";
import { openTestRepository } from "./test-repository.ts";

let engines: RendererOptions["engines"];
let repository: ReturnType<typeof openTestRepository>;
beforeAll(async () => {
  engines = await ensureEngines(() => {});
});
beforeEach(() => {
  repository = openTestRepository(engines);
});
afterEach(() => repository.remove());

const deployment =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - {name: web, image: web:1}\n";
const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: canary-one}\n";

async function failure(work: Promise<unknown>): Promise<StageError> {
  const error = await work.then(
    (rendered) => rendered,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StageError);
  return error as StageError;
}

describe("what a kustomization may not do", () => {
  test.each([
    [
      "a remote resource",
      { "kustomization.yaml": "resources: ['https://example.com/x.yaml']\n" },
      "RemoteBase",
      /https:\/\/example\.com\/x\.yaml/,
    ],
    [
      "a Git base",
      { "kustomization.yaml": "resources: [github.com/org/repo//base?ref=v1]\n" },
      "RemoteBase",
      /github\.com/,
    ],
    [
      "an ssh base",
      { "kustomization.yaml": "bases: ['git@example.com:org/repo.git']\n" },
      "RemoteBase",
      /git@example/,
    ],
    [
      "a credential in an address",
      { "kustomization.yaml": "resources: ['https://u:canary@example.com/x']\n" },
      "RemoteBase",
      /https:\/\/example/,
    ],
    [
      "a remote patch",
      { "kustomization.yaml": "patches: [{path: 'http://example.com/p.yaml'}]\n" },
      "RemoteBase",
      /./,
    ],
    [
      "a remote file of a generator",
      { "kustomization.yaml": "configMapGenerator: [{name: x, files: ['k=https://example.com/f']}]\n" },
      "RemoteBase",
      /./,
    ],
    [
      "a remote base of a base",
      {
        "kustomization.yaml": "resources: [b]\n",
        "b/kustomization.yaml": "components: ['https://example.com/c']\n",
      },
      "RemoteBase",
      /b\/kustomization\.yaml/,
    ],
    [
      "Helm inflation",
      { "kustomization.yaml": "helmCharts: [{name: x, repo: 'https://example.com'}]\n" },
      "HelmInKustomization",
      /./,
    ],
    [
      "Helm inflation by a generator",
      {
        "kustomization.yaml": "generators: [g.yaml]\n",
        "g.yaml": "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}\n",
      },
      "HelmInKustomization",
      /./,
    ],
    [
      "a program as a generator",
      {
        "kustomization.yaml": "generators: [g.yaml]\n",
        "g.yaml":
          "apiVersion: x/v1\nkind: X\nmetadata: {name: x, annotations: {config.kubernetes.io/function: '{exec: {path: ./x.sh}}'}}\n",
      },
      "KustomizeFailed",
      /plugin|function/,
    ],
    [
      "a base outside",
      { "kustomization.yaml": "resources: [../../../etc]\n" },
      "PathOutsideRepository",
      /etc/,
    ],
    ["an absolute base", { "kustomization.yaml": "resources: [/etc]\n" }, "PathOutsideRepository", /etc/],
    [
      "a linked file outside",
      { "kustomization.yaml": "resources: [x.yaml]\n", "x.yaml": "-> /etc/hostname" },
      "PathOutsideRepository",
      /x\.yaml/,
    ],
    [
      "a generator's linked file",
      { "kustomization.yaml": "secretGenerator: [{name: x, files: [x]}]\n", x: "-> ../../../etc/passwd" },
      "PathOutsideRepository",
      /x is a symbolic link/,
    ],
    [
      "two kustomizations in one folder",
      { "kustomization.yaml": "{}", Kustomization: "{}" },
      "KustomizeFailed",
      /more than one/,
    ],
    [
      "a base without kustomization",
      { "kustomization.yaml": "resources: [b]\n", "b/x.yaml": deployment },
      "KustomizationMissing",
      /b, named in kustomization\.yaml/,
    ],
  ])("%s", async (_, files, reason, message) => {
    repository.write(files as unknown as Record<string, string>);
    const error = await failure(repository.render("."));
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("canary");
  });

  test("two overlays of one base in a plain directory, whose objects are the same", async () => {
    const overlay = "resources: [../../base]\n";
    repository.write({
      "base/kustomization.yaml": "resources: [s.yaml]\n",
      "base/s.yaml": secret,
      "all/a/kustomization.yaml": overlay,
      "all/b/kustomization.yaml": overlay,
    });
    const error = await failure(repository.render("all"));
    expect(error.reason).toBe("DuplicateObject");
    expect(error.message).toBe(
      "Secret s stands twice in desired state: base/s.yaml:1 is included two times; remove one of them.",
    );
  });

  test("a failure names its file, and line where it is known, in a sentence", async () => {
    repository.write({ "o/kustomization.yaml": "resources: [s.yaml, s.yaml]\n", "o/s.yaml": secret });
    const twice = await failure(repository.render("o"));
    expect(twice.message).toBe(
      "Kustomize cannot render o/kustomization.yaml: merging resources from 's.yaml': may not add resource with an already registered id: Secret.v1.[noGrp]/s.[noNs].",
    );
    expect(twice.at.file).toBe("o/s.yaml");
    repository.write({ "o/kustomization.yaml": "resources: [s.yaml]\nbogus: 1\n" });
    expect((await failure(repository.render("o"))).message).toContain('unknown field "bogus"');
    repository.write({
      "o/kustomization.yaml": "resources: [s.yaml]\n",
      "o/s.yaml": `${secret}x: [canary-four\n`,
    });
    expect((await failure(repository.render("o"))).message).toMatch(/^o\/s\.yaml:\d+:\d+: /);
  });

  test("no failure quotes the value of a Secret", async () => {
    const patches = [
      'patches: [{target: {kind: Secret}, patch: \'[{"op": "test", "path": "/stringData/password", "value": "canary-five"}]\'}]',
      "secretGenerator: [{name: x, literals: [canary-six]}]",
      "labels: [{pairs: {yes: 'x'}}]",
      "secretGenerator: [{name: x, envs: [e.env]}]",
      "patchesStrategicMerge: ['{apiVersion: v1, kind: Secret, metadata: {name: other}, stringData: {password: canary-seven}}']",
      "replacements: [{source: {kind: Secret, fieldPath: stringData.password}, targets: [{select: {kind: Secret}, fieldPaths: [canary.nowhere]}]}]",
    ];
    for (const patch of patches) {
      repository.write({
        "kustomization.yaml": `resources: [s.yaml]\n${patch}\n`,
        "s.yaml": secret,
        "e.env": "a=canary-eight\na=canary-nine\n",
      });
      const error = await failure(repository.render("."));
      expect([patch, error.reason]).toEqual([patch, "KustomizeFailed"]);
      expect(error.message.replace("canary.nowhere", "")).not.toContain("canary");
    }
  });

  test("an engine that hangs or floods is stopped with all it started", async () => {
    const stuck = join(repository.place, "stuck");
    writeFileSync(stuck, `#!/bin/sh\n/bin/sleep 600 &\necho $! > ${repository.place}/child\nwait\n`, {
      mode: 0o755,
    });
    repository.write({ "kustomization.yaml": "{}" });
    const timeout = await failure(
      repository.render(
        ".",
        {},
        { engines: { helm: "x", kubectl: `${stuck}` }, limits: { timeoutMs: 2000 } },
      ),
    );
    expect(timeout.reason).toBe("RenderTimeout");
    const pid = Number(readFileSync(join(repository.place, "child"), "utf8"));
    await expect
      .poll(() => existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(" Z "), {
        timeout: 10_000,
      })
      .toBe(false);
    const flood = join(repository.place, "flood");
    writeFileSync(flood, "#!/bin/sh\nwhile :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaa; done\n", { mode: 0o755 });
    const large = await failure(
      repository.render(
        ".",
        {},
        { engines: { helm: "x", kubectl: flood }, limits: { maxOutputBytes: 10_000 } },
      ),
    );
    expect(large.reason).toBe("OutputTooLarge");
    const missing = await failure(
      repository.render(".", {}, { engines: { helm: "x", kubectl: "/nonexistent/kubectl" } }),
    );
    expect(missing.reason).toBe("EngineMissing");
  });
});
