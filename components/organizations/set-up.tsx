"use client";
import { useMutation } from "@tanstack/react-query";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field, formValues, Input } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SetUpInput } from "#lib/organizations/schemas.ts";
import { setUp } from "./queries.ts";

const FIELDS = [
  ["organization", "Organization", "text", "organization"],
  ["name", "Your name", "text", "name"],
  ["email", "E-mail", "email", "username"],
  ["password", "Password", "password", "new-password"],
] as const;

/** First run: the owner's account, made with the one-time link from the console. */
export function SetUp({ token }: { token: string }) {
  const [problems, setProblems] = useState<Record<string, string>>({});
  const mutation = useMutation({
    mutationFn: async (input: SetUpInput) => {
      const created = await setUp(input);
      await signIn("password", { email: input.email, password: input.password, redirect: false });
      location.assign(`/${created.slug}`);
    },
  });
  return (
    <>
      <div>
        <h1 className="text-xl font-semibold tracking-[-0.017em]">Set up Plumbline</h1>
        <p className="text-ink-2">
          The first account owns this installation and its first organization. This link works once.
        </p>
      </div>
      {token === "" && (
        <Notice
          tone="failed"
          title="This address lacks its token. Open the link that the server printed on its console."
        />
      )}
      {mutation.isError && <Notice tone="failed" title={mutation.error.message} />}
      <form
        method="post"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const parsed = SetUpInput.safeParse({ token, ...formValues(event.currentTarget) });
          setProblems(
            parsed.success
              ? {}
              : Object.fromEntries(
                  parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]),
                ),
          );
          if (parsed.success) mutation.mutate(parsed.data);
        }}
      >
        {FIELDS.map(([name, label, type, autoComplete]) => (
          <Field
            key={name}
            label={label}
            error={problems[name]}
            hint={name === "password" ? "At least 12 characters." : undefined}
          >
            {(attributes) => <Input {...attributes} type={type} autoComplete={autoComplete} name={name} />}
          </Field>
        ))}
        <Button look="primary" type="submit" className="h-9" disabled={mutation.isPending || token === ""}>
          {mutation.isPending ? "Setting up…" : "Set up"}
        </Button>
      </form>
    </>
  );
}
