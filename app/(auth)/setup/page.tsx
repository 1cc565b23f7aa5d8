import { SetUp } from "#components/organizations/set-up.tsx";

export const metadata = { title: "Set up" };

export default async function SetUpPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const { token } = await searchParams;
  return <SetUp token={typeof token === "string" ? token : ""} />;
}
