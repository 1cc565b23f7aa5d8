import { Suspense } from "react";
import { MatrixPage } from "#components/matrix/matrix-page.tsx";
import { matrixQueries } from "#components/matrix/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { getMatrix } from "#lib/matrix/get-matrix.ts";
import { partOf } from "#lib/matrix/rules.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Matrix" };

type Props = {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function Page({ params, searchParams }: Props) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  const ctx = await getContext(org);
  const asked = await searchParams;
  const part = partOf({ get: (key) => [asked[key]].flat()[0] ?? null });
  const matrix = await getMatrix({ ctx, input: part });
  return (
    <Prefetched entries={[[matrixQueries.of(org, part).queryKey, matrix]]}>
      <Suspense>
        <MatrixPage org={org} orgName={name} />
      </Suspense>
    </Prefetched>
  );
}
