import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { hatchCanaries } from "./stack/canaries.ts";
import { nameCluster, openEnvironment, sentence, signIn } from "./stack/connect.ts";
import { kubectl } from "./stack/kubectl.ts";
import { listenTo, liveEvents } from "./stack/listen.ts";
import { createRepository, type FileChange } from "./stack/repository.ts";
import { rows } from "./stack/rows.ts";
import { type Stack, startStack } from "./stack/stack.ts";
import { databaseTexts, fileTexts } from "./stack/stored.ts";
import { until } from "./stack/until.ts";

let stack: Stack;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  stack = await startStack();
});
test.afterAll(() => stack?.stop());

const canaries = hatchCanaries();
const value = canaries.of;
const base64 = (name: string) => Buffer.from(value(name)).toString("base64");
const secretOf = (fields: Record<string, unknown>) =>
  JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "tokens" }, ...fields }, null, 2);
const good = () =>
  secretOf({
    metadata: {
      name: "tokens",
      annotations: {
        "kubectl.kubernetes.io/last-applied-configuration": secretOf({
          data: { password: base64("annotation data") },
          stringData: { dsn: value("annotation stringData") },
        }),
      },
    },
    data: { password: base64("data") },
    stringData: { dsn: `postgres://quotes:${encodeURIComponent(value("stringData"))}@db/quotes` },
  });
const chart = (template: string): Record<string, FileChange> => ({
  "chart/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
  "chart/templates/secret.yaml": template,
});
const goodTemplate = `apiVersion: v1
kind: Secret
metadata:
  name: app
stringData:
  file: {{ .Values.file | quote }}
data:
  inline: {{ .Values.inline | b64enc }}
`;
const kustomization = (literal: string) =>
  `resources: [secret.json]\nsecretGenerator:\n  - name: generated\n    literals:\n      - ${JSON.stringify(literal)}\n`;

/** Commits after which an environment cannot be what Git says, each quoting a secret to whoever complains. */
const failures: {
  environment: string;
  what: string;
  says: RegExp;
  files: () => Record<string, FileChange>;
}[] = [
  {
    environment: "vault",
    what: "stringData that is no map",
    says: /expected map, got/,
    files: () => ({ "vault/secret.json": secretOf({ stringData: value("no map") }) }),
  },
  {
    environment: "vault",
    what: "data that is not base64",
    says: /illegal base64/,
    files: () => ({ "vault/secret.json": secretOf({ data: { password: `${value("not base64")} !` } }) }),
  },
  {
    environment: "vault",
    what: "a value that is no string",
    says: /expected string, got/,
    files: () => ({ "vault/secret.json": secretOf({ stringData: { password: [value("in a list")] } }) }),
  },
  {
    environment: "vault",
    what: "a field written wrongly",
    says: /stringdata/,
    files: () => ({ "vault/secret.json": secretOf({ stringdata: { password: value("misspelt") } }) }),
  },
  {
    environment: "vault",
    what: "broken YAML",
    says: /broken\.yaml:\d/,
    files: () => ({
      "vault/broken.yaml": `apiVersion: v1\nkind: Secret\nmetadata:\n  name: broken\nstringData:\n  a: "${value("broken yaml")}\n  b: ${value("broken yaml")}: x: y\n`,
    }),
  },
  {
    environment: "vault",
    what: "the same key twice",
    says: /stands twice/,
    files: () => ({
      "vault/broken.yaml": `apiVersion: v1\nkind: Secret\nmetadata:\n  name: broken\nstringData:\n  a: ${value("key twice")}\n  a: ${value("key twice")}\n`,
    }),
  },
  {
    environment: "chart",
    what: "a template that fails with a value",
    says: /chart\/templates\/secret\.yaml/,
    files: () =>
      chart(`{{ fail (printf "the password %s is too weak, so is %s" .Values.inline .Values.file) }}\n`),
  },
  {
    environment: "chart",
    what: "a template that writes broken YAML",
    says: /secret\.yaml/,
    files: () => chart(`${goodTemplate}  more: "{{ .Values.file }}\n  x: {{ .Values.inline }}: y: z\n`),
  },
  {
    environment: "chart",
    what: "broken values",
    says: /values\.yaml/,
    files: () => ({
      "values.yaml": `file: "${value("broken values")}\nother: ${value("broken values")}: x: y\n`,
    }),
  },
  {
    environment: "kustom",
    what: "a literal without its key",
    says: /kustomization\.yaml/,
    files: () => ({ "kustom/kustomization.yaml": kustomization(value("no key").replaceAll("=", "-")) }),
  },
  {
    environment: "kustom",
    what: "a broken resource",
    says: /secret\.json/,
    files: () => ({
      "kustom/secret.json": secretOf({ stringData: { a: value("broken resource") } }).replace("}", ","),
    }),
  },
];

