import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureEngines } from "../../scripts/engines/engines.ts";
import { StageError } from "../errors.ts";
import { helmIgnore } from "./helm-ignore.ts";
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

const configMap = (name: string, more = "") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
const hooked = (hook: string) =>
  `---\n${configMap(`hook-${hook.replaceAll(",", "-")}`, `  annotations: {helm.sh/hook: "${hook}"}\n`)}`;

const CHART = {
  "charts/web/Chart.yaml": "apiVersion: v2\nname: website\nversion: 1.0.0\n",
  "charts/web/values.yaml": "greeting: hello\nplace: world\n",
  "charts/web/crds/crd.yaml":
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n",
  "charts/web/templates/_names.tpl": '{{ define "name" }}{{ .Release.Name }}-web{{ end }}',
  "charts/web/templates/a.yaml": configMap(
    '{{ include "name" . }}',
    "  namespace: {{ .Release.Namespace }}\ndata:\n  text: {{ .Values.greeting }} {{ .Values.place }}\n  kube: {{ .Capabilities.KubeVersion.Minor | quote }}\n",
  ),
};

async function failure(work: Promise<unknown>): Promise<StageError> {
  const error = await work.then(
    (rendered) => rendered,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StageError);
  return error as StageError;
}

describe("a chart", () => {
  test("renders with its values, the declared files and the declared values, in that order", async () => {
    repository.write({ ...CHART, "values/production.yaml": "greeting: good day\nplace: town\n" });
    const helm = { valuesFiles: ["values/production.yaml"], values: { place: "moon" }, releaseName: "site" };
    const rendered = await repository.render(
      "charts/web",
      { helm, namespace: "prod" },
      { helm: { kubeVersion: "1.31.0" } },
    );
    expect(rendered.renderer).toBe("helm");
    expect(summary(rendered)).toEqual([
      "CustomResourceDefinition things.example.com charts/web/crds/crd.yaml",
      "ConfigMap site-web charts/web/templates/a.yaml",
    ]);
    expect(rendered.objects[1]?.object).toMatchObject({
      metadata: { namespace: "prod" },
      data: { text: "good day moon", kube: "31" },
    });
    expect(rendered.inputs).toEqual([...Object.keys(CHART), "values/production.yaml"].sort());
    expect(
      readdirSync(join(repository.cacheDir, "work")).filter((name) => /^(build|helm)-\w{6}$/.test(name)),
    ).toEqual([]);
  });

  test("is named after the environment, and another value is another rendering", async () => {
    repository.write(CHART);
    const first = await repository.render("charts/web");
    expect(first.objects[1]?.object).toMatchObject({
      metadata: { name: "production-web" },
      data: { text: "hello world" },
    });
    const second = await repository.render("charts/web", { helm: { values: { greeting: "bye" } } });
    expect(second.objects[1]?.object).toMatchObject({ data: { text: "bye world" } });
    expect(await repository.render("charts/web")).toEqual(first);
  });

  test("brings its vendored dependencies, as folder or as archive", async () => {
    repository.write({
      ...CHART,
      "charts/web/Chart.yaml": `${CHART["charts/web/Chart.yaml"]}dependencies:\n- {name: sub, version: 1.0.0, repository: "https://example.com"}\n- {name: packed, version: 2.0.0, repository: "https://example.com"}\n`,
      "charts/web/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
      "charts/web/charts/sub/templates/s.yaml": configMap("sub"),
    });
    const build = join(repository.place, "packed");
    mkdirSync(build);
    const packed = openTestRepository(engines);
    packed.write({
      "packed/Chart.yaml": "apiVersion: v2\nname: packed\nversion: 2.0.0\n",
      "packed/templates/p.yaml": configMap("packed"),
    });
    execFileSync("tar", [
      "-czf",
      join(repository.directory, "charts/web/charts/packed-2.0.0.tgz"),
      "-C",
      packed.directory,
      "packed",
    ]);
    packed.remove();
    rmSync(build, { recursive: true });
    expect(summary(await repository.render("charts/web")).sort()).toEqual([
      "ConfigMap packed charts/web/charts/packed-2.0.0.tgz",
      "ConfigMap production-web charts/web/templates/a.yaml",
      "ConfigMap sub charts/web/charts/sub/templates/s.yaml",
      "CustomResourceDefinition things.example.com charts/web/crds/crd.yaml",
    ]);
  });

  test("leaves out hooks that test, delete or roll back, and keeps those that install", async () => {
    const hooks = [
      "test",
      "test-success",
      "pre-delete",
      "post-delete,post-rollback",
      "pre-install",
      "pre-delete,post-upgrade",
    ];
    repository.write({ ...CHART, "charts/web/templates/hooks.yaml": hooks.map(hooked).join("") });
    const names = (await repository.render("charts/web")).objects.map(({ object }) => object.metadata.name);
    expect(names.filter((name) => name.startsWith("hook-")).sort()).toEqual([
      "hook-pre-delete-post-upgrade",
      "hook-pre-install",
    ]);
  });

  test("does not count what .helmignore leaves out", async () => {
    repository.write({
      ...CHART,
      "charts/web/.helmignore": "*.md\nci/\n",
      "charts/web/README.md": "x",
      "charts/web/ci/x.yaml": "x",
      "charts/web/files/a.txt": "x",
    });
    expect((await repository.render("charts/web")).inputs).toEqual(
      [...Object.keys(CHART), "charts/web/.helmignore", "charts/web/files/a.txt"].sort(),
    );
  });
});

