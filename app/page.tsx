import { redirect } from "next/navigation";
import { getViewer } from "#lib/auth/viewer.ts";

export const dynamic = "force-dynamic";

/** The way in: to the overview, to naming an organization, or to signing in. */
export default async function Home() {
  const viewer = await getViewer();
  if (!viewer) redirect("/sign-in");
  redirect(viewer.organization ? `/${viewer.organization.slug}` : "/welcome");
}
