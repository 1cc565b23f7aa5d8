import { notFound } from "next/navigation";
import { z } from "zod";
import { PullRequestPage } from "#components/pull-requests/pull-request-page.tsx";
import { pullRequestQueries } from "#components/pull-requests/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { missingAsNull } from "#lib/errors.ts";
import { getPullRequest } from "#lib/pull-requests/list-pull-requests.ts";
import { getOrganization } from "../../../organization.ts";

export default async function Page({ params }: { params: Promise<{ org: string; id: string }> }) {
  const { org, id } = await params;
  if (!z.uuid().safeParse(id).success) notFound();
  const { name, role } = await getOrganization(org);
  const ctx = await getContext(org);
  const found = await getPullRequest({ ctx, input: { id } }).catch(missingAsNull);
  if (!found) notFound();
  return (
    <Prefetched entries={[[pullRequestQueries.detail(org, id).queryKey, found]]}>
      <PullRequestPage org={org} orgName={name} id={id} role={role} />
    </Prefetched>
  );
}