test("secret values in Git and in the cluster reach no response, log, row or report", async ({ page }) => {
  for (const namespace of ["vault", "watched", "chart", "kustom"])
    await kubectl(stack, ["create", "namespace", namespace]);
  const repository = await createRepository(stack, "vault");
  const files: Record<string, FileChange> = {
    "vault/secret.json": good(),
    "vault/broken.yaml": null,
    ...chart(goodTemplate),
    "values.yaml": `file: ${JSON.stringify(value("values file"))}\n`,
    "kustom/secret.json": secretOf({ stringData: { password: value("kustomize resource") } }),
    "kustom/kustomization.yaml": kustomization(`password=${value("generator")}`),
  };
  await repository.commit("Keep the secrets of the quotes", files);
  // Git and Kubernetes both count in seconds: an edit of the commit's own second is not known to be later.
  const committed = Math.floor(Date.now() / 1000);
  await until("the second of the commit is over", async () => Math.floor(Date.now() / 1000) > committed);
  await kubectl(stack, ["-n", "watched", "apply", "-f", "-"], {
    input: secretOf({ data: { password: base64("data") }, stringData: { dsn: value("applied by hand") } }),
  });

  const bodies = listenTo(page, stack.url);
  await signIn(page, stack);
  const token = await nameCluster(page, "eu-west-1");
  const declare = (name: string, more: Record<string, unknown>) => ({
    name,
    repository: { url: repository.url, ref: "main" },
    path: name,
    namespace: name,
    mode: "sync",
    interval: "1s",
    ...more,
  });
  stack.startAgent({
    name: "eu-west-1",
    token,
    kubeconfig: stack.cluster.kubeconfigPath,
    environments: [],
    extra: [
      declare("vault", {}),
      declare("watched", { path: "vault", mode: "observe" }),
      declare("chart", {
        helm: { valuesFiles: ["values.yaml"], values: { inline: value("declared values") } },
      }),
      declare("kustom", {}),
    ],
  });
  await expect(page.getByText("eu-west-1 is connected")).toBeVisible();
  const events = await liveEvents(page, stack.url, "family-insurance");
  for (const name of ["Vault", "Chart", "Kustom"]) {
    await openEnvironment(page, stack, "eu-west-1", name.toLowerCase());
    await expect(sentence(page)).toContainText(`${name} is what Git says`, { timeout: 60_000 });
  }

  await test.step("the page says that Secrets differ, and not how", async () => {
    await openEnvironment(page, stack, "eu-west-1", "watched");
    await expect(sentence(page)).toContainText("Watched has drifted");
    await kubectl(stack, [
      "-n",
      "watched",
      "patch",
      "secret",
      "tokens",
      "--type=merge",
      "-p",
      JSON.stringify({
        stringData: { password: value("edited in the cluster"), added: value("added in the cluster") },
      }),
    ]);
    const diff = page.getByRole("region", { name: "Secret tokens" });
    await expect(diff).toContainText("kubectl patch");
    await expect(diff).toContainText(/password: ••• [0-9a-f]{8}/);
    await expect(diff.getByText("•••").first()).toBeVisible();
  });
  await test.step("a Secret edited by hand is healed", async () => {
    await kubectl(stack, [
      "-n",
      "vault",
      "patch",
      "secret",
      "tokens",
      "--type=merge",
      "-p",
      JSON.stringify({
        stringData: { password: value("healed") },
      }),
    ]);
    await until("the agent puts Git's value back", async () =>
      (await kubectl(stack, ["-n", "vault", "get", "secret", "tokens", "-o", "yaml"])).includes(
        base64("data"),
      ),
    );
  });

  const problemOf = async (name: string) =>
    (
      await rows<{ problem: { message: string } | null; head: string }>(
        stack.ownerUrl,
        `select problem, head_revision as head from environments where name = '${name}'`,
      )
    )[0]!;
  for (const { environment, what, says, files: broken } of failures)
    await test.step(`${environment}: ${what}`, async () => {
      const revision = await repository.commit(`Try ${what}`, { ...files, ...broken() });
      const { problem } = await until(`${environment} says that it fails`, async () => {
        const found = await problemOf(environment);
        const { problem } = found;
        if (found.head !== revision || !problem) return null;
        if (!says.test(problem.message)) throw new Error(problem.message);
        return { problem };
      });
      expect(canaries.found(JSON.stringify(problem))).toEqual([]);
      await openEnvironment(page, stack, "eu-west-1", environment);
      await expect(page.getByText(problem.message.slice(0, 60)).first()).toBeVisible();
    });
  await test.step("good again, with another value", async () => {
    await repository.commit("Rotate the password", {
      ...files,
      "vault/secret.json": good().replace(base64("data"), base64("rotated")),
      "values.yaml": `file: ${JSON.stringify(value("rotated values file"))}\n`,
      "kustom/kustomization.yaml": kustomization(`password=${value("rotated generator")}`),
    });
    for (const name of ["Vault", "Chart", "Kustom"]) {
      await openEnvironment(page, stack, "eu-west-1", name.toLowerCase());
      await expect(sentence(page)).toContainText(`${name} is what Git says`, { timeout: 60_000 });
    }
  });

  await test.step("look at everything there is to see", async () => {
    const history = await rows<{ environment: string; sync: string; revision: string; converged: boolean }>(
      stack.ownerUrl,
      "select environment_id as environment, id as sync, revision, converged_at is not null as converged from syncs",
    );
    const api = `/api/organizations/family-insurance`;
    const asked = new Set([
      "/audit",
      "/clusters",
      "/repositories",
      "/pull-requests",
      "/environments",
      "/members",
    ]);
    for (const { environment, sync } of history) {
      for (const part of ["", "/history", "/resources", "/rollbacks"])
        asked.add(`/environments/${environment}${part}`);
      asked.add(`/environments/${environment}/syncs/${sync}/manifests`);
    }
    for (const path of asked)
      await page.evaluate((url) => fetch(url).then((answer) => answer.text()), api + path);
    for (const { environment, revision, converged } of history)
      if (converged)
        await page.evaluate(
          ([url, toRevision]) =>
            fetch(url!, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ toRevision }),
            }).then((answer) => answer.text()),
          [`${api}/environments/${environment}/rollbacks/preview`, revision],
        );
    for (const name of ["vault", "watched", "chart", "kustom"]) {
      await openEnvironment(page, stack, "eu-west-1", name);
      for (const tab of ["Divergence", "Resources", "History", "Pull requests", "Settings"])
        await page.getByRole("tab", { name: tab }).click();
    }
    await openEnvironment(page, stack, "eu-west-1", "vault");
    await page.getByRole("button", { name: "Roll back…" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.goto(`${stack.url}/family-insurance/audit`);
    await expect(page.getByText(/cluster/i).first()).toBeVisible();
  });

  await test.step("the search itself finds what is there", async () => {
    const inCluster = await kubectl(stack, ["get", "secrets", "-A", "-o", "yaml"]);
    for (const name of ["edited in the cluster", "rotated", "declared values", "rotated generator"])
      expect(canaries.found(inCluster).join()).toContain(name);
  });
  const heard = await bodies();
  const stored = await databaseTexts(stack.ownerUrl);
  const agentFolder = join(stack.dir, "agent-eu-west-1");
  // The folders of Git's and of what was rendered hold the secrets themselves; so does the declaration.
  const kept = fileTexts(join(agentFolder, "data"), ["git", "render"]);
  const everything = new Map([
    ["logs", stack.logs()],
    ["events", await events()],
    ...heard,
    ...stored,
    ...kept,
  ]);
  const said = [...everything.values()].join("\n");
  // What was looked through is the real thing: masked manifests, diffs, failures.
  expect([...heard.keys()].filter((url) => url.includes("/manifests")).length).toBeGreaterThan(3);
  expect([...heard.keys()].filter((url) => url.includes("/rollbacks/preview")).length).toBeGreaterThan(1);
  expect(said).toContain('"withheld":true');
  expect(stored.get("public.manifests")).toContain("•••");
  expect(kept.size).toBeGreaterThan(3);
  expect(said).toContain("Try broken values");
  const leaks = [...everything].flatMap(([place, text]) =>
    canaries.found(text).map((found) => `${found}: ${place}`),
  );
  expect([...new Set(leaks)].slice(0, 50)).toEqual([]);
});
