"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { environmentHref } from "#components/environments/href.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { signOf } from "#components/state/state.ts";
import { StateBadge, StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { plural, safeHref } from "#components/ui/format.ts";
import { Empty } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { GithubReturn } from "#lib/github-app/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import type { RepositoryRow } from "#lib/repositories/schemas.ts";
import { GithubApp, GithubReturned } from "./github-app.tsx";
import { GithubIdentitySetting } from "./github-identity.tsx";
import { connectRepository, repositoryQueries } from "./queries.ts";

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
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Repositories" }]}
        title={
          rows
            ? rows.length === 0
              ? "No repository is followed yet."
              : `${plural(rows.length, "repository", "repositories")} ${rows.length === 1 ? "says" : "say"} what your environments should be.`
            : "Repositories"
        }
      />
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
            A repository stands here as soon as an agent declares an environment that follows it.
          </Empty>
        </div>
      )}
      <ul className="mt-5">
        {rows?.map((row) => (
          <li key={row.id} className="border-t border-line py-4">
            <div className="flex flex-wrap items-start justify-between gap-3">
              <div className="min-w-0">
                <p className="font-[550]">{row.name}</p>
                <p className="text-sm text-ink-3 [overflow-wrap:anywhere]">
                  {safeHref(row.webUrl) ? (
                    <a className="link" href={safeHref(row.webUrl)} target="_blank" rel="noreferrer">
                      {row.url}
                    </a>
                  ) : (
                    row.url
                  )}
                  {row.lastWebhookAt ? (
                    <>
                      , last webhook <Time at={row.lastWebhookAt} />
                    </>
                  ) : (
                    ", no webhook yet: changes are noticed by polling"
                  )}
                </p>
                {row.connectionMessage && <p className="text-sm text-failed">{row.connectionMessage}</p>}
              </div>
              <span className="flex items-center gap-3">
                {row.connection === "connected" ? (
                  <StateBadge sign="converged" word="Pull requests work" />
                ) : row.connection === "failing" ? (
                  <StateBadge sign="failed" word="Refused" />
                ) : (
                  <StateBadge sign="unknown" word="No pull requests yet" />
                )}
                {role === "admin" && (
                  <Button onClick={() => setConnecting(row)}>
                    {row.connection === "none" ? "Connect by token…" : "Replace by a token…"}
                  </Button>
                )}
              </span>
            </div>
            <ul className="mt-2 flex flex-wrap gap-x-5 gap-y-1">
              {row.environments.map((environment) => (
                <li key={environment.id} className="flex items-center gap-1.5">
                  <StateIcon sign={signOf(environment.state, environment.causes)} />
                  <Link className="hover:underline" href={environmentHref(org, environment)}>
                    {environment.name}
                  </Link>
                  <span className="mono text-xs text-ink-3">
                    {environment.ref}:{environment.path}
                  </span>
                </li>
              ))}
            </ul>
          </li>
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
