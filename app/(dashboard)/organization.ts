import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { getViewer } from "#lib/auth/viewer.ts";
import type { Viewer } from "#lib/organizations/schemas.ts";

/** The signed-in person and the organization in the path; sends everybody else to where they belong. */
export const getOrganization = cache(
  async (slug: string): Promise<NonNullable<Viewer["organization"]> & { viewer: Viewer }> => {
    const viewer = await getViewer(slug);
    if (!viewer) {
      const wanted = (await headers()).get("x-path") ?? `/${slug}`;
      redirect(`/sign-in?callbackUrl=${encodeURIComponent(wanted)}`);
    }
    if (viewer.organization?.slug !== slug) notFound();
    return { ...viewer.organization, viewer };
  },
);
