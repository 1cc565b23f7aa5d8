import { expect, type Page } from "@playwright/test";
import type { Stack } from "./stack.ts";

/** Signs alice in through GitHub and names the organization; ends on the page that connects a cluster. */
export async function signIn(page: Page, stack: Stack, organization = "Family Insurance"): Promise<void> {
  await page.goto(stack.url);
  await page.getByRole("button", { name: "Sign in with GitHub" }).click();
  await page.getByText(/alice/i).first().click();
  await page.getByLabel("Organization").fill(organization);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Fills in the page that connects a cluster, as far as the agent's token. */
export async function nameCluster(page: Page, name: string): Promise<string> {
  const named = page.getByText(`Waiting for the agent of ${name}`);
  // On a busy machine the form may be sent before the page has woken up, and then stands there empty again.
  await expect(async () => {
    await page.getByLabel("Name of the cluster").fill(name, { timeout: 1000 });
    await page.getByRole("button", { name: "Continue" }).click({ timeout: 1000 });
    await expect(named).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 30_000 });
  return (await page.getByTestId("agent-token").textContent()) ?? "";
}

/** The page of one environment of Family Insurance. */
export async function openEnvironment(
  page: Page,
  stack: Stack,
  cluster: string,
  name: string,
): Promise<void> {
  await page.goto(`${stack.url}/family-insurance/environments/${cluster}/${name}`);
}

/** The sentence at the top of a page, which answers what it was opened for. */
export const sentence = (page: Page) => page.getByRole("heading", { level: 1 });
