import { ComparePage } from "#components/history/compare-page.tsx";
import { getOrganization } from "../../organization.ts";

export const metadata = { title: "Compare" };

type Props = {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function Page({ params, searchParams }: Props) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  const given = await searchParams;
  const side = (one: string) => [given[one]].flat()[0] ?? "";
  return <ComparePage org={org} orgName={name} from={side("from")} to={side("to")} />;
}
