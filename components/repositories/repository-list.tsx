"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useListKeys } from "#components/keyboard/list-keys.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { useInParts } from "#components/ui/in-parts.ts";
import { Empty } from "#components/ui/notice.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { GithubReturn } from "#lib/github-app/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import type { RepositoryRow } from "#lib/repositories/schemas.ts";
import { GithubApp, GithubReturned } from "./github-app.tsx";
import { GithubIdentitySetting } from "./github-identity.tsx";
import { connectRepository, repositoryQueries } from "./queries.ts";
import { problemsFirst, repositoriesSentence } from "./repositories-sentence.ts";
import { Repository } from "./repository.tsx";

/** Repositories that hold desired state, and whether pull requests can be opened there. */
export function RepositoryListPage({
  org,
  orgName,
  role,
  said,
}: {
  org: string;
  orgName: string;
  role: Role;
  said: GithubReturn;
}) {
  const query = useQuery(repositoryQueries.list(org));
  const [connecting, setConnecting] = useState<RepositoryRow | null>(null);
  const rows = query.data?.repositories;
  const drawn = useInParts(useMemo(() => rows?.toSorted(problemsFirst), [rows]));
  const list = useListKeys<HTMLUListElement>();
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Repositories" }]}
        title={
          rows
            ? repositoriesSentence(rows).map((part) =>
                part.wrong ? (
                  <span key={part.text} className="text-failed">
                    {part.text}
                  </span>
                ) : (
                  part.text
                ),
              )
            : "Repositories"
        }
      >
        {rows && rows.length > 0 && (
          <p>What your environments should be is read from here; pull requests take them back.</p>
        )}
      </PageHead>
      <GithubReturned said={said} />
      {role === "admin" && <GithubApp org={org} />}
      {!rows && (
        <div className="mt-6">
          <Waiting query={query} rows={1} className="h-24" />
        </div>
      )}
      {rows?.length === 0 && (
        <div className="mt-6">
          <Empty title="They appear by themselves">
            A repository stands here as soon as an agent declares an environment that follows it: which
            environments read it, from which branch and folder, when it was last heard of, and whether pull
            requests can be opened in it.
          </Empty>
        </div>
      )}
      <ul ref={list} className="mt-5">
        {drawn?.map((row, index) => (
          <Repository
            key={row.id}
            org={org}
            row={row}
            index={index}
            onConnect={role === "admin" ? setConnecting : null}
          />
        ))}
      </ul>
      {role !== "viewer" && <GithubIdentitySetting org={org} />}
      {connecting && <Connect org={org} row={connecting} onClose={() => setConnecting(null)} />}
    </>
  );
}

function Connect({ org, row, onClose }: { org: string; row: RepositoryRow; onClose: () => void }) {
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const connect = useMutation({
    mutationFn: () => connectRepository(org, row.id, { token }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [org, "repositories"] });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Let Plumbline open pull requests in ${row.name}`}
      description="A fine-grained token with read and write access to contents and pull requests of this repository, and commit statuses if you want them."
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          connect.mutate();
        }}
      >
        <Field label="Token" hint="Kept encrypted; never shown again." error={connect.error?.message}>
          {(attributes) => (
            <Input
              {...attributes}
              type="password"
              autoComplete="off"
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        <div className="flex justify-end">
          <Button look="primary" type="submit" disabled={token.length < 8 || connect.isPending}>
            {connect.isPending ? "Trying it…" : "Connect"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
