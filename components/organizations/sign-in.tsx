"use client";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field, formValues, Input } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";

const ERRORS: Record<string, string> = {
  CredentialsSignin: "No account has this e-mail and password.",
  OAuthSignin: "GitHub could not be reached. Try again in a moment.",
  OAuthCallback: "GitHub did not confirm the sign-in. Try again.",
  Callback: "The sign-in could not be completed. Try again.",
  AccessDenied: "This account may not sign in here.",
};

/** The two ways in; whichever this installation has. */
export function SignIn({
  methods,
  next,
  error,
}: {
  methods: { github: boolean; password: boolean };
  next: string;
  error: string | null;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(
    error ? (ERRORS[error] ?? "The sign-in did not work. Try again.") : null,
  );
  return (
    <>
      <div>
        <h1 className="text-xl font-semibold tracking-[-0.017em]">Sign in</h1>
        <p className="text-ink-2">Is everything as Git says? And if not: what, since when, and who.</p>
      </div>
      {problem && <Notice tone="failed" title={problem} />}
      {methods.github && (
        <Button
          look="primary"
          className="h-9"
          disabled={busy}
          onClick={() => {
            setBusy(true);
            void signIn("github", { callbackUrl: next });
          }}
        >
          Sign in with GitHub
        </Button>
      )}
      {methods.github && methods.password && (
        <div className="flex items-center gap-3 text-sm text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          or
        </div>
      )}
      {methods.password && (
        <form
          method="post"
          className="flex flex-col gap-3"
          onSubmit={async (event) => {
            event.preventDefault();
            const { email, password } = formValues(event.currentTarget);
            setBusy(true);
            const result = await signIn("password", { email, password, redirect: false });
            if (result?.ok) location.assign(next);
            else {
              setProblem(
                ERRORS[result?.error ?? ""] ?? result?.error ?? "The sign-in did not work. Try again.",
              );
              setBusy(false);
            }
          }}
        >
          <Field label="E-mail">
            {(attributes) => (
              <Input {...attributes} type="email" autoComplete="username" required name="email" />
            )}
          </Field>
          <Field label="Password">
            {(attributes) => (
              <Input
                {...attributes}
                type="password"
                autoComplete="current-password"
                required
                name="password"
              />
            )}
          </Field>
          <Button type="submit" look={methods.github ? "plain" : "primary"} className="h-9" disabled={busy}>
            Sign in with a password
          </Button>
        </form>
      )}
    </>
  );
}
