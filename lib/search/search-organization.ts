import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { findCommits } from "./find-commits.ts";
import { findClusters, findEnvironments, findPullRequests, findRepositories } from "./find-places.ts";
import { findResources } from "./find-resources.ts";
import { wantedOf } from "./rules.ts";
import type { SearchResults } from "./schemas.ts";

const nothing: SearchResults = {
  environments: [],
  resources: [],
  commits: [],
  clusters: [],
  repositories: [],
  pullRequests: [],
};

/** What of the organization holds all words of `text`: one bounded statement for each noun. */
export async function searchOrganization({
  ctx,
  input,
}: {
  ctx: Context;
  input: { text: string };
}): Promise<SearchResults> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const wanted = wantedOf(input.text);
  if (!wanted) return nothing;
  return withOrganization(organizationId, async (tx) => ({
    environments: await findEnvironments(tx, organizationId, wanted),
    resources: await findResources(tx, organizationId, wanted),
    commits: await findCommits(tx, organizationId, wanted),
    clusters: await findClusters(tx, organizationId, wanted),
    repositories: await findRepositories(tx, organizationId, wanted),
    pullRequests: await findPullRequests(tx, organizationId, wanted),
  }));
}
