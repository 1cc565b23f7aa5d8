import { expect, type Page, test } from "@playwright/test";
import { nameCluster, openEnvironment, sentence, signIn } from "./stack/connect.ts";
import { kubectl } from "./stack/kubectl.ts";
import { createRepository } from "./stack/repository.ts";
import { type Stack, startStack } from "./stack/stack.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./stack/webhook-receiver.ts";

const cluster = "eu-west-1";
let stack: Stack;
let receiver: WebhookReceiver;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  receiver = await startWebhookReceiver();
  stack = await startStack({ PLUMBLINE_ALLOW_PRIVATE_ADDRESSES: "127.0.0.1" });
});
test.afterAll(async () => {
  await stack?.stop();
  await receiver?.stop();
});

const settings = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  level: info
`;
const editLevel = (namespace: string, level: string) =>
  kubectl(stack, ["-n", namespace, "patch", "configmap", "settings", "-p", `{"data":{"level":"${level}"}}`]);
const levelOf = (namespace: string) =>
  kubectl(stack, ["-n", namespace, "get", "configmap", "settings", "-o", "jsonpath={.data.level}"]);
const told = (kind: string) => receiver.received.filter((message) => message.kind === kind);

const section = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Alerts" }).getByRole("link", { name });

/** Two environments of one path: `watched` is only observed, `kept` is synced. */
async function connect(page: Page) {
  const repository = await createRepository(stack, "settings");
  await repository.commit("Say the level", { "app/settings.yaml": settings });
  for (const namespace of ["watched", "kept"]) await kubectl(stack, ["create", "namespace", namespace]);
  await kubectl(stack, ["-n", "watched", "apply", "-f", "-"], { input: settings });
  await signIn(page, stack);
  const declared = { repository: { url: repository.url, ref: "main" }, path: "app", interval: "2s" };
  stack.startAgent({
    name: cluster,
    token: await nameCluster(page, cluster),
    kubeconfig: stack.cluster.kubeconfigPath,
    environments: [],
    extra: [
      { ...declared, name: "watched", namespace: "watched", mode: "observe" },
      { ...declared, name: "kept", namespace: "kept", mode: "sync" },
    ],
  });
  await expect(page.getByText(`${cluster} is connected`)).toBeVisible();
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(sentence(page)).toHaveText("All 2 environments are what Git says.", { timeout: 60_000 });
}

test("an alert reaches a webhook once, and a suspension holds until somebody resumes", async ({ page }) => {
  await connect(page);

  await test.step("a channel is made, its secret is shown once, and a test arrives signed", async () => {
    await page.getByRole("link", { name: "Alerts", exact: true }).click();
    await expect(sentence(page)).toHaveText("Nobody is told anything yet: there is no channel.");
    await page.getByRole("button", { name: "Signed webhook" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("incident bot");
    await dialog.getByLabel("URL").fill("nowhere");
    await dialog.getByRole("button", { name: "Add channel" }).click();
    await expect(dialog.getByText("Give a whole address")).toBeVisible();
    await dialog.getByLabel("URL").fill(receiver.url);
    await dialog.getByRole("button", { name: "Add channel" }).click();
    receiver.trust((await dialog.getByTestId("signing-secret").textContent()) ?? "");
    await dialog.getByRole("button", { name: "Send a test to incident bot" }).click();
    await expect(dialog.getByText("Delivered to incident bot")).toBeVisible();
    expect(told("test")).toHaveLength(1);
    await dialog.getByRole("link", { name: "Say what goes there…" }).click();
  });

  await test.step("a rule is composed and reads as a sentence", async () => {
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("only these").check();
    await dialog.getByLabel(`watched on ${cluster}`).check();
    await dialog.getByLabel("is no longer heard of").uncheck();
    await dialog.getByRole("button", { name: "Add rule" }).click();
    await expect(page.getByRole("list", { name: "Rules" })).toContainText(
      `Tell incident bot when watched on ${cluster} differs, fails or converges.`,
    );
  });

  await test.step("the timing is made short", async () => {
    await section(page, "Timing").click();
    await page.getByRole("button", { name: "Change…" }).click();
    for (const field of ["Tell of a difference after", "Converged means no difference for"]) {
      await page.getByLabel(field, { exact: true }).fill("1");
      await page.getByLabel(`${field}, unit`).selectOption("seconds");
    }
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("A difference is told once it has lasted 1 s")).toBeVisible();
  });

  await test.step("a hand edit is told once, and its end once, on the open page and at the receiver", async () => {
    await section(page, "Recent").click();
    const alerts = page.getByRole("list", { name: "Recent alerts" });
    await editLevel("watched", "trace");
    const differs = alerts.getByRole("listitem").filter({ hasText: "info → trace" }).first();
    // The second is the commit status that goes back to Git.
    await expect(differs).toContainText(/Differs.*watched on eu-west-1.*info → trace.*2 delivered/s);
    expect(told("diff")).toMatchObject([{ environment: "watched", cluster, ordinal: 0 }]);
    await editLevel("watched", "info");
    await expect(alerts.getByText(/watched on eu-west-1 has converged/).first()).toBeVisible();
    await expect.poll(() => told("converged").length, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(told("diff")).toHaveLength(1);
    expect(receiver.refused()).toBe(0);
    await expect(sentence(page)).toContainText("Nothing is waiting to be told.");
  });

  await test.step("suspended with a reason, an edit stays; resumed, it is taken back", async () => {
    await openEnvironment(page, stack, cluster, "kept");
    await page.getByRole("button", { name: "Suspend…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Suspend" }).click();
    await expect(dialog.getByText("Say why, in a few words.")).toBeVisible();
    await dialog.getByLabel("Why").fill("Incident 7: testing by hand");
    await dialog.getByRole("button", { name: "4 hours" }).click();
    await dialog.getByRole("button", { name: "Suspend", exact: true }).click();
    const banner = page.getByRole("region", { name: "Suspension" });
    await expect(sentence(page)).toHaveText("Kept is suspended: Incident 7: testing by hand.");
    await expect(banner).toContainText(/Nothing is applied until .*3 h 59 min.* left/);
    await expect(banner).toContainText("Incident 7: testing by hand");
    await editLevel("kept", "trace");
    await expect(page.getByRole("region", { name: "ConfigMap settings" })).toContainText("level: trace");
    expect(await levelOf("kept")).toBe("trace");
    await banner.getByRole("button", { name: "Resume" }).click();
    await expect(sentence(page)).toContainText("Kept is what Git says");
    await expect(banner).toBeHidden();
    expect(await levelOf("kept")).toBe("info");
  });
});
