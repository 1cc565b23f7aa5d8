import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { pushChange } from "./stack/git.ts";
import { run } from "./stack/processes.ts";
import { rows } from "./stack/rows.ts";
import { type Stack, startStack } from "./stack/stack.ts";
import { until } from "./stack/until.ts";

let stack: Stack;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  stack = await startStack();
});
test.afterAll(() => stack?.stop());

const repository = "family-insurance/fleet";
const api = async (path: string) => {
  const answer = await fetch(`${stack.github.apiUrl}/repos/${repository}${path}`, {
    headers: { authorization: `Bearer ${stack.github.tokenOf("alice")}` },
  });
  if (!answer.ok) throw new Error(`GitHub answered ${answer.status} to ${path}`);
  return answer.json();
};
/** SHA of the Git tree at a path of a commit, as GitHub tells it. */
async function treeAt(ref: string, path: string): Promise<string> {
  let sha: string = (await api(`/git/commits/${ref}`)).tree.sha;
  for (const name of path.split("/"))
    sha = (await api(`/git/trees/${sha}`)).tree.find((entry: { path: string }) => entry.path === name).sha;
  return sha;
}
const kubectl = (args: string[], env: Record<string, string> = {}, input = "") =>
  run([stack.engines.kubectl, "--kubeconfig", stack.cluster.kubeconfigPath, ...args], { env, input });
/** Another deployer's work: production is observed by Plumbline and applied by somebody else. */
async function deployProduction() {
  const clone = join(stack.dir, `deploy-${Date.now()}`);
  await run(["git", "clone", "-q", stack.github.cloneUrl("family-insurance", "fleet"), clone]);
  const rendered = await run([stack.engines.kubectl, "kustomize", join(clone, "environments/production")]);
  await kubectl(
    [
      "apply",
      "--server-side",
      "--force-conflicts",
      "--field-manager",
      "deploy-bot",
      "-n",
      "production",
      "-f",
      "-",
    ],
    {},
    rendered,
  );
}
const row = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

