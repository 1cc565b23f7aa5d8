"use client";
import { useMutation } from "@tanstack/react-query";
import { signOut } from "next-auth/react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field, formValues, Input } from "#components/ui/field.tsx";
import { CreateOrganizationInput } from "#lib/organizations/schemas.ts";
import { createOrganization } from "./queries.ts";

/** The step between signing in and connecting a cluster. */
export function Welcome({ name }: { name: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  const create = useMutation({
    mutationFn: (input: CreateOrganizationInput) => createOrganization(input),
    onSuccess: ({ slug }) => location.assign(`/${slug}/clusters/connect`),
  });
  return (
    <>
      <div>
        <h1 className="text-xl font-semibold tracking-[-0.017em]">Welcome, {name}</h1>
        <p className="text-ink-2">
          Name your organization: the people, clusters and environments that belong together. If you were
          invited to one, ask for the invitation to go to the e-mail of this account.
        </p>
      </div>
      <form
        method="post"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const parsed = CreateOrganizationInput.safeParse(formValues(event.currentTarget));
          setProblem(parsed.success ? null : (parsed.error.issues[0]?.message ?? "Not valid."));
          if (parsed.success) create.mutate(parsed.data);
        }}
      >
        <Field label="Organization" error={problem ?? create.error?.message}>
          {(attributes) => <Input {...attributes} name="name" placeholder="Family Insurance" autoFocus />}
        </Field>
        <Button look="primary" type="submit" className="h-9" disabled={create.isPending}>
          Continue
        </Button>
      </form>
      <button
        type="button"
        className="link self-start text-sm text-ink-3"
        onClick={() => signOut({ callbackUrl: "/sign-in" })}
      >
        Sign out
      </button>
    </>
  );
}
