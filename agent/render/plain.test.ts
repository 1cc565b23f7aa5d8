import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StageError } from "../errors.ts";
import { openTestRepository, summary } from "./test-repository.ts";

const engines = { helm: "/nonexistent/helm", kubectl: "/nonexistent/kubectl" };
const configMap = (name: string, more = "") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
let repository: ReturnType<typeof openTestRepository>;

beforeEach(() => {
  repository = openTestRepository(engines);
});
afterEach(() => repository.remove());

async function failure(work: Promise<unknown>): Promise<StageError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StageError);
  expect((error as StageError).stage).toBe("render");
  return error as StageError;
}

describe("a directory of plain YAML", () => {
  test("gives the objects of all its files in file order, with file and line", async () => {
    repository.write({
      "app/b.yml": configMap("b"),
      "app/a.yaml": `# first\n---\n${configMap("a1")}---\n\n---\n${configMap("a2")}`,
      "app/deep/er/c.json": JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } }),
      "app/.hidden.yaml": "not: kubernetes",
      "app/.git-crypt/x.yaml": "not: kubernetes",
      "app/README.md": "words",
      "app/empty.yaml": "# nothing\n---\n",
      "other/d.yaml": configMap("d"),
    });
    const rendered = await repository.render("app");
    expect(summary(rendered)).toEqual([
      "ConfigMap a1 app/a.yaml:3",
      "ConfigMap a2 app/a.yaml:10",
      "ConfigMap b app/b.yml:1",
      "ConfigMap c app/deep/er/c.json:1",
    ]);
    expect(rendered.inputs).toEqual(["app/a.yaml", "app/b.yml", "app/deep/er/c.json", "app/empty.yaml"]);
    expect(rendered.renderer).toBe("yaml");
  });

  test("takes List kinds apart, typed ones too", async () => {
    const items = `items:\n- ${configMap("a").replaceAll("\n", "\n  ")}\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Secret, metadata: {name: s}}\n`;
    repository.write({
      "l.yaml": `apiVersion: v1\nkind: List\n${items}---\napiVersion: v1\nkind: SecretList\nitems: [{metadata: {name: t}}]\n`,
    });
    const rendered = await repository.render(".");
    expect(summary(rendered)).toEqual(["ConfigMap a l.yaml:1", "Secret s l.yaml:1", "Secret t l.yaml:14"]);
    expect(rendered.objects[2]?.object.apiVersion).toBe("v1");
  });

  test("may be one file, or empty", async () => {
    repository.write({ "one/a.yaml": configMap("a"), "none/.gitkeep": "" });
    expect(summary(await repository.render("one/a.yaml"))).toEqual(["ConfigMap a one/a.yaml:1"]);
    expect((await repository.render("none")).objects).toEqual([]);
  });

  test("follows symbolic links that stay inside, and counts link and target as inputs", async () => {
    repository.write({
      "app/a.yaml": "-> ../shared/a.yaml",
      "app/more": "-> ../shared/more",
      "shared/a.yaml": configMap("a"),
      "shared/more/b.yaml": configMap("b"),
      current: "-> app",
    });
    const rendered = await repository.render("current");
    expect(summary(rendered)).toEqual(["ConfigMap a shared/a.yaml:1", "ConfigMap b shared/more/b.yaml:1"]);
    expect(rendered.inputs).toEqual([
      "app/a.yaml",
      "app/more",
      "current",
      "shared/a.yaml",
      "shared/more/b.yaml",
    ]);
  });

  test("takes a rounded number in a CustomResourceDefinition's schema, as the API server does", async () => {
    repository.write({
      "crd.yaml":
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\nspec: {maximum: 9223372036854775807}\n",
    });
    expect((await repository.render(".")).objects).toHaveLength(1);
  });
});

