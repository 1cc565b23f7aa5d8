import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureEngines } from "../../scripts/engines/engines.ts";
import { StageError } from "../errors.ts";
import type { RendererOptions } from "./index.ts";
import { openTestRepository, summary } from "./test-repository.ts";

let engines: RendererOptions["engines"];
let repository: ReturnType<typeof openTestRepository>;
beforeAll(async () => {
  engines = await ensureEngines(() => {});
}, 60_000);
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

const KITCHEN = {
  "base/kustomization.yaml":
    "resources: [deployment.yaml, crd.yaml]\ncrds: [crd-schema.json]\nconfigurations: [names.yaml]\n",
  "base/deployment.yaml": deployment,
  "base/crd.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: thing}\n",
  "base/crd-schema.json": "{}",
  "base/names.yaml": "namePrefix: [{path: metadata/name}]\n",
  "component/kustomization.yml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: replicas.yaml}]\n",
  "component/replicas.yaml":
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n",
  "production/Kustomization": [
    "namePrefix: prod-",
    "namespace: prod",
    "resources: [../base, account.yaml, ../loose.yaml]",
    "components: [../component]",
    "configMapGenerator:",
    "- {name: settings, files: [a.txt, key=b.txt], envs: [c.env], literals: [X=y]}",
    "secretGenerator:",
    "- {name: secret, files: [password.txt], literals: [token=canary-two]}",
    "patchesStrategicMerge:",
    "- image.yaml",
    "- |-",
    "  apiVersion: apps/v1",
    "  kind: Deployment",
    "  metadata: {name: web, annotations: {inline: 'yes'}}",
    "patchesJson6902:",
    "- {path: label.json, target: {group: apps, version: v1, kind: Deployment, name: web}}",
    "replacements: [{path: replacement.yaml}]",
    "transformers:",
    "- transformer.yaml",
    "- |-",
    "  apiVersion: builtin",
    "  kind: AnnotationsTransformer",
    "  metadata: {name: x}",
    "  annotations: {team: web}",
    "  fieldSpecs: [{path: metadata/annotations, create: true}]",
    "generators: [../generators]",
    "",
  ].join("\n"),
  "production/account.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n",
  "loose.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: loose}\n",
  "production/a.txt": "a",
  "production/b.txt": "b",
  "production/c.env": "C=c\n",
  "production/password.txt": "canary-three",
  "production/image.yaml":
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: 'web:2'}]}}}\n",
  "production/label.json": '[{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}]',
  "production/replacement.yaml":
    "source: {kind: ServiceAccount, name: web, fieldPath: metadata.name}\ntargets:\n- {select: {kind: Deployment}, fieldPaths: [spec.template.spec.serviceAccountName], options: {create: true}}\n",
  "production/transformer.yaml":
    "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: p}\npath: by-transformer.yaml\ntarget: {kind: Deployment}\n",
  "production/by-transformer.yaml": '[{"op": "add", "path": "/spec/paused", "value": true}]',
  "generators/kustomization.yaml": "resources: [generator.yaml]\n",
  "generators/generator.yaml":
    "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: made}\nliterals: [m=1]\n",
};

