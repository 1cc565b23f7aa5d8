import { redirect } from "next/navigation";
import { SignIn } from "#components/organizations/sign-in.tsx";
import { signInMethods } from "#lib/auth/options.ts";
import { getViewer } from "#lib/auth/viewer.ts";

export const metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { callbackUrl, error } = await searchParams;
  // Only a path of ours: a link must not send people elsewhere after they sign in.
  const next = typeof callbackUrl === "string" && /^\/(?![/\\])/.test(callbackUrl) ? callbackUrl : "/";
  if (await getViewer()) redirect(next);
  return <SignIn methods={signInMethods()} next={next} error={typeof error === "string" ? error : null} />;
}
