"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "#components/ui/button.tsx";
import { Time } from "#components/ui/time.tsx";
import { disconnectIdentity, repositoryQueries, startIdentity } from "./queries.ts";

/** As whom the pull requests that this person asks for are opened, and the way to change it. */
export function GithubIdentitySetting({ org }: { org: string }) {
  const client = useQueryClient();
  const { data: identity } = useQuery(repositoryQueries.identity(org));
  const connect = useMutation({
    mutationFn: () => startIdentity(org),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  const disconnect = useMutation({
    mutationFn: () => disconnectIdentity(org),
    onSuccess: (now) => client.setQueryData(repositoryQueries.identity(org).queryKey, now),
  });
  if (!identity || (!identity.login && !identity.grants)) return null;
  const { login, problem, grants, connectedAt } = identity;
  const error = connect.error ?? disconnect.error;
  return (
    <section
      id="you"
      aria-labelledby="you-head"
      className="mt-8 flex flex-wrap items-start justify-between gap-x-6 gap-y-3 border-t border-line pt-5"
    >
      <div className="min-w-0 max-w-[640px] flex-1 basis-[280px]">
        <h2 id="you-head" className="font-[550]">
          You on GitHub
        </h2>
        <p className="text-ink-2">
          {login ? (
            <>
              Pull requests that you ask for are opened as <b className="font-[550]">{login}</b>
              {connectedAt && (
                <>
                  , connected <Time at={connectedAt} />
                </>
              )}
              .
            </>
          ) : (
            "Pull requests that you ask for are opened by the App or token of their repository, and name you."
          )}
        </p>
        {problem && <p className="text-failed">{problem}</p>}
        {(!login || problem) && grants && <p className="text-sm text-ink-3">{grants}</p>}
        {error && (
          <p role="alert" className="text-failed">
            {error.message}
          </p>
        )}
      </div>
      <span className="flex flex-wrap gap-2">
        {(!login || problem) && grants && (
          <Button disabled={connect.isPending} onClick={() => connect.mutate()}>
            {problem ? "Connect again on GitHub" : "Open them as me…"}
          </Button>
        )}
        {login && (
          <Button disabled={disconnect.isPending} onClick={() => disconnect.mutate()}>
            {disconnect.isPending ? "Disconnecting…" : "Disconnect"}
          </Button>
        )}
      </span>
    </section>
  );
}