describe("a kustomization", () => {
  test("renders, and its inputs are exactly the files that any of its fields refer to", async () => {
    repository.write({
      ...KITCHEN,
      "production/unused.yaml": deployment,
      "base/README.md": "x",
      "other/x.yaml": "x",
    });
    const rendered = await repository.render("production");
    expect(rendered.renderer).toBe("kustomize");
    expect(rendered.inputs).toEqual(Object.keys(KITCHEN).sort());
    const web = rendered.objects.find(({ object }) => object.kind === "Deployment")!;
    expect(web.source).toEqual({ file: "base/deployment.yaml", line: 1 });
    expect(web.object).toMatchObject({
      metadata: {
        name: "prod-web",
        namespace: "prod",
        labels: { a: "b" },
        annotations: { inline: "yes", team: "web" },
      },
      spec: {
        replicas: 3,
        paused: true,
        template: { spec: { serviceAccountName: "prod-web", containers: [{ image: "web:2" }] } },
      },
    });
    expect(Object.keys(web.object.metadata.annotations ?? {}).sort()).toEqual(["inline", "team"]);
    const settings = rendered.objects.find(({ object }) =>
      object.metadata.name.startsWith("prod-settings-"),
    )!;
    expect(settings.object.data).toEqual({ "a.txt": "a", key: "b", C: "c", X: "y" });
    expect(settings.source).toEqual({ file: "production/Kustomization" });
  });

  test("each input of which is needed: without it, there is no rendering", async () => {
    const inputs = [
      "base/crd.yaml",
      "component/replicas.yaml",
      "production/c.env",
      "production/label.json",
      "production/by-transformer.yaml",
      "generators/generator.yaml",
      "base/names.yaml",
    ];
    for (const input of inputs) {
      repository.write(KITCHEN);
      writeFileSync(join(repository.directory, input), "");
      const { [input as keyof typeof KITCHEN]: _, ...others } = KITCHEN;
      const fresh = openTestRepository(engines);
      fresh.write(others);
      const error = await failure(fresh.render("production"));
      expect([input, error.reason, error.message.includes(input)]).toEqual([input, "PathNotFound", true]);
      fresh.remove();
    }
  });

  test("keeps its own origin annotations, and leaves none behind that it did not ask for", async () => {
    repository.write({
      "kustomization.yaml": "resources: [d.yaml]\nbuildMetadata: [originAnnotations]\n",
      "d.yaml": deployment,
    });
    const [own] = (await repository.render(".")).objects;
    expect(own?.object.metadata.annotations).toHaveProperty(["config.kubernetes.io/origin"]);
    repository.write({ "kustomization.yaml": "# mine\nresources:\n- d.yaml\n" });
    const [without] = (await repository.render(".")).objects;
    expect(without?.object.metadata).toEqual({ name: "web" });
    expect(readFileSync(join(repository.directory, "kustomization.yaml"), "utf8")).toBe(
      "# mine\nresources:\n- d.yaml\n",
    );
  });

  test("may load from anywhere in the repository, through links too", async () => {
    repository.write({
      "a/kustomization.yaml": "resources: [../shared/d.yaml, link, linked.yaml]\n",
      "a/link": "-> ../real",
      "a/linked.yaml": "-> ../real/other.yaml",
      "real/kustomization.yaml": "resources: [s.yaml]\n",
      "real/s.yaml": secret,
      "real/other.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: o}\n",
      "shared/d.yaml": deployment,
    });
    const rendered = await repository.render("a");
    expect(rendered.objects.map(({ object }) => object.kind).sort()).toEqual([
      "ConfigMap",
      "Deployment",
      "Secret",
    ]);
    expect(rendered.inputs).toEqual([
      "a/kustomization.yaml",
      "a/link",
      "a/linked.yaml",
      "real/kustomization.yaml",
      "real/other.yaml",
      "real/s.yaml",
      "shared/d.yaml",
    ]);
  });

  test("inside a directory of plain YAML is built as a unit", async () => {
    repository.write({
      "c/a.yaml": deployment,
      "c/k/kustomization.yaml": "namePrefix: x-\nresources: [s.yaml]\n",
      "c/k/s.yaml": secret,
    });
    expect(summary(await repository.render("c"))).toEqual([
      "Deployment web c/a.yaml:1",
      "Secret x-s c/k/s.yaml:1",
    ]);
  });

  test("is built once for the same inputs, also after a restart and for another revision", async () => {
    repository.write({ "kustomization.yaml": "resources: [d.yaml]\n", "d.yaml": deployment });
    const first = await repository.render(".");
    writeFileSync(join(repository.directory, "unrelated.txt"), "x");
    const limits = { timeoutMs: 1 };
    expect(await repository.render(".", {}, { limits })).toEqual(first);
    writeFileSync(join(repository.directory, "d.yaml"), deployment.replace("web:1", "web:2"));
    expect((await failure(repository.render(".", {}, { limits }))).reason).toBe("RenderTimeout");
    expect(
      readdirSync(join(repository.cacheDir, "work")).filter((name) => /^(build|helm)-\w{6}$/.test(name)),
    ).toEqual([]);
  });
});

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
      .poll(() => existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(" Z "))
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
