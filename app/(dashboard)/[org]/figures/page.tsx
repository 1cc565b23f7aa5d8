import { FiguresPage } from "#components/delivery-figures/figures-page.tsx";
import { figureQueries } from "#components/delivery-figures/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { getContext } from "#lib/auth/viewer.ts";
import { getDeliveryFigures } from "#lib/delivery-figures/get-delivery-figures.ts";
import { FigureSpan } from "#lib/delivery-figures/schemas.ts";
import { AppError } from "#lib/errors.ts";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Delivery" };

type Props = {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function Page({ params, searchParams }: Props) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  const ctx = await getContext(org);
  const given = await searchParams;
  const environmentId = [given.environment].flat()[0] || null;
  const days = FigureSpan.catch("30").parse([given.days].flat()[0]);
  // An environment that is none is told by the page's own request, in words.
  const figures = await getDeliveryFigures({ ctx, input: { environmentId, days } }).catch(
    (error: unknown) => {
      if (error instanceof AppError) return null;
      throw error;
    },
  );
  return (
    <Prefetched entries={figures ? [[figureQueries.all(org, environmentId, days).queryKey, figures]] : []}>
      <FiguresPage org={org} orgName={name} environment={environmentId} days={days} />
    </Prefetched>
  );
}
