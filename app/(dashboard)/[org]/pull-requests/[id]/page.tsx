import { notFound } from "next/navigation";
import { z } from "zod";
import { PullRequestPage } from "#components/pull-requests/pull-request-page.tsx";
import { getOrganization } from "../../../organization.ts";

export default async function Page({ params }: { params: Promise<{ org: string; id: string }> }) {
  const { org, id } = await params;
  if (!z.uuid().safeParse(id).success) notFound();
  const { name } = await getOrganization(org);
  return <PullRequestPage org={org} orgName={name} id={id} />;
}