test("connect, converge, drift, change, roll back: the main job on real parts", async ({ page }) => {
  for (const namespace of ["production", "staging", "dev"]) {
    if (!(await kubectl(["get", "namespaces", "-o", "name"])).includes(`namespace/${namespace}\n`))
      await kubectl(["create", "namespace", namespace]);
  }
  await deployProduction();

  await test.step("sign in with GitHub and name the organization", async () => {
    await page.goto(stack.url);
    await page.getByRole("button", { name: "Sign in with GitHub" }).click();
    await page.getByText(/alice/i).first().click();
    await page.getByLabel("Organization").fill("Family Insurance");
    await page.getByRole("button", { name: "Continue" }).click();
  });

  await test.step("connect a cluster and see its agent say hello", async () => {
    await page.getByLabel("Name of the cluster").fill("eu-west-1");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByText("helm upgrade --install")).toBeVisible();
    await expect(page.getByText("Waiting for the agent of eu-west-1")).toBeVisible();
    const token = (await page.getByTestId("agent-token").textContent()) ?? "";
    stack.startAgent({
      name: "eu-west-1",
      token,
      kubeconfig: stack.cluster.kubeconfigPath,
      environments: [{ name: "production", mode: "observe" }, { name: "staging" }, { name: "dev" }],
    });
    await expect(page.getByText("eu-west-1 is connected")).toBeVisible();
  });

  await test.step("three environments converge", async () => {
    await page.getByRole("link", { name: "Overview" }).click();
    for (const name of ["production", "staging", "dev"])
      await expect(row(page, name)).toContainText("Converged", { timeout: 120_000 });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("All 3 environments are what Git says.");
  });

  await test.step("a hand edit turns the open page Diverged, without a reload, and says who", async () => {
    await page.getByRole("link", { name: "production", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Production is what Git says");
    await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
    const before = Number(
      await kubectl(["-n", "production", "get", "deployment", "quotes", "-o", "jsonpath={.spec.replicas}"]),
    );
    await kubectl(["-n", "production", "edit", "deployment", "quotes"], {
      KUBE_EDITOR: `sed -i 's/^  replicas: ${before}$/  replicas: ${before + 3}/'`,
    });
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Production has drifted: 1 of");
    const diff = page.getByRole("region", { name: "Deployment quotes" });
    await expect(diff).toContainText(`replicas: ${before}`);
    await expect(diff).toContainText(`replicas: ${before + 3}`);
    await expect(diff).toContainText("kubectl edit");
    await expect(diff.getByRole("time").first()).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/);
    expect(await page.evaluate(() => "stillTheSamePage" in globalThis)).toBe(true);
    await deployProduction();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Production is what Git says");
  });

  let target = "";
  await test.step("a pushed commit is noticed, applied and converges", async () => {
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("link", { name: "dev", exact: true }).click();
    // The commit that dev is at: later ones of the repository change nothing of it.
    const [now] = await rows<{ revision: string }>(
      stack.ownerUrl,
      "select compared_revision as revision from environments where name = 'dev'",
    );
    target = now!.revision;
    expect(await treeAt(target, "environments/dev")).toBe(
      await treeAt((await api("/commits/main")).sha, "environments/dev"),
    );
    const pushed = await pushChange({
      cloneUrl: stack.github.cloneUrl("family-insurance", "fleet"),
      login: "carol",
      token: stack.github.tokenOf("carol"),
      file: "environments/dev/kustomization.yaml",
      edit: (text) => text.replace(/LOG_LEVEL=\w+/, "LOG_LEVEL=trace"),
      message: "Trace everything in dev",
    });
    const history = page.getByRole("list", { name: "History" });
    await expect(history.getByText("Trace everything in dev").first()).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Dev is what Git says", {
      timeout: 60_000,
    });
    const names = await kubectl(["-n", "dev", "get", "configmaps", "-o", "yaml"]);
    expect(names).toContain("LOG_LEVEL: trace");
    await expect(history.getByText(pushed.slice(0, 7)).first()).toBeVisible();
  });

  let number = 0;
  await test.step("roll back from history: preview, reason, one click opens the pull request", async () => {
    await page
      .getByRole("button", { name: `Roll back to this: ${target.slice(0, 7)}` })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("LOG_LEVEL=trace");
    await dialog.getByRole("button", { name: "Open pull request" }).click();
    await expect(dialog).toContainText("Say why");
    await dialog.getByLabel("Why").fill("The log volume doubled");
    await dialog.getByRole("button", { name: "Open pull request" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("waits to be merged");
    const pulls = await api("/pulls?state=open");
    expect(pulls).toHaveLength(1);
    number = pulls[0].number;
    expect(await treeAt(pulls[0].head.sha, "environments/dev")).toBe(
      await treeAt(target, "environments/dev"),
    );
    expect(pulls[0].body).toContain("The log volume doubled");
  });

  await test.step("merged, converged and proven, followed on the same page", async () => {
    await stack.github.mergePullRequest("family-insurance", "fleet", number, "bob");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("proven", { timeout: 90_000 });
    expect(await kubectl(["-n", "dev", "get", "configmaps", "-o", "yaml"])).not.toContain("LOG_LEVEL: trace");
  });

  await test.step("history and audit tell the story", async () => {
    await page.getByRole("link", { name: "dev", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Dev is what Git says");
    await page.getByRole("tab", { name: "History" }).click();
    const history = page.getByRole("tabpanel").getByRole("list", { name: "History" });
    await expect(history).toContainText("proven");
    await expect(history).toContainText("“The log volume doubled”");
    await page.getByRole("link", { name: "Audit" }).click();
    for (const words of ["cluster connect", "rollback", "Alice"])
      await expect(page.getByRole("main")).toContainText(new RegExp(words, "i"));
    await page.getByRole("button", { name: "Verify…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Verify", exact: true }).click();
    await expect(dialog).toContainText(/All \d+ events are as they were written/);
    await page.keyboard.press("Escape");
  });

  await test.step("a pull request that is closed unmerged, and reopened, is followed on the same page", async () => {
    await page.getByRole("link", { name: "Overview" }).click();
    await page
      .getByRole("table", { name: "Environments" })
      .getByRole("link", { name: "dev", exact: true })
      .click();
    await pushChange({
      cloneUrl: stack.github.cloneUrl("family-insurance", "fleet"),
      login: "carol",
      token: stack.github.tokenOf("carol"),
      file: "environments/dev/kustomization.yaml",
      edit: (text) => text.replace(/LOG_LEVEL=\w+/, "LOG_LEVEL=silent"),
      message: "Silence dev",
    });
    const history = page.getByRole("list", { name: "History" });
    await expect(history.getByText("Silence dev").first()).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Dev is what Git says", {
      timeout: 60_000,
    });
    await page
      .getByRole("button", { name: /^Roll back to / })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("region", { name: "In the cluster" })).toContainText("configMapRef");
    await dialog.getByLabel("Why").fill("Nobody sees anything");
    await dialog.getByRole("button", { name: "Open pull request" }).click();
    const heading = page.getByRole("heading", { level: 1 });
    await expect(heading).toContainText("waits to be merged");
    const [pull] = await api("/pulls?state=open");
    expect(pull.body).toContain("Plumbline-Rollback: ");
    stack.github.closePullRequest("family-insurance", "fleet", pull.number);
    await expect(heading).toContainText("was closed without a merge");
    const standing = page.getByRole("region", { name: "Where it stands" });
    await expect(standing).toContainText("Reopen it on GitHub");
    stack.github.reopenPullRequest("family-insurance", "fleet", pull.number);
    await expect(heading).toContainText("waits to be merged");
    await expect(standing).toContainText(`#${pull.number}`);
    stack.github.closePullRequest("family-insurance", "fleet", pull.number);
    await expect(heading).toContainText("was closed without a merge");
  });

  await until("nothing crashed on the way", async () => !/uncaught|unhandled/i.test(stack.logs()), 1000);
});