describe("what goes wrong in a chart", () => {
  test("a dependency that is not vendored", async () => {
    repository.write({
      ...CHART,
      "charts/web/Chart.yaml": `${CHART["charts/web/Chart.yaml"]}dependencies:\n- {name: redis, version: 1.0.0, repository: "https://example.com"}\n`,
    });
    const error = await failure(repository.render("charts/web"));
    expect(error.reason).toBe("MissingDependency");
    expect(error.message).toBe(
      'The chart charts/web needs redis, which is not in its charts/ directory; run "helm dependency build" and commit charts/.',
    );
  });

  test.each([
    ["a template that does not parse", "a: {{ .Values.x\n", /unclosed action/, 2],
    ["a value that is not there", "\na: {{ .Values.x.y.z }}\n", /nil pointer/, 2],
    ["a template that refuses", '{{ fail "set a host" }}', /set a host/, 1],
    ["a template that is not YAML", 'a: b\n  c: "x', /YAML parse error/, undefined],
  ])("%s, by the repository's file name and line", async (_, template, message, line) => {
    repository.write({ ...CHART, "charts/web/templates/b.yaml": template });
    const error = await failure(repository.render("charts/web"));
    expect(error.reason).toBe("HelmFailed");
    expect(error.message).toMatch(message);
    expect(error.message).toContain("charts/web/templates/b.yaml");
    expect(error.at.file).toBe("charts/web/templates/b.yaml");
    expect(error.at.line).toBe(line);
  });

  test("values that the chart's schema refuses, by their path", async () => {
    const schema = JSON.stringify({
      $schema: "http://json-schema.org/draft-07/schema#",
      properties: { port: { type: "integer" } },
    });
    repository.write({ ...CHART, "charts/web/values.schema.json": schema });
    const error = await failure(repository.render("charts/web", { helm: { values: { port: "canary" } } }));
    expect(error.reason).toBe("HelmFailed");
    expect(error.message).toMatch(/\/port.*want integer/);
    expect(error.message).not.toContain("canary");
  });

  test("rendered objects without a name, by their template", async () => {
    repository.write({
      ...CHART,
      "charts/web/templates/b.yaml":
        "apiVersion: v1\nkind: Secret\nmetadata: {}\nstringData: {p: {{ .Values.greeting }}-canary}\n",
    });
    const error = await failure(repository.render("charts/web"));
    expect(error.reason).toBe("ObjectInvalid");
    expect(error.message).toMatch(/^charts\/web\/templates\/b\.yaml: the Secret there has no metadata\.name/);
    expect(error.at).toEqual({ file: "charts/web/templates/b.yaml" });
  });

  test.each([
    [{ valuesFiles: ["https://example.com/v.yaml"] }, "RemoteValues"],
    [{ valuesFiles: ["../v.yaml"] }, "PathOutsideRepository"],
    [{ valuesFiles: ["/etc/hostname"] }, "PathOutsideRepository"],
    [{ valuesFiles: ["link.yaml"] }, "PathOutsideRepository"],
    [{ valuesFiles: ["missing.yaml"] }, "PathNotFound"],
  ])("values files %j", async (helm, reason) => {
    repository.write({ ...CHART, "link.yaml": "-> /etc/hostname" });
    expect((await failure(repository.render("charts/web", { helm }))).reason).toBe(reason);
  });

  test("a link out of the repository, in the chart", async () => {
    repository.write({ ...CHART, "charts/web/files/x": "-> /etc/passwd" });
    const error = await failure(repository.render("charts/web"));
    expect(error.reason).toBe("PathOutsideRepository");
    expect(error.message).toContain("charts/web/files/x");
  });

  test("renderer helm without a chart", async () => {
    repository.write({ "a/x.yaml": configMap("x") });
    const error = await failure(repository.render("a", { renderer: "helm" }));
    expect(error.reason).toBe("PathNotFound");
    expect(error.message).toContain("a/Chart.yaml");
  });

  test("no failure quotes a value", async () => {
    const templates = [
      "{{ fail .Values.password }}",
      "{{ fail (b64enc .Values.password) }}",
      "{{ .Values.password.nested.deeper }}",
      "{{ required .Values.password nil }}",
      "{{ toYaml .Values | fail }}",
      "{{ int .Values.password | add .Values.password.x }}",
      "a: {{ .Values.password }}: [{{ .Values.password }}",
      "{{ .Values.password }}: x\n- {{ .Values.password }}",
      "apiVersion: v1\nkind: Secret\nstringData: {p: {{ .Values.password }}}",
      '{{ tpl (printf "{{ %s" .Values.password) . }}',
    ];
    for (const template of templates) {
      repository.write({
        ...CHART,
        "charts/web/templates/b.yaml": template,
        "v.yaml": "password: canary-file\n",
      });
      const inline = await failure(
        repository.render("charts/web", { helm: { values: { password: "canary-inline" } } }),
      );
      expect([template, inline.message]).toEqual([template, expect.not.stringMatching(/canary|Y2FuYX/)]);
      const file = await failure(repository.render("charts/web", { helm: { valuesFiles: ["v.yaml"] } }));
      expect([template, file.message]).toEqual([template, expect.not.stringMatching(/canary|Y2FuYX/)]);
    }
  });
});

test("a .helmignore is read as Helm reads it", () => {
  const ignored = helmIgnore("# comment\n*.tmp\n/top.txt\ndir/\na/*.yaml\n!keep.txt\n");
  const cases: [string, boolean, boolean][] = [
    ["x.tmp", false, true],
    ["deep/x.tmp", false, true],
    ["top.txt", false, true],
    ["dir", true, true],
    ["a/b.yaml", false, true],
  ];
  for (const [path, directory, expected] of cases)
    expect([path, ignored(path, directory)]).toEqual([path, expected]);
  const plain = helmIgnore("*.tmp\n/top.txt\ndir/\n");
  for (const path of ["deep/top.txt", "dir", "x.yaml", "templates/a.yaml"])
    expect([path, plain(path, false)]).toEqual([path, false]);
  expect(plain("templates/.swp", false)).toBe(true);
});
