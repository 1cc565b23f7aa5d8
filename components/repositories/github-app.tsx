"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { safeHref } from "#components/ui/format.ts";
import { Notice } from "#components/ui/notice.tsx";
import type { GithubReturn } from "#lib/github-app/schemas.ts";
import { repositoryQueries, startAppCreation, startConnecting } from "./queries.ts";

/** What came of the way to GitHub that somebody has just returned from. */
export function GithubReturned({ said }: { said: GithubReturn }) {
  if (!said.done && !said.problem) return null;
  return (
    <Notice className="mt-5" tone={said.problem ? "failed" : "plain"} title={said.done}>
      {said.problem}
    </Notice>
  );
}

/** Connecting by the GitHub App: create it where there is none, install it, connect what it reaches. */
export function GithubApp({ org }: { org: string }) {
  const { data: app } = useQuery(repositoryQueries.app(org));
  const [creating, setCreating] = useState(false);
  const connect = useMutation({
    mutationFn: (install: boolean) => startConnecting(org, { install }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  if (!app || (!app.url && !app.mayCreate)) return null;
  return (
    <>
      <Notice
        className="mt-5"
        title="Connect by GitHub App"
        action={
          <span className="flex flex-wrap gap-2">
            {app.url ? (
              <>
                <Button look="primary" disabled={connect.isPending} onClick={() => connect.mutate(true)}>
                  Install on GitHub
                </Button>
                <Button disabled={connect.isPending} onClick={() => connect.mutate(false)}>
                  Connect what it is installed on
                </Button>
              </>
            ) : (
              <Button onClick={() => setCreating(true)}>Create a GitHub App…</Button>
            )}
          </span>
        }
      >
        {app.url ? (
          <p>
            {safeHref(app.url) ? (
              <a className="link" href={safeHref(app.url)} target="_blank" rel="noreferrer">
                {app.slug}
              </a>
            ) : (
              app.slug
            )}{" "}
            connects the repositories below that it reaches and that you may push to yourself.
          </p>
        ) : (
          <p>
            One App for all repositories: no token to renew, and GitHub says which repositories it reaches.
          </p>
        )}
        {connect.error && <p className="text-failed">{connect.error.message}</p>}
      </Notice>
      {creating && <CreateApp org={org} onClose={() => setCreating(false)} />}
    </>
  );
}

function CreateApp({ org, onClose }: { org: string; onClose: () => void }) {
  const [owner, setOwner] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const create = useMutation({
    mutationFn: () => startAppCreation(org, owner.trim() ? { owner: owner.trim() } : {}),
    onSuccess: ({ action, manifest }) => {
      const posted = form.current;
      if (!posted) return;
      posted.action = action;
      (posted.elements.namedItem("manifest") as HTMLInputElement).value = manifest;
      posted.submit();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create a GitHub App for this Plumbline"
      description="GitHub shows you what it will be allowed to do and asks for its name; then you come back here."
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Field
          label="Organization on GitHub"
          hint="It will own the App, which can be installed there alone. Empty for your own account."
          error={create.error?.message}
        >
          {(attributes) => (
            <Input {...attributes} value={owner} onChange={(event) => setOwner(event.target.value)} />
          )}
        </Field>
        <div className="flex justify-end">
          <Button look="primary" type="submit" disabled={create.isPending}>
            Continue on GitHub
          </Button>
        </div>
      </form>
      <form ref={form} method="post" hidden>
        <input type="hidden" name="manifest" />
      </form>
    </Dialog>
  );
}
