/** What is wrong with an installation and what to do about it, in a sentence or two; null where nothing is. */
export function installationProblem(
  installation: { suspended: boolean; missing: string[]; url: string } | null,
  slug: string,
): string | null {
  if (!installation)
    return `The GitHub App ${slug} is not installed there any more. Install it again, or connect with a token.`;
  if (installation.suspended)
    return `The installation of the GitHub App ${slug} is suspended. Unsuspend it at ${installation.url}.`;
  if (installation.missing.length > 0)
    return `The installation of the GitHub App ${slug} was not granted ${installation.missing.join(", ")}. Accept that at ${installation.url}.`;
  return null;
}
