import { headers } from "next/headers";
import { cache } from "react";
import type { Viewer } from "../organizations/schemas.ts";
import type { Context } from "./context.ts";
import { signedInBy } from "./cookie.ts";
import { contextFor } from "./organization-context.ts";
import { type SignedIn, viewerOf } from "./sessions.ts";

/** For pages: who is looking, or null where nobody is signed in. `slug` is the organization in the path. */
export async function getViewer(slug?: string): Promise<Viewer | null> {
  const signedIn = await getSignedIn();
  return signedIn && viewerOf(signedIn, slug);
}

/** For pages: the session behind the request, with all memberships; asked once for all parts of a page. */
export const getSignedIn = cache(
  async (): Promise<SignedIn | null> => signedInBy((await headers()).get("cookie")),
);

/** For pages: the context to call verbs with; throws `unauthenticated` or `not-found`. */
export async function getContext(slug: string): Promise<Context> {
  return contextFor(await getSignedIn(), slug, null);
}
