import { redirect } from "next/navigation";
import { Welcome } from "#components/organizations/welcome.tsx";
import { getViewer } from "#lib/auth/viewer.ts";

export const metadata = { title: "Name your organization" };

export default async function WelcomePage() {
  const viewer = await getViewer();
  if (!viewer) redirect("/sign-in");
  if (viewer.organization) redirect(`/${viewer.organization.slug}`);
  return <Welcome name={viewer.name} />;
}
