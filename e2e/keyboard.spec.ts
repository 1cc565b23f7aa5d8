import { expect, type Locator, type Page, test } from "@playwright/test";
import { sentence } from "./stack/connect.ts";
import { editByHand, kubectl } from "./stack/kubectl.ts";
import { createRepository } from "./stack/repository.ts";
import { type Stack, startStack } from "./stack/stack.ts";

let stack: Stack;
test.beforeAll(async () => {
  test.setTimeout(600_000);
  stack = await startStack();
});
test.afterAll(() => stack?.stop());

const settings = (level: string) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  level: ${level}
`;

/** Presses Tab until `target` has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator, most = 120) {
  await expect(target.first()).toBeVisible();
  for (let presses = 0; presses < most; presses += 1) {
    if (await target.first().evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab came to it in none of ${most} presses: ${target}`);
}

/** Presses what Tab comes to. */
async function press(page: Page, target: Locator) {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

/** Opens the palette, types, and takes the first line. */
async function takeFirst(page: Page, text: string, line: RegExp) {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type(text);
  await expect(page.getByRole("option", { selected: true })).toContainText(line);
  await page.keyboard.press("Enter");
}

test("every journey without a mouse", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const repository = await createRepository(stack, "settings");
  await repository.commit("Say the level", { "app/settings.yaml": settings("info") });
  for (const namespace of ["watched", "kept"]) await kubectl(stack, ["create", "namespace", namespace]);
  await kubectl(stack, ["-n", "watched", "apply", "-f", "-"], { input: settings("info") });
  const region = page.getByRole("region", { name: "ConfigMap settings" });

  await test.step("sign in and name the organization", async () => {
    await page.goto(stack.url);
    await press(page, page.getByRole("button", { name: "Sign in with GitHub" }));
    await press(page, page.locator("a, button").filter({ hasText: /alice/i }));
    await tabTo(page, page.getByLabel("Organization"));
    await page.keyboard.type("Family Insurance");
    await page.keyboard.press("Enter");
  });

  await test.step("connect a cluster: one line is copied, and the page turns green by itself", async () => {
    await tabTo(page, page.getByLabel("Name of the cluster"));
    await page.keyboard.type("eu-west-1");
    await page.keyboard.press("Enter");
    await press(page, page.getByRole("main").getByRole("button", { name: /^Copy/ }));
    await expect(page.getByRole("button", { name: "Copied" }).first()).toBeVisible();
    const line = await page.evaluate(() => navigator.clipboard.readText());
    const token = (await page.getByTestId("agent-token").textContent()) ?? "";
    expect(line).toContain("helm upgrade --install");
    expect(line).toContain(token);
    await expect(page.getByText("Waiting for the agent of eu-west-1")).toBeVisible();
    const declared = { repository: { url: repository.url, ref: "main" }, path: "app", interval: "2s" };
    stack.startAgent({
      name: "eu-west-1",
      token,
      kubeconfig: stack.cluster.kubeconfigPath,
      environments: [],
      extra: [
        { ...declared, name: "watched", namespace: "watched", mode: "observe" },
        { ...declared, name: "kept", namespace: "kept", mode: "sync" },
      ],
    });
    await expect(page.getByText("eu-west-1 is connected")).toBeVisible();
  });

  await test.step("walk the fleet: g o, j, k and Enter, and / to filter", async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await expect(sentence(page)).toHaveText("All 2 environments are what Git says.", { timeout: 60_000 });
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Filter the list");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.keyboard.press("/");
    await page.keyboard.type("watched");
    await expect(page.getByRole("main").getByRole("link", { name: "kept", exact: true })).toHaveCount(0);
    await press(page, page.getByRole("main").getByRole("link", { name: "watched", exact: true }));
    await expect(sentence(page)).toContainText("Watched is what Git says");
  });

  await test.step("who touched it: the field, both values, the manager and the time", async () => {
    await editByHand(stack, "watched", "configmap/settings", "s/level: info/level: debug/");
    await expect(sentence(page)).toContainText("Watched has drifted");
    await expect(region).toContainText("level: info");
    await expect(region).toContainText("level: debug");
    await expect(region).toContainText("kubectl edit");
    await expect(region.getByRole("time").first()).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/);
  });

  await test.step("on a narrow screen the tab that one comes to by a link is not beyond the edge", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const address = new URL(page.url());
    await page.goto(`${address.origin}${address.pathname}?tab=settings`);
    const tab = page.getByRole("tab", { name: "Settings", selected: true });
    const edge = async () => {
      const box = await tab.boundingBox();
      return box && Math.round(box.x + box.width);
    };
    await expect.poll(edge).toBeLessThanOrEqual(390);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  let target = "";
  await test.step("get us back: find the environment, pick a revision, say why, open, follow", async () => {
    await takeFirst(page, "kept", /kept/);
    await expect(sentence(page)).toContainText("Kept is what Git says");
    const history = page.getByRole("list", { name: "History" }).first();
    await repository.commit("Say more", { "app/settings.yaml": settings("trace") });
    await expect(history).toContainText("Say more");
    await expect(sentence(page)).toContainText("Kept is what Git says", { timeout: 60_000 });
    await takeFirst(page, "roll back", /Roll back/);
    const dialog = page.getByRole("dialog");
    const choice = dialog.getByRole("button", { name: /Say the level/ });
    await expect(choice).toBeVisible();
    target = (await choice.textContent())?.match(/[0-9a-f]{7}/)?.[0] ?? "";
    await press(page, choice);
    await expect(dialog).toContainText("level: info");
    await tabTo(page, dialog.getByLabel("Why"));
    await page.keyboard.type("Too much of it");
    await press(page, dialog.getByRole("button", { name: "Open pull request" }));
    await expect(sentence(page)).toContainText("waits to be merged");
    const number = Number(/#(\d+)/.exec((await page.getByRole("main").textContent()) ?? "")?.[1]);
    await stack.github.mergePullRequest("family-insurance", "settings", number, "bob");
    await expect(sentence(page)).toContainText("proven", { timeout: 90_000 });
  });

  await test.step("what was running then: an instant is asked, and the manifests stand there", async () => {
    await takeFirst(page, "kept", /kept/);
    await expect(sentence(page)).toContainText("Kept is");
    await tabTo(page, page.getByRole("tab", { selected: true }));
    for (let presses = 0; presses < 6; presses += 1) {
      if (await page.getByRole("tab", { name: "History", selected: true }).count()) break;
      await page.keyboard.press("ArrowRight");
      await expect(page.locator('[role="tab"]:focus')).toHaveAttribute("aria-selected", "true");
    }
    const field = page.getByRole("tabpanel").getByLabel("What ran at");
    await tabTo(page, field);
    // As the field is typed into: day, month and year, hour, minute and second of the browser's order.
    // A moment ago, when the rollback had converged.
    const now = new Date(Date.now() - 1000);
    const two = (n: number) => String(n).padStart(2, "0");
    await page.keyboard.type(`${two(now.getMonth() + 1)}${two(now.getDate())}${now.getFullYear()}`);
    const hour = now.getHours();
    await page.keyboard.type(`${two(hour % 12 || 12)}${two(now.getMinutes())}${two(now.getSeconds())}`);
    await page.keyboard.type(hour < 12 ? "AM" : "PM");
    await page.keyboard.press("Enter");
    await expect(sentence(page)).toContainText(/kept ran/i);
    await expect(page.getByRole("main")).toContainText(/level: (info|trace)/);
    expect(target).toMatch(/^[0-9a-f]{7}$/);
  });

  await test.step("with the control plane down the page says as of when it is, and comes back by itself", async () => {
    await takeFirst(page, "watched", /watched/);
    await expect(region).toContainText("level: debug");
    await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
    await stack.stopServer();
    const badge = page.getByRole("status", { name: "Connection" });
    await expect(badge).toContainText(/as of \d\d:\d\d/);
    await expect(region).toContainText("level: debug");
    await editByHand(stack, "watched", "configmap/settings", "s/level: debug/level: warn/");
    await stack.startServer();
    await expect(badge).toBeEmpty({ timeout: 60_000 });
    await expect(region).toContainText("level: warn", { timeout: 60_000 });
    expect(await page.evaluate(() => "stillTheSamePage" in globalThis)).toBe(true);
  });

  await test.step("sign out", async () => {
    await takeFirst(page, "sign out", /Sign out/);
    await expect(page).toHaveURL(/sign-in/);
  });
});