describe("what is refused, naming file and line", () => {
  test.each<[string, Record<string, string>, string, RegExp, { file: string; line?: number }]>([
    [
      "YAML that does not parse",
      { "a.yaml": "a: 1\nb: [1\nc: 2\n" },
      "YamlInvalid",
      /^a\.yaml:3:1: /,
      { file: "a.yaml", line: 3 },
    ],
    [
      "a values file",
      { "v.yaml": `${configMap("a")}---\n# x\nreplicas: 1\n` },
      "NotKubernetes",
      /^v\.yaml:7: .*apiVersion/,
      { file: "v.yaml", line: 7 },
    ],
    [
      "a document without kind",
      { "a.yaml": "apiVersion: v1\n" },
      "NotKubernetes",
      /has no kind/,
      { file: "a.yaml", line: 1 },
    ],
    ["a list", { "a.yaml": "- a\n" }, "NotKubernetes", /not a mapping/, { file: "a.yaml", line: 1 }],
    [
      "an object without a name",
      { "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {}\n" },
      "ObjectInvalid",
      /Pod there has no metadata\.name/,
      { file: "a.yaml", line: 1 },
    ],
    [
      "generateName",
      { "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}\n" },
      "ObjectInvalid",
      /generateName/,
      { file: "a.yaml", line: 1 },
    ],
    [
      "a name that is a number",
      { "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: 123}\n" },
      "ObjectInvalid",
      /quote/,
      { file: "a.yaml", line: 1 },
    ],
    [
      "a label that is a boolean",
      { "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: x, labels: {on: yes}}\n" },
      "ObjectInvalid",
      /label "true"/,
      { file: "a.yaml", line: 1 },
    ],
    [
      "a number that JSON would round",
      { "a.yaml": configMap("a", "spec: 9007199254740993\n") },
      "NumberTooLarge",
      /^a\.yaml:5: /,
      { file: "a.yaml", line: 5 },
    ],
    [
      "the same object twice",
      { "a.yaml": configMap("x"), "b.yaml": `\n${configMap("x")}` },
      "DuplicateObject",
      /a\.yaml:1 and in b\.yaml:2/,
      { file: "b.yaml", line: 2 },
    ],
    [
      "a chart inside",
      { "a.yaml": configMap("x"), "c/Chart.yaml": "name: c" },
      "NestedChart",
      /Helm chart/,
      { file: "c/Chart.yaml" },
    ],
  ])("%s", async (_, files, reason, message, at) => {
    repository.write(files);
    const error = await failure(repository.render("."));
    expect(error.reason).toBe(reason);
    expect(error.next).toBe("stalled");
    expect(error.message).toMatch(message);
    expect(error.at).toMatchObject(at);
  });

  test("the same object in the declared namespace by name and by default", async () => {
    repository.write({ "a.yaml": configMap("x"), "b.yaml": configMap("x", "  namespace: prod\n") });
    expect((await repository.render(".")).objects).toHaveLength(2);
    expect((await failure(repository.render(".", { namespace: "prod" }))).reason).toBe("DuplicateObject");
  });

  test("a path that is not there, with the revision", async () => {
    const error = await failure(repository.render("no/such"));
    expect(error.reason).toBe("PathNotFound");
    expect(error.message).toMatch(/^no\/such, .* does not exist at revision aaaaaaaaaaaa/);
  });

  test.each([
    ["dots", {}, "../outside", "../outside"],
    ["an absolute path", {}, "/etc", "/etc"],
    ["a link as the path", { app: "-> /etc" }, "app", "app"],
    ["a link on the way", { up: "-> ..", x: "" }, "up/repository", "up"],
    ["a linked file", { "app/a.yaml": "-> ../../../../etc/passwd" }, "app", "app/a.yaml"],
    ["a linked folder", { "app/a": "-> /etc" }, "app", "app/a"],
    ["a link to a link", { "app/a.yaml": "-> b", "app/b": "-> ../c", c: "-> ../secret" }, "app", "c"],
    ["a link to itself", { "app/a.yaml": "-> a.yaml" }, "app", "app/a.yaml"],
  ])("%s out of the repository", async (_, files, path, named) => {
    repository.write(files as Record<string, string>);
    const error = await failure(repository.render(path));
    expect(error.reason).toBe("PathOutsideRepository");
    expect(error.message).toContain(named);
    expect(error.message).not.toMatch(/passwd|secret|root:/);
  });

  test.each([
    ["a file", { maxFileBytes: 100 }, "FileTooLarge"],
    ["files", { maxFiles: 2 }, "TooManyFiles"],
    ["input", { maxInputBytes: 300 }, "TooMuchInput"],
    ["objects", { maxObjects: 2 }, "TooManyObjects"],
  ])("too much of %s", async (_, limits, reason) => {
    repository.write({
      "a.yaml": configMap("a", `data: {x: ${"y".repeat(100)}}\n`),
      "b.yaml": configMap("b"),
      "c.yaml": configMap("c", `data: {x: ${"y".repeat(100)}}\n`),
    });
    expect((await failure(repository.render(".", {}, { limits }))).reason).toBe(reason);
  });

  test("a YAML bomb, by file and line, without expanding it", async () => {
    let bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (let at = 1; at < 12; at++)
      bomb += `a${at}: &a${at} [${Array(10)
        .fill(`*a${at - 1}`)
        .join(", ")}]\n`;
    repository.write({ "bomb.yaml": bomb });
    const error = await failure(repository.render("."));
    expect(error.reason).toBe("YamlInvalid");
    expect(error.message).toMatch(/^bomb\.yaml:\d+:\d+: its aliases/);
  });
});

describe("the cache", () => {
  test("gives an equal result that is nobody else's", async () => {
    repository.write({ "a.yaml": configMap("a") });
    const first = await repository.render(".");
    first.objects[0]!.object.metadata.name = "changed";
    expect(summary(await repository.render("."))).toEqual(["ConfigMap a a.yaml:1"]);
    repository.write({ "a.yaml": configMap("b") });
    expect(summary(await repository.render("."))).toEqual(["ConfigMap b a.yaml:1"]);
  });
});
