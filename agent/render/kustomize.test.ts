import { readdirSync, readFileSync, writeFileSync } from "node:fs";
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
